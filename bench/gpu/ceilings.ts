import { type Gpu, USAGE } from "../../models/webgpu/device.js";
import { createKernel, type Kernel } from "../../models/webgpu/kernel.js";
import { onePass } from "../../models/webgpu/passes.js";
import { type InFlightEffort, measureInFlight, type Speed } from "../in-flight.js";
import { watchErrors } from "./gpu-errors.js";

/** What the card can do, measured by two kernels that do nothing else. */
export interface Ceilings {
  /** Float32 operations a second of multiply-adds in registers, an fma counting two. */
  readonly flopsPerSecond: Speed;
  /** Bytes a second of a copy within the device's memory, those read and those written together. */
  readonly bytesPerSecond: Speed;
}

const THREADS = 256;
const ACCUMULATORS = 8;
/** Operations of one round: a vector of four to each accumulator, a product and a sum each. */
const FLOPS_PER_ROUND = ACCUMULATORS * 4 * 2;

export interface CeilingSizes {
  readonly workgroups: number;
  /** Of the multiply-add loop. */
  readonly rounds: number;
  /** Of the buffer that is copied; more than the card's caches hold. A multiple of 4096. */
  readonly copyBytes: number;
}

export const QUICK_CEILINGS: CeilingSizes = { workgroups: 16, rounds: 64, copyBytes: 2 ** 20 };
export const FULL_CEILINGS: CeilingSizes = { workgroups: 8192, rounds: 4096, copyBytes: 2 ** 29 };

export async function measureCeilings(gpu: Gpu, sizes: CeilingSizes, effort: InFlightEffort): Promise<Ceilings> {
  const errors = watchErrors(gpu.device);
  const flopsPerSecond = await measurePeak(gpu, sizes, effort);
  const bytesPerSecond = await measureCopy(gpu, sizes, effort);
  await errors.check();
  return { flopsPerSecond, bytesPerSecond };
}

async function measurePeak({ device }: Gpu, { workgroups, rounds }: CeilingSizes, effort: InFlightEffort): Promise<Speed> {
  const threads = workgroups * THREADS;
  const result = device.createBuffer({ size: threads * 4, usage: USAGE.storage });
  const start = device.createBuffer({ size: 16, usage: USAGE.uniform | USAGE.copyTarget });
  // Unknown to the compiler, so that it cannot work out the result: x becomes x * 0.5 + 0.25 and stays finite.
  device.queue.writeBuffer(start, 0, Float32Array.of(0.5, 0.25, 0, 0));
  const kernel = await createKernel(device, {
    label: "multiply-add",
    bindings: [
      { name: "result", type: "array<f32>", access: "read_write", buffer: result },
      { name: "start", type: "vec4f", access: "uniform", buffer: start },
    ],
    code: peakShader(rounds),
  });
  const speed = await measureInFlight(() => runOnce(device, kernel, workgroups), threads * rounds * FLOPS_PER_ROUND, effort);
  result.destroy();
  start.destroy();
  return speed;
}

/** A chain of multiply-adds in each of several accumulators, which do not wait for one another. */
export function peakShader(rounds: number): string {
  const each = (line: (i: number) => string) => Array.from({ length: ACCUMULATORS }, (_, i) => line(i));
  return `
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = vec4f(start.x);
  let term = vec4f(start.y);
${each((i) => `  var a${i} = vec4f(f32(id.x) + ${i}f);`).join("\n")}
  for (var round = 0u; round < ${rounds}u; round++) {
${each((i) => `    a${i} = fma(a${i}, factor, term);`).join("\n")}
  }
  let sum = ${each((i) => `a${i}`).join(" + ")};
  result[id.x] = sum.x + sum.y + sum.z + sum.w;
}
`;
}

/** Vectors of 16 bytes that an invocation copies. */
const COPIES = 16;

async function measureCopy({ device }: Gpu, { copyBytes }: CeilingSizes, effort: InFlightEffort): Promise<Speed> {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  const block = THREADS * COPIES * 16;
  const workgroups = Math.max(1, Math.floor(Math.min(copyBytes, most) / block));
  const size = workgroups * block;
  const [source, target] = [0, 1].map(() => device.createBuffer({ size, usage: USAGE.storage }));
  const kernel = await createKernel(device, {
    label: "copy",
    bindings: [
      { name: "source", type: "array<vec4f>", access: "read", buffer: source! },
      { name: "result", type: "array<vec4f>", access: "read_write", buffer: target! },
    ],
    code: `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let first = workgroup.x * ${THREADS * COPIES}u + thread;
  for (var i = 0u; i < ${COPIES}u; i++) { result[first + i * ${THREADS}u] = source[first + i * ${THREADS}u]; }
}
`,
  });
  const speed = await measureInFlight(() => runOnce(device, kernel, workgroups), 2 * size, effort);
  source!.destroy();
  target!.destroy();
  return speed;
}

async function runOnce(device: GPUDevice, kernel: Kernel, workgroups: number): Promise<void> {
  const encoder = device.createCommandEncoder();
  const passes = onePass(encoder);
  passes.dispatch(kernel, workgroups);
  passes.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
}
