import { uniform4 } from "../../core/random.js";
import type { AgentPlan, NetworkPlan } from "../../models/spec.js";
import { type Gpu, MAP_READ, USAGE } from "../../models/webgpu/device.js";
import { createKernel } from "../../models/webgpu/kernel.js";

/** A buffer of a test's kernel: what it starts with, and whether the kernel writes to it. */
export interface TestBuffer {
  readonly type: string;
  readonly access: "read" | "read_write";
  readonly data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
}

/** Numbers between -1 and 1, the same for the same seed. */
function randomNumbers(length: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, i) => 2 * uniform4(seed, i, 0, 0).a - 1);
}

/** Weights that neither fade nor explode through the layers, biases too; padding and free parameters are 0. */
export function randomParams({ tensors, parameterCount }: AgentPlan, seed: number): Float32Array<ArrayBuffer> {
  const params = new Float32Array(parameterCount);
  const random = randomNumbers(parameterCount, seed);
  for (const { offset, shape, used } of tensors) {
    const [rows, columns] = used.length === 2 ? [used[0]!, used[1]!] : [1, used[0]!];
    const scale = used.length === 2 ? Math.sqrt(3 / rows) : 0.3;
    for (let k = 0; k < rows; k++) {
      for (let j = 0; j < columns; j++) {
        const at = offset + k * shape.at(-1)! + j;
        params[at] = scale * random[at]!;
      }
    }
  }
  return params;
}

/** Rows of `used` random numbers, each padded with zeros to a whole number of columns of 4. */
export function randomRows(count: number, used: number, columns: number, seed: number): Float32Array<ArrayBuffer> {
  return randomNumbers(count * columns * 4, seed).map((x, i) => (i % (columns * 4) < used ? x : 0));
}

/** The last layer's columns of 4. */
export const outputColumns = ({ layers }: NetworkPlan) => layers.at(-1)!.paddedOutputs / 4;

/** Compiles a kernel, dispatches it `times`, and reads the buffers that it writes after each. */
export async function runKernel<Name extends string>(
  { device }: Gpu,
  code: string,
  buffers: Readonly<Record<Name, TestBuffer>>,
  workgroups: number,
  times = 1,
): Promise<readonly Readonly<Record<Name, Float32Array>>[]> {
  const usage = USAGE.storage | USAGE.copySource | USAGE.copyTarget;
  const bindings = Object.entries<TestBuffer>(buffers).map(([name, { type, access, data }]) => {
    const buffer = device.createBuffer({ size: data.byteLength, usage });
    return { name, type, access, buffer, data };
  });
  const kernel = await createKernel(device, { label: "test", bindings, code });
  const results: Record<Name, Float32Array>[] = [];
  for (let time = 0; time < times; time++) {
    for (const { buffer, data } of bindings) device.queue.writeBuffer(buffer, 0, data);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    kernel.dispatch(pass, workgroups);
    pass.end();
    device.queue.submit([encoder.finish()]);
    const read = bindings.map(async ({ name, buffer }) => [name, await readBack(device, buffer)] as const);
    results.push(Object.fromEntries(await Promise.all(read)) as Record<Name, Float32Array>);
  }
  for (const { buffer } of bindings) buffer.destroy();
  return results;
}

async function readBack(device: GPUDevice, buffer: GPUBuffer): Promise<Float32Array> {
  const copy = device.createBuffer({ size: buffer.size, usage: USAGE.mapRead | USAGE.copyTarget });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(MAP_READ);
  const floats = new Float32Array(copy.getMappedRange().slice(0));
  copy.destroy();
  return floats;
}
