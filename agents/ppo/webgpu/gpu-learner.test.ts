import { describe, expect, test } from "vitest";
import { akash } from "../../../env/economies/akash/index.js";
import type { World } from "../../../env/world.js";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { lqr } from "../../../probes/worlds/lqr.js";
import { type Float64Vectors, float64Gradient, float64Step, relativeL2 } from "../../../reference/float64-update.js";
import { onGpu, onWasm, readBuffer, readGradient } from "../../../reference/webgpu-learner.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { hasGpu } from "../../../test/support/swiftshader.js";
import { readField } from "../../rollout/lane-block.js";
import { savedRecords } from "../../rollout/rollout-layout.js";
import type { PpoMetrics } from "../metrics.js";
import type { PpoState } from "../state.js";
import { learningRateAt } from "../wasm/update.js";
import type { LearnerOptions } from "../wasm/wasm-context.js";
import type { GpuContext } from "./gpu-context.js";

const isHere = await hasGpu();

const NONE = { normalizeObservation: false, normalizeReward: false, centerReward: false, clipReward: 1e6 };

const SEVERAL = "several slices a workgroup, the last ones short, and several shares of an order";
const CASES: [string, World, Readonly<Record<string, unknown>>, number?][] = [
  ["akash, value clipping", akash, { entCoef: 0.01, clipValueLoss: true, hidden: [24, 16], learningRate: 3e-3 }],
  [
    "plain PPO, relu, no normaliser, a minibatch of the whole rollout",
    lqr,
    { ...NONE, activation: "relu", hidden: [16], marketGroup: 1, horizon: 7, decisionInterval: 2, numMinibatches: 1 },
  ],
  [
    "a categorical policy, 4 hidden layers",
    cartpole,
    { entCoef: 0.02, hidden: [12, 16, 20, 8], learningRate: 0.01, maxGradNorm: 0.1, normalizeAdvantage: false },
  ],
  [
    SEVERAL,
    lqr,
    { numEnvs: 256, numMinibatches: 2, updateEpochs: 2, decisionInterval: 2, marketGroup: 4, hidden: [16], horizon: 7 },
    5,
  ],
];

async function iterateOnGpu(options: LearnerOptions, start: PpoState, gradients: readonly number[], maxWorkgroups?: number) {
  return onGpu(
    options,
    start,
    async (learner, context) => {
      const metrics = await learner.iterate();
      const end = await learner.state();
      const rows = new Float32Array(await readBuffer(context, "samples"));
      const indices = [...new Uint32Array(await readBuffer(context, "indices"))];
      const found: Float32Array[] = [];
      for (const update of gradients) found.push((await readGradient(context, update)).slice());
      return { metrics, end, rows, indices, gradients: found, context };
    },
    maxWorkgroups === undefined ? {} : { maxWorkgroups },
  );
}

/** All figures by name; what does not exist yet is -1. */
function numbersOf({ costs, std, ...figures }: PpoMetrics): Map<string, number> {
  const named = [
    ...Object.entries({ ...figures, ...costs }),
    ...Object.entries(std).map(([action, deviation]) => [`std ${action}`, deviation] as const),
  ];
  return new Map(named.map(([name, value]) => [name, value ?? -1]));
}

/** How far the lanes of two states are apart, at most, each field on its own scale; infinite where words are not the same. */
function laneDistance(got: PpoState, want: PpoState, { block, programs }: GpuContext): number {
  const distances = savedRecords(programs).flatMap(({ name: record, fields }) =>
    [...block.layouts.get(record)!.slots.keys()].flatMap((field) => {
      const { type, length = 1 } = fields[field]!;
      return Array.from({ length }, (_, element) => {
        const [own, other] = [got, want].map(({ lanes }) =>
          readField({ block, start: 0, buffer: lanes.buffer }, record, field, element),
        ) as [Float32Array, Float32Array];
        return type === "u32" ? wordDistance(own, other) : floatDistance(own, other);
      });
    }),
  );
  return Math.max(...distances);
}

