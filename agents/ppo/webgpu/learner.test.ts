import { beforeAll, expect, test } from "vitest";
import { akash } from "../../../env/economies/akash.js";
import type { World } from "../../../env/world.js";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { type Float64Problem, type Float64Vectors, float64Step, relativeL2 } from "../../../test/float64-update.js";
import { learnerOptions } from "../../../test/learner-memory.js";
import { findGpu } from "../../../test/swiftshader.js";
import type { LearnerOptions } from "../context.js";
import { createLearner } from "../learner.js";
import type { IterationMetrics } from "../options.js";
import type { LearnerState } from "../state.js";
import { columnsOf, indicesOf } from "../tensorflow-updater.js";
import { learningRateAt, WASM_UPDATER } from "../update.js";
import type { GpuContext } from "./context.js";
import type { BufferName } from "./layout.js";
import { learnerOf, openContext, progressOf, type WebgpuLearner } from "./learner.js";

let hasGpu = false;
beforeAll(async () => {
  const gpu = await findGpu();
  hasGpu = gpu !== undefined;
  gpu?.dispose();
});

const WORLDS: [string, World, Readonly<Record<string, unknown>>][] = [
  ["akash", akash, { entCoef: 0.01, clipValueLoss: true, hidden: [24, 16], learningRate: 3e-3 }],
  ["cartpole", cartpole, { entCoef: 0.02, activation: "relu", hidden: [16], learningRate: 0.03, maxGradNorm: 0.1 }],
];

async function onGpu<T>(
  options: LearnerOptions,
  start: LearnerState,
  work: (learner: WebgpuLearner, context: GpuContext) => Promise<T>,
): Promise<T> {
  const context = await openContext(options, {});
  const learner = learnerOf(context, progressOf(start));
  try {
    learner.restore(start);
    return await work(learner, context);
  } finally {
    await learner.dispose();
  }
}

async function read({ gpu, readBack, buffers, layout }: GpuContext, name: BufferName): Promise<ArrayBuffer> {
  const encoder = gpu.device.createCommandEncoder();
  const done = readBack.copy(encoder, [{ buffer: buffers[name], bytes: layout.buffers[name] }]);
  gpu.device.queue.submit([encoder.finish()]);
  return (await done())[0]!;
}

/** Learned for two iterations, so that Adam has moments and ratios move; and what the wasm learner makes of the next one. */
async function onWasm(options: LearnerOptions) {
  let rows: Float32Array | undefined;
  let problem: Omit<Float64Problem, "rows"> | undefined;
  const indices: number[] = [];
  const learner = await createLearner(options, {
    ...WASM_UPDATER,
    begin: (context) => {
      const { layout, f32, agent } = context;
      rows = f32(layout.samples, options.ppo.numEnvs * options.ppo.numSteps * layout.sampleStride).slice();
      problem = { agent, columns: columnsOf(context), settings: options.ppo };
      indices.length = 0;
    },
    step: (context, minibatch, at) => {
      indices.push(...indicesOf(context, minibatch));
      return WASM_UPDATER.step(context, minibatch, at);
    },
  });
  for (let i = 0; i < 2; i++) await learner.iterate();
  const start = await learner.state();
  const metrics = await learner.iterate();
  const end = await learner.state();
  await learner.dispose();
  return { start, metrics, end, rows: rows!, problem: problem!, indices };
}

test.each(WORLDS)(
  "one whole iteration is the float64 reference's and next to the wasm learner's: %s",
  async (_name, world, settings) => {
    if (!hasGpu) return;
    const options = learnerOptions(world, { ...settings, numMinibatches: 4, updateEpochs: 4 });
    const { ppo } = options;
    const wasm = await onWasm(options);
    const { metrics, end, rows, indices } = await onGpu(options, wasm.start, async (learner, context) => ({
      metrics: await learner.iterate(),
      end: await learner.state(),
      rows: new Float32Array(await read(context, "samples")),
      indices: [...new Uint32Array(await read(context, "indices"))],
    }));
    expect(indices).toEqual(wasm.indices);
    // The rollout: from one state, through 16 decisions.
    expect(relativeL2(rows, wasm.rows)).toBeLessThan(1e-4);

    // The update, from the device's own samples.
    const want: Float64Vectors = {
      params: Float64Array.from(wasm.start.params),
      firstMoment: Float64Array.from(wasm.start.firstMoment),
      secondMoment: Float64Array.from(wasm.start.secondMoment),
    };
    const size = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
    for (let update = 0; update < 16; update++) {
      const samples = indices.slice(update * size, (update + 1) * size);
      const rate = learningRateAt(ppo, wasm.start.envSteps);
      float64Step({ ...wasm.problem, rows }, want, samples, rate, wasm.start.updates + update + 1);
    }
    const change = (params: ArrayLike<number>) => Float64Array.from(params, (x, i) => x - wasm.start.params[i]!);
    expect(relativeL2(change(end.params), change(want.params))).toBeLessThan(1e-4);
    expect(relativeL2(end.params, want.params)).toBeLessThan(1e-6);
    expect(relativeL2(end.firstMoment, want.firstMoment)).toBeLessThan(1e-4);
    expect(relativeL2(end.secondMoment, want.secondMoment)).toBeLessThan(1e-4);

    expect(Object.keys(metrics).sort()).toEqual(Object.keys(wasm.metrics).sort());
    for (const [name, value] of Object.entries(wasm.metrics)) {
      if (typeof value === "number") expect(metrics[name as keyof IterationMetrics], name).toBeCloseTo(value, 3);
    }
    for (const name of ["iteration", "envSteps", "clock", "updates"] as const) expect(end[name]).toBe(wasm.end[name]);
  },
);
