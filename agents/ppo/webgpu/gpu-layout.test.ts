import { expect, test } from "vitest";
import { akash } from "../../../env/economies/akash/index.js";
import type { World } from "../../../env/world.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { planLearning } from "../plan.js";
import { type PlanOptions, planGpuLearner } from "./gpu-layout.js";

function plan(world: World, settings: Readonly<Record<string, unknown>>, more?: PlanOptions) {
  const options = learnerOptions(world, settings);
  const { programs, agent } = planLearning(options);
  return planGpuLearner(programs, agent, options.ppo, more);
}

const ROLLOUT = { numSteps: 32, decisionInterval: 1, numMinibatches: 4, updateEpochs: 4, hidden: [64, 64] };

test("65,536 environments of akash with 32 steps take less than 4 GB", () => {
  const { bytes, buffers, stateBytes } = plan(akash, { ...ROLLOUT, numEnvs: 65_536 });
  expect(bytes).toBe(Object.values(buffers).reduce((sum, each) => sum + each, 0));
  expect(stateBytes).toBe(buffers.lanes + 3 * buffers.params + buffers.stats);
  expect(bytes + stateBytes).toBeLessThan(1e9);
  // Lanes and samples at least: 4 bytes for each of the 37 numbers that a sample has of itself.
  expect(bytes).toBeGreaterThan(65_536 * 32 * 37 * 4);
});

test("262,144 environments can be planned, and every minibatch has its workgroups' tiles", () => {
  const layout = plan(akash, { ...ROLLOUT, numEnvs: 262_144 });
  expect(layout.minibatchTiles * layout.tile.samples * 4).toBe(262_144 * 32);
  expect(layout.workgroups * layout.tilesPerWorkgroup).toBeGreaterThanOrEqual(layout.minibatchTiles);
  expect((layout.workgroups - 1) * layout.tilesPerWorkgroup).toBeLessThan(layout.minibatchTiles);
});

test("more updates than a dispatch has rows are refused", () => {
  const settings = { numEnvs: 65_536, numSteps: 64, updateEpochs: 2, numMinibatches: 65_536, decisionInterval: 1 };
  expect(() => plan(akash, settings)).toThrow("updateEpochs * numMinibatches must be at most 65535 on a GPU, got 2 * 65536");
});

test("only a host that goes through the steps has places for them in the GPU's memory", () => {
  const settings = { ...ROLLOUT, numEnvs: 64, decisionInterval: 8 };
  const [device, host] = [plan(akash, settings), plan(akash, settings, { loop: "host" })];
  expect([device.buffers.turns, host.buffers.turns]).toEqual([0, 32 * 8 * 256]);
  expect(host.bytes - device.bytes).toBe(32 * 8 * 256);
});

test("wide networks are shared out to more workgroups where the device has larger buffers, and to fewer where it has smaller ones", () => {
  const wide = { ...ROLLOUT, numEnvs: 65_536, hidden: [512, 512] };
  const of = (largestBuffer: number | undefined) => plan(akash, wide, largestBuffer === undefined ? {} : { largestBuffer });
  expect(of(undefined).workgroups).toBeLessThan(132);
  expect(of(2 ** 31).workgroups).toBeGreaterThan(2 * 132);
  for (const largest of [2 ** 27, 2 ** 28, 2 ** 30, 2 ** 31, 2 ** 40]) {
    const { buffers } = of(largest);
    expect(buffers.partials).toBeLessThanOrEqual(Math.min(2 ** 30, largest / 2));
    expect(buffers.records).toBeLessThanOrEqual(largest);
  }
  // Narrow ones have enough of them anyhow.
  const narrow = { ...ROLLOUT, numEnvs: 65_536 };
  expect(plan(akash, narrow, { largestBuffer: 2 ** 31 }).workgroups).toBe(plan(akash, narrow).workgroups);
});
