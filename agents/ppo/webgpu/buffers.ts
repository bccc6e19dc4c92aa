import { describeBytes } from "../../../core/bytes.js";
import { UserError } from "../../../core/errors.js";
import type { AgentPlan } from "../../../models/spec.js";
import { type Gpu, type GpuNeeds, USAGE } from "../../../models/webgpu/device.js";
import { stagingBuffer } from "../../../models/webgpu/read-back.js";
import type { LearnerPrograms } from "../programs.js";
import type { PpoOptions } from "../settings.js";
import { type BufferName, type GpuLayout, type PlanOptions, planGpuLearner, STATE_BUFFERS } from "./gpu-layout.js";
import type { GpuBuffers } from "./kernels.js";

/** What a learner's layout follows from. */
export interface LearnerPlan {
  readonly programs: LearnerPrograms;
  readonly agent: AgentPlan;
  readonly ppo: PpoOptions;
  readonly more?: PlanOptions;
}

export const planMemory = ({ programs, agent, ppo, more }: LearnerPlan): GpuLayout =>
  planGpuLearner(programs, agent, ppo, more);

/** Beyond WebGPU's defaults a learner takes as much as the adapter has of these two; it runs within them. */
export const GPU_NEEDS: GpuNeeds = { maxBufferSize: "most", maxStorageBufferBindingSize: "most" };

const UNIFORMS: ReadonlySet<BufferName> = new Set(["steps", "turns", "run"]);

/** Bytes that a shader can see of one buffer. */
export const largestBuffer = ({ device: { limits } }: Pick<Gpu, "device">): number =>
  Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);

/** @throws UserError `E_WEBGPU_MEMORY` before anything runs, with the most environments that fit where that is known */
export async function createBuffers(gpu: Gpu, layout: GpuLayout, plan: LearnerPlan): Promise<GpuBuffers> {
  checkFits(gpu, layout, plan);
  const { device } = gpu;
  device.pushErrorScope("out-of-memory");
  const made = Object.entries(layout.buffers).map(([name, bytes]) => {
    const kind = UNIFORMS.has(name as BufferName) ? USAGE.uniform : USAGE.storage;
    const usage = kind | USAGE.copySource | USAGE.copyTarget;
    return [name, device.createBuffer({ label: name, size: Math.ceil(bytes / 16) * 16, usage })] as const;
  });
  // That a state can be read is seen now and not at the first checkpoint.
  const staging = STATE_BUFFERS.map((name) => stagingBuffer(device, layout.buffers[name]));
  const failed = await device.popErrorScope();
  for (const buffer of staging) buffer.destroy();
  if (failed) {
    for (const [, buffer] of made) buffer.destroy();
    // How much is free cannot be asked.
    const half = largestNumEnvs(plan.ppo, (numEnvs) => numEnvs <= plan.ppo.numEnvs / 2);
    throw memoryError(layout, plan.ppo, "more than the GPU has free", half);
  }
  return Object.fromEntries(made) as GpuBuffers;
}

/** @throws UserError `E_WEBGPU_MEMORY` where a buffer is larger than the device's, with the most environments that fit */
export function checkFits(gpu: Pick<Gpu, "device">, layout: GpuLayout, plan: LearnerPlan): void {
  const { ppo } = plan;
  const most = largestBuffer(gpu);
  const [name, bytes] = largestPart(layout);
  if (bytes <= most) return;
  const fits = (numEnvs: number) => largestPart(planMemory({ ...plan, ppo: { ...ppo, numEnvs } }))[1] <= most;
  const why = `its ${name} alone ${describeBytes(bytes)}, where the GPU has buffers of up to ${describeBytes(most)}`;
  throw memoryError(layout, ppo, why, largestNumEnvs(ppo, fits));
}

const largestPart = ({ buffers }: GpuLayout): readonly [name: string, bytes: number] =>
  Object.entries(buffers).reduce((a, b) => (b[1] > a[1] ? b : a));

/** Environments that fit, of those fewer than now that the configuration allows; 0 where not even the fewest do. */
function largestNumEnvs(ppo: PpoOptions, fits: (numEnvs: number) => boolean): number {
  const step = envStep(ppo);
  // Buffers grow with the environments: those below a number that fits do as well.
  let [low, high] = [0, Math.ceil(ppo.numEnvs / step)];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle * step)) low = middle;
    else high = middle;
  }
  return low * step;
}

/** Environments come in multiples of 64, and so do the samples of a minibatch. */
function envStep({ numSteps, numMinibatches }: PpoOptions): number {
  let [a, b] = [numMinibatches, numSteps];
  while (b > 0) [a, b] = [b, a % b];
  return (64 * numMinibatches) / a;
}

function memoryError(
  { bytes, stateBytes }: GpuLayout,
  { numEnvs, numSteps }: PpoOptions,
  why: string,
  fitting: number,
): UserError {
  const hint = fitting > 0 ? `use --set numEnvs=${fitting} or fewer` : "use a smaller network";
  return new UserError(
    "E_WEBGPU_MEMORY",
    `numEnvs=${numEnvs} with numSteps=${numSteps} takes ${describeBytes(bytes + stateBytes)} of GPU memory: ${why}`,
    `${hint}, fewer numSteps, or --device wasm`,
  );
}
