import { describeBytes } from "../../../core/bytes.js";
import { UserError } from "../../../core/errors.js";
import { type Gpu, type GpuNeeds, USAGE } from "../../../models/webgpu/device.js";
import type { PpoOptions } from "../options.js";
import type { GpuBuffers } from "./kernels.js";
import type { BufferName, GpuLayout } from "./layout.js";

/** Beyond WebGPU's defaults a learner takes as much as the adapter has of these two; it runs within them. */
export const GPU_NEEDS: GpuNeeds = { maxBufferSize: "most", maxStorageBufferBindingSize: "most" };

const UNIFORMS: ReadonlySet<BufferName> = new Set(["steps", "turns", "run"]);

/** @throws UserError `E_WEBGPU_MEMORY` before anything runs, with the most environments that fit where that is known */
export async function createBuffers(gpu: Gpu, layout: GpuLayout, ppo: PpoOptions): Promise<GpuBuffers> {
  checkFits(gpu, layout, ppo);
  const { device } = gpu;
  device.pushErrorScope("out-of-memory");
  const made = Object.entries(layout.buffers).map(([name, bytes]) => {
    const kind = UNIFORMS.has(name as BufferName) ? USAGE.uniform : USAGE.storage;
    const usage = kind | USAGE.copySource | USAGE.copyTarget;
    return [name, device.createBuffer({ label: name, size: Math.ceil(bytes / 16) * 16, usage })] as const;
  });
  const failed = await device.popErrorScope();
  if (failed) {
    for (const [, buffer] of made) buffer.destroy();
    throw memoryError(layout, ppo, "more than the GPU has free", Math.floor(ppo.numEnvs / 128) * 64);
  }
  return Object.fromEntries(made) as GpuBuffers;
}

/** @throws UserError `E_WEBGPU_MEMORY` where a buffer is larger than the device's */
export function checkFits({ device: { limits } }: Gpu, layout: GpuLayout, ppo: PpoOptions): void {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const [name, bytes] = Object.entries(layout.buffers).reduce((a, b) => (b[1] > a[1] ? b : a));
  if (bytes <= most) return;
  // What grows with the environments is largest; whole groups of 64.
  const fitting = Math.floor((ppo.numEnvs * most) / bytes / 64) * 64;
  throw memoryError(layout, ppo, `its ${name} alone ${bytes} bytes, where the GPU has buffers of up to ${most}`, fitting);
}

function memoryError({ bytes }: GpuLayout, { numEnvs, numSteps }: PpoOptions, why: string, fitting: number): UserError {
  const hint = fitting > 0 ? `use --set numEnvs=${fitting} or fewer` : "use a smaller network";
  return new UserError(
    "E_WEBGPU_MEMORY",
    `numEnvs=${numEnvs} with numSteps=${numSteps} takes ${describeBytes(bytes)} of GPU memory: ${why}`,
    `${hint}, fewer numSteps, or --device wasm`,
  );
}