const wordDistance = (own: Float32Array, other: Float32Array): number =>
  Buffer.compare(Buffer.from(own.buffer), Buffer.from(other.buffer)) === 0 ? 0 : Number.POSITIVE_INFINITY;

function floatDistance(own: Float32Array, other: Float32Array): number {
  const scale = 1e-6 + Math.max(...other.map(Math.abs));
  return Math.max(...own.map((x, i) => Math.abs(x - other[i]!))) / scale;
}

describe.skipIf(!isHere).each(CASES)("one whole iteration from one state: %s", (name, world, settings, maxWorkgroups) => {
  test("is the float64 reference's, and next to the wasm learner's", async () => {
    const options = learnerOptions(world, { numMinibatches: 4, updateEpochs: 4, ...settings });
    const { ppo } = options;
    const wasm = await onWasm(options);
    const updates = ppo.numMinibatches * ppo.updateEpochs;
    const size = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
    const chosen = [0, updates - 1];
    const { metrics, end, rows, indices, gradients, context } = await iterateOnGpu(options, wasm.start, chosen, maxWorkgroups);
    if (name === SEVERAL) {
      const { layout } = context;
      expect(layout.workgroups).toBe(maxWorkgroups);
      expect(layout.tilesPerWorkgroup).toBeGreaterThan(2 * layout.tilesPerSlice);
      expect(layout.tilesPerWorkgroup % layout.tilesPerSlice).toBeGreaterThan(0);
      expect(layout.permuteParts).toBeGreaterThan(1);
    }
    const problem = { ...wasm.problem, rows };
    const samplesOf = (update: number) => indices.slice(update * size, (update + 1) * size);
    // Bounds are some ten times what float32 makes of it here; the design's are 2e-4 for gradients, 1e-3 for a change of the
    // parameters and 1e-5 for parameters.
    expect(indices).toEqual(wasm.indices);
    // From one state through 16 decisions: 3e-7.
    expect(relativeL2(rows, wasm.rows)).toBeLessThan(3e-6);
    // But for records that every decision writes anew. 4e-6, in returns.
    expect(laneDistance(end, wasm.end, context)).toBeLessThan(4e-5);

    // The update, from the device's own samples. Adam divides by the root of a second moment: the change is the least exact, 2e-6.
    const want: Float64Vectors = {
      params: Float64Array.from(wasm.start.params),
      firstMoment: Float64Array.from(wasm.start.firstMoment),
      secondMoment: Float64Array.from(wasm.start.secondMoment),
    };
    const rate = learningRateAt(ppo, wasm.start.envSteps);
    for (let update = 0; update < updates; update++) {
      float64Step(problem, want, samplesOf(update), rate, wasm.start.updates + update + 1);
    }
    const change = (params: ArrayLike<number>) => Float64Array.from(params, (x, i) => x - wasm.start.params[i]!);
    expect(relativeL2(change(end.params), change(want.params))).toBeLessThan(2e-5);
    expect(relativeL2(end.params, want.params)).toBeLessThan(1e-6);
    expect(relativeL2(end.firstMoment, want.firstMoment)).toBeLessThan(5e-6);
    expect(relativeL2(end.secondMoment, want.secondMoment)).toBeLessThan(5e-6);
    // Minibatches at equal parameters: 4e-7.
    for (const [i, update] of chosen.entries()) {
      const reference = float64Gradient(problem, Float64Array.from(end.params), samplesOf(update));
      expect(relativeL2(gradients[i]!, reference)).toBeLessThan(4e-6);
    }

    const [own, reference] = [metrics, wasm.metrics].map(numbersOf) as [Map<string, number>, Map<string, number>];
    expect([...own.keys()].sort()).toEqual([...reference.keys()].sort());
    // Sums in float32 there and in float64 here.
    for (const [name, value] of reference) {
      expect(Math.abs(own.get(name)! - value), name).toBeLessThan(2e-5 * (1 + Math.abs(value)));
    }
    for (const name of ["iteration", "envSteps", "clock", "updates"] as const) expect(end[name]).toBe(wasm.end[name]);
  });
});
