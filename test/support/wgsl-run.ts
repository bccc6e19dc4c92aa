import type { Program } from "../../compiler/ir/program.js";
import { emitWgslFunction } from "../../compiler/wgsl/emit-function.js";
import { WGSL_LIBRARY } from "../../compiler/wgsl/library.js";
import { type Gpu, MAP_READ, USAGE } from "../../models/webgpu/device.js";
import type { Memory } from "./ir-fixture.js";
import type { WholeElements } from "./wasm-run.js";

interface WgslRun {
  readonly program: Program;
  /** Numbers of each record; results are written back to it. */
  readonly memory: Memory;
  readonly capacity: number;
  readonly whole?: WholeElements;
}

/** Runs programs compiled to WGSL on numbers, each with memory of its own, all in one dispatch of one shader. */
export async function runWgsl({ device }: Gpu, runs: readonly WgslRun[]): Promise<void> {
  const places = runs.map(({ memory }) => memory).flatMap((memory) => Object.values(memory));
  const offsets = new Map<readonly number[], number>();
  let size = 0;
  for (const numbers of places) {
    offsets.set(numbers, size);
    size += numbers.length;
  }
  const host = new ArrayBuffer(size * 4);
  for (const run of runs) eachWord(run, offsets, host, "write");
  const functions = runs.map(({ program, memory, capacity }, i) =>
    emitWgslFunction(program, {
      name: `program_${i}`,
      place: ({ name, kind }) => ({
        words: "memory",
        offset: offsets.get(memory[name] as number[]) as number,
        ...(kind === "lane" ? { capacity } : {}),
      }),
    }),
  );
  const calls = runs.map(({ capacity }, i) => `if (id.x < ${capacity}u) { program_${i}(id.x); }`);
  const code = [
    `@group(0) @binding(0) var<storage, read_write> memory: array<u32, ${size}>;`,
    WGSL_LIBRARY,
    ...functions,
    "@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {",
    ...calls,
    "}",
  ].join("\n");
  await dispatch(device, code, host, Math.ceil(Math.max(...runs.map(({ capacity }) => capacity)) / 64));
  for (const run of runs) eachWord(run, offsets, host, "read");
}

function eachWord(
  { program, memory, capacity, whole }: WgslRun,
  offsets: ReadonlyMap<readonly number[], number>,
  host: ArrayBuffer,
  direction: "read" | "write",
): void {
  for (const { name, kind } of program.records) {
    const numbers = memory[name] as number[];
    const start = (offsets.get(numbers) as number) * 4;
    const floats = new Float32Array(host, start, numbers.length);
    const words = new Uint32Array(host, start, numbers.length);
    const stride = kind === "uniform" ? 1 : capacity;
    const wholes = new Set(whole?.[name]);
    numbers.forEach((value, at) => {
      const view = wholes.has(Math.floor(at / stride)) ? words : floats;
      if (direction === "write") view[at] = value;
      else numbers[at] = view[at] as number;
    });
  }
}

/** Runs a shader with one buffer, of which `host` is the start and gets the end. */
export async function dispatch(device: GPUDevice, code: string, host: ArrayBuffer, workgroups: number): Promise<void> {
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const make = (usage: number) => device.createBuffer({ size: host.byteLength, usage });
  const memory = make(USAGE.storage | USAGE.copySource | USAGE.copyTarget);
  const readBack = make(USAGE.mapRead | USAGE.copyTarget);
  const entries = [{ binding: 0, resource: { buffer: memory } }];
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  device.queue.writeBuffer(memory, 0, host);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(workgroups);
  pass.end();
  encoder.copyBufferToBuffer(memory, 0, readBack, 0, host.byteLength);
  device.queue.submit([encoder.finish()]);
  await readBack.mapAsync(MAP_READ);
  new Uint8Array(host).set(new Uint8Array(readBack.getMappedRange()));
  for (const buffer of [memory, readBack]) buffer.destroy();
}
