import type { PpoMetrics } from "../agents/ppo/metrics.js";
import type { PpoState } from "../agents/ppo/state.js";
import { minibatchIndices, sampleColumns } from "../agents/ppo/tensorflow/tensorflow-updater.js";
import { WASM_UPDATER } from "../agents/ppo/wasm/update.js";
import type { LearnerOptions } from "../agents/ppo/wasm/wasm-context.js";
import { createLearner } from "../agents/ppo/wasm/wasm-learner.js";
import type { GpuContext } from "../agents/ppo/webgpu/gpu-context.js";
import { type BufferName, UNIFORM_STRIDE } from "../agents/ppo/webgpu/gpu-layout.js";
import {
  makeLearner,
  openContext,
  pickProgress,
  type WebgpuLearner,
  type WebgpuOptions,
} from "../agents/ppo/webgpu/gpu-learner.js";
import { columnWorkgroups } from "../models/webgpu/optimizer-shader.js";
import { onePass } from "../models/webgpu/passes.js";
import type { Float64Problem } from "./float64-update.js";

/** Work on a learner that starts from a state, with a look at what it keeps on the device. */
export async function onGpu<T>(
  options: LearnerOptions,
  start: PpoState,
  work: (learner: WebgpuLearner, context: GpuContext) => Promise<T>,
  more: WebgpuOptions = {},
): Promise<T> {
  const context = await openContext(options, more);
  const learner = makeLearner(context, pickProgress(start));
  try {
    learner.restore(start);
    return await work(learner, context);
  } finally {
    await learner.dispose();
  }
}

/** A whole buffer of a learner. */
export async function readBuffer({ gpu, readBack, buffers, layout }: GpuContext, name: BufferName): Promise<ArrayBuffer> {
  const encoder = gpu.device.createCommandEncoder();
  const done = readBack.copy(encoder, [{ buffer: buffers[name], bytes: layout.buffers[name] }]);
  gpu.device.queue.submit([encoder.finish()]);
  return (await done())[0]!;
}

/** The state before an iteration on wasm, and what that learner made of it. */
export interface WasmIteration {
  readonly start: PpoState;
  readonly metrics: PpoMetrics;
  readonly end: PpoState;
  /** The samples that it learned from, and their order in each epoch. */
  readonly rows: Float32Array;
  readonly indices: readonly number[];
  readonly problem: Omit<Float64Problem, "rows">;
}

/** The third iteration of a run: Adam has moments, and ratios move. */
export async function onWasm(options: LearnerOptions): Promise<WasmIteration> {
  let rows: Float32Array | undefined;
  let problem: WasmIteration["problem"] | undefined;
  const indices: number[] = [];
  const learner = await createLearner(options, {
    ...WASM_UPDATER,
    begin: (context) => {
      const { layout, f32, agent } = context;
      rows = f32(layout.samples, options.ppo.numEnvs * options.ppo.numSteps * layout.sampleStride).slice();
      problem = { agent, columns: sampleColumns(context), settings: options.ppo };
      indices.length = 0;
    },
    step: (context, minibatch, at) => {
      indices.push(...minibatchIndices(context, minibatch));
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

/** The gradient of one minibatch, by the learner's own kernels, with the parameters as they are now. */
export async function readGradient(context: GpuContext, update: number): Promise<Float32Array> {
  const { gpu, kernels, layout, agent } = context;
  const encoder = gpu.device.createCommandEncoder();
  const passes = onePass(encoder);
  passes.dispatch(kernels.gradient, layout.workgroups, 1, update * UNIFORM_STRIDE);
  passes.dispatch(kernels.reduce, columnWorkgroups(layout.partialCount));
  passes.end();
  gpu.device.queue.submit([encoder.finish()]);
  // Behind the weights lie sums of the loss.
  return new Float32Array(await readBuffer(context, "gradient"), 0, agent.parameterCount);
}
