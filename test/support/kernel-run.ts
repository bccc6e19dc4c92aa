import { type Gpu, MAP_READ, USAGE } from "../../models/webgpu/device.js";
import { type Binding, createKernel, type Kernel } from "../../models/webgpu/kernel.js";

type Words = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

interface Variable {
  readonly type: string;
  readonly access: Binding["access"];
  readonly words: Words;
}

/** A shader with memory of its own, for tests. */
export interface ShaderUnderTest {
  /** Puts words into a buffer. */
  readonly write: (name: string, words: Words) => void;
  /** Dispatches it once and returns all buffers that it may write. */
  readonly run: (x: number, y?: number) => Promise<Record<string, Float32Array<ArrayBuffer>>>;
  readonly dispose: () => void;
}

/** Makes a kernel with one buffer for each variable, which starts as `words`. */
export async function testShader(
  { device }: Gpu,
  code: string,
  variables: Readonly<Record<string, Variable>>,
): Promise<ShaderUnderTest> {
  const buffers = new Map<string, GPUBuffer>();
  const bindings = Object.entries(variables).map(([name, { type, access, words }]): Binding => {
    const role = access === "uniform" ? USAGE.uniform : USAGE.storage;
    const buffer = device.createBuffer({ size: words.byteLength, usage: role | USAGE.copySource | USAGE.copyTarget });
    device.queue.writeBuffer(buffer, 0, words);
    buffers.set(name, buffer);
    return { name, type, access, buffer };
  });
  const kernel = await createKernel(device, { label: "test", bindings, code });
  const written = bindings.filter(({ access }) => access === "read_write");
  return {
    write: (name, words) => device.queue.writeBuffer(buffers.get(name)!, 0, words),
    run: (x, y = 1) => runOnce(device, kernel, written, x, y),
    dispose: () => {
      for (const buffer of buffers.values()) buffer.destroy();
    },
  };
}

async function runOnce(device: GPUDevice, kernel: Kernel, written: readonly Binding[], x: number, y: number) {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  kernel.dispatch(pass, x, y);
  pass.end();
  const copies = written.map(({ name, buffer }) => {
    const copy = device.createBuffer({ size: buffer.size, usage: USAGE.mapRead | USAGE.copyTarget });
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
    return { name, copy };
  });
  device.queue.submit([encoder.finish()]);
  const results: Record<string, Float32Array<ArrayBuffer>> = {};
  for (const { name, copy } of copies) {
    await copy.mapAsync(MAP_READ);
    results[name] = new Float32Array(copy.getMappedRange().slice(0));
    copy.destroy();
  }
  return results;
}
