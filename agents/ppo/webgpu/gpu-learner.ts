import { UserError } from "../../../core/errors.js";
import { type Gpu, type LoadWebgpu, openGpu } from "../../../models/webgpu/device.js";
import { adapterName, isSoftware } from "../../../models/webgpu/explain.js";
import { createStopwatch, type Stopwatch } from "../../../models/webgpu/passes.js";
import { createReadBack } from "../../../models/webgpu/read-back.js";
import { rejectIfLost } from "../../../models/webgpu/reject-if-lost.js";
import { planLanes } from "../../rollout/rollout-layout.js";
import { firstState } from "../first-state.js";
import { planLearning } from "../plan.js";
import type { PpoState } from "../state.js";
import type { LearnerOptions } from "../wasm/wasm-context.js";
import type { PpoLearner } from "../wasm/wasm-learner.js";
import { checkFits, createBuffers, GPU_NEEDS, type LearnerPlan, largestBuffer, planMemory } from "./buffers.js";
import type { GpuContext, Progress } from "./gpu-context.js";
import type { PlanOptions } from "./gpu-layout.js";
import { readObservations, readState, restore } from "./gpu-state.js";
import { advance, countDispatches, runIteration, wantedSums } from "./iteration.js";
import { createKernels } from "./kernels.js";

/** A learner whose whole iteration runs on a GPU. */
export interface WebgpuLearner extends PpoLearner {
  /** Dispatches of an iteration with all its updates, and bytes that it brings back to the host. */
  readonly dispatches: number;
  readonly bytesReadBack: number;
  /** Times by kernel; undefined unless the learner was made with `profile`, on a device with timestamps. */
  readonly stopwatch: Stopwatch | undefined;
}

export interface WebgpuOptions {
  /** Times every kernel, which costs some speed. */
  readonly profile?: boolean;
  /** What goes through the steps of a rollout; the device, or the host where the driver does not compile that, unless given. */
  readonly loop?: "device" | "host";
  /** Loads the package `webgpu`; tests put another in its place. */
  readonly load?: LoadWebgpu;
  readonly maxWorkgroups?: PlanOptions["maxWorkgroups"];
}

/**
 * A learner on a GPU: one submission an iteration, and only sums come back. It starts from the state that the wasm
 * learner starts from.
 * @throws UserError of `openGpu` and `createBuffers`, and `E_WEBGPU_SHADER` where the driver refuses a shader, before anything is
 * learned
 */
export async function createWebgpuLearner(options: LearnerOptions, more: WebgpuOptions = {}): Promise<WebgpuLearner> {
  const context = await openContext(options, more);
  try {
    const start = await firstState(options, context);
    restore(context, start);
    return makeLearner(context, pickProgress(start));
  } catch (error) {
    context.gpu.dispose();
    throw error;
  }
}

/**
 * Whether a learner would find a GPU and memory enough on it; nothing is kept.
 * @returns bytes that it would take there
 * @throws UserError as {@link createWebgpuLearner}
 */
export async function checkWebgpu(
  options: LearnerOptions,
  load?: LoadWebgpu,
): Promise<{ readonly bytes: number; readonly isSoftware: boolean }> {
  const { programs, agent } = planLearning(options);
  const gpu = await openGpu(GPU_NEEDS, load);
  try {
    const plan = { programs, agent, ppo: options.ppo, more: { largestBuffer: largestBuffer(gpu) } };
    const layout = planMemory(plan);
    checkFits(gpu, layout, plan);
    return { bytes: layout.bytes + layout.stateBytes, isSoftware: isSoftware(gpu.info) };
  } finally {
    gpu.dispose();
  }
}

