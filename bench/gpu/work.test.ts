import { expect, test } from "vitest";
import { planLearning } from "../../agents/ppo/plan.js";
import { planGpuLearner } from "../../agents/ppo/webgpu/gpu-layout.js";
import { findEconomy } from "../../env/registry.js";
import { planAgent } from "../../models/spec.js";
import { learnerOptions } from "../learner-parts.js";
import { planCases } from "./cases.js";
import { forwardFlops, iterationBytes, iterationFlops, totalBytes } from "./work.js";

const agent = planAgent(
  { inputs: 5, hidden: [8, 3], outputs: 2, activation: "tanh" },
  { inputs: 6, hidden: [4], outputs: 1, activation: "tanh" },
  2,
);

test("operations of the networks are those counted layer by layer", () => {
  // 5 -> 8 -> 3 -> 2: 40 + 24 + 6 weights; 6 -> 4 -> 1: 24 + 4.
  expect(forwardFlops(agent.actor)).toBe(2 * 70);
  expect(forwardFlops(agent.critic)).toBe(2 * 28);
  const flops = iterationFlops(agent, { numEnvs: 10, numSteps: 7, decisionInterval: 1, updateEpochs: 3, numMinibatches: 2 });
  expect(flops.rollout).toBe(70 * (140 + 56) + 10 * 56);
  // Forward, and back twice as much, but for the derivatives with respect to the inputs.
  const actor = 3 * 140 - 2 * 40;
  const critic = 3 * 56 - 2 * 24;
  expect(flops.gradient).toBe(3 * 70 * (actor + critic));
  expect(flops.all).toBe(flops.rollout + flops.gradient);
});

const makePlan = (changes: Readonly<Record<string, unknown>>) => {
  const options = learnerOptions(findEconomy("akash"), 1, { ...changes, decisionInterval: 1 });
  const { programs, agent } = planLearning(options);
  return { agent, ppo: options.ppo, layout: planGpuLearner(programs, agent, options.ppo) };
};

test("memory traffic grows with environments and with epochs where it should", () => {
  const sizes = { numEnvs: 4096, numSteps: 16, updateEpochs: 2 };
  const bytes = (changes: Readonly<Record<string, unknown>>) => {
    const { layout, agent, ppo } = makePlan({ ...sizes, ...changes });
    return iterationBytes(layout, agent, ppo);
  };
  const [base, wide, long] = [bytes({}), bytes({ numEnvs: 8192 }), bytes({ updateEpochs: 4 })];
  for (const kernel of ["rollout", "gae", "store", "sumLanes", "permute"]) expect(wide[kernel]).toBe(2 * base[kernel]!);
  for (const kernel of ["gradient", "permute", "reduce", "adam"]) expect(long[kernel]).toBe(2 * base[kernel]!);
  for (const kernel of ["rollout", "gae", "store", "sumLanes"]) expect(long[kernel]).toBe(base[kernel]);
  expect(totalBytes(base)).toBe(Object.values(base).reduce((sum, each) => sum + each, 0));
  // A rollout writes its samples at least, a gradient reads them in every epoch.
  const { layout } = makePlan(sizes);
  expect(base["rollout"]).toBeGreaterThan(layout.buffers.samples);
  expect(base["gradient"]).toBeGreaterThan(2 * layout.buffers.samples);
});

test("every slice of samples but a workgroup's first reads and writes the partial gradient again", () => {
  const planGradient = (numEnvs: number) => {
    const { layout, agent, ppo } = makePlan({ numEnvs, numSteps: 32, numMinibatches: 4, updateEpochs: 4 });
    const { sampleStride, records, tilesPerWorkgroup, tilesPerSlice, partialCount, workgroups } = layout;
    const samples = 4 * numEnvs * 32 * ((sampleStride + 1) * 4 + 2 * records.size * 16);
    const partials = (iterationBytes(layout, agent, ppo)["gradient"]! - samples) / (16 * workgroups * partialCount * 4);
    return { slices: tilesPerWorkgroup / tilesPerSlice, partials };
  };
  expect(planGradient(4096)).toEqual({ slices: 1, partials: 1 });
  // 8,192 slices of a minibatch in 1,024 workgroups: one write, then seven times both.
  expect(planGradient(65_536)).toEqual({ slices: 8, partials: 15 });
});

test("65,536 environments x 32 steps of akash take 0.8 GB of device memory, and so less than 4", () => {
  const { layout } = makePlan({ numEnvs: 65_536, numSteps: 32 });
  expect(layout.bytes).toBeLessThan(4e9);
  // docs/how-to/gpu.md has this number.
  expect((layout.bytes / 1e9).toFixed(3)).toBe("0.786");
});

test("no buffer of the largest cases is larger than what Dawn binds at once on large cards", () => {
  const largest = planCases(false).filter(({ numEnvs, updateEpochs }) => numEnvs === 262_144 && updateEpochs === 4);
  expect(largest).toHaveLength(3);
  for (const sizes of largest) {
    const { layout } = makePlan({ ...sizes });
    expect(Math.max(...Object.values(layout.buffers))).toBeLessThan(2 ** 31 - 4);
  }
});