/** Device, memory and compiled shaders of a learner. */
export async function openContext(
  options: LearnerOptions,
  { profile = false, load, loop, maxWorkgroups }: WebgpuOptions,
): Promise<GpuContext> {
  const { ppo } = options;
  const { programs, agent } = planLearning(options);
  const gpu = await openGpu(GPU_NEEDS, load);
  try {
    const memory = await openMemory(
      gpu,
      { programs, agent, ppo, more: { maxWorkgroups, largestBuffer: largestBuffer(gpu) } },
      loop,
    );
    const { kernels } = memory;
    const block = planLanes(programs, ppo.numEnvs);
    const stopwatch = profile ? openStopwatch(gpu, countDispatches({ kernels, options })) : undefined;
    const readBack = createReadBack(gpu.device);
    return { options, programs, agent, block, gpu, ...memory, readBack, stopwatch };
  } catch (error) {
    gpu.dispose();
    throw explained(error);
  }
}

/** Plan, memory and shaders. A driver whose compiler does not take a rollout in one shader may take it in parts. */
async function openMemory(
  gpu: Gpu,
  run: LearnerPlan,
  loop: WebgpuOptions["loop"],
): Promise<Pick<GpuContext, "layout" | "buffers" | "kernels">> {
  const where = loop ?? "device";
  const plan = { ...run, more: { ...run.more, loop: where } };
  const layout = planMemory(plan);
  const buffers = await createBuffers(gpu, layout, plan);
  try {
    const kernels = await rejectIfLost(gpu, createKernels(gpu.device, buffers, { ...plan, layout }, where));
    return { layout, buffers, kernels };
  } catch (error) {
    for (const buffer of Object.values(buffers)) buffer.destroy();
    if (loop === undefined && where === "device" && isRefusedShader(error)) return openMemory(gpu, run, "host");
    throw error;
  }
}

const isRefusedShader = (error: unknown): error is Error => error instanceof Error && error.name === "GPUPipelineError";

/** What the driver's compiler says of a shader, as an error that a user can do something about. */
function explained(error: unknown): unknown {
  if (!isRefusedShader(error)) return error;
  const message = `the GPU's driver refuses a shader: ${error.message.split("\n")[0]}`;
  return new UserError("E_WEBGPU_SHADER", message, "update the driver, or use --device wasm");
}

/** Queries that one set may hold, by the specification, in pairs. */
const MAX_TIMED = 2048;

function openStopwatch({ device }: Gpu, dispatches: number): Stopwatch | undefined {
  if (!device.features.has("timestamp-query")) return undefined;
  return createStopwatch(device, Math.min(MAX_TIMED, 16 * dispatches));
}

export const pickProgress = ({ iteration, envSteps, clock, updates }: PpoState): Progress => ({
  iteration,
  envSteps,
  clock,
  updates,
});

/** The learner over an open context, of which it takes possession. */
export function makeLearner(context: GpuContext, start: Progress): WebgpuLearner {
  const { options, layout, gpu, agent, block, readBack, stopwatch, buffers, kernels } = context;
  const { targetKl, numMinibatches } = options.ppo;
  let progress = start;
  const inParts = kernels.loop === "host" ? "; the host goes through the steps" : "";
  return {
    device: `webgpu: ${adapterName(gpu.info)}${inParts}`,
    agent,
    bytes: layout.bytes + layout.stateBytes,
    laneWords: block.bytes / 4,
    depth: targetKl === null ? 2 : 1,
    dispatches: countDispatches(context),
    bytesReadBack: wantedSums(context).reduce((sum, { bytes }) => sum + bytes, 0),
    stopwatch,
    iterate: async () => {
      const at = progress;
      // At once: the next iteration may be called before this one has come back.
      progress = advance(options, at);
      const { metrics, epochs } = await rejectIfLost(gpu, runIteration(context, at));
      if (targetKl !== null) progress = { ...progress, updates: at.updates + epochs * numMinibatches };
      return metrics;
    },
    state: () => rejectIfLost(gpu, readState(context, progress)),
    observations: (count) => rejectIfLost(gpu, readObservations(context, count)),
    restore: (state) => {
      restore(context, state);
      progress = pickProgress(state);
    },
    dispose: async () => {
      stopwatch?.dispose();
      readBack.dispose();
      for (const buffer of Object.values(buffers)) buffer.destroy();
      gpu.dispose();
    },
  };
}
