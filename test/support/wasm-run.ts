import type { Program } from "../../compiler/ir/program.js";
import { emitWasm, type WasmOptions } from "../../compiler/wasm/emit-wasm.js";
import { instantiateKernel } from "../../compiler/wasm/instantiate.js";
import type { Memory } from "./ir-fixture.js";

/** Which elements of a record are u32 or index fields rather than floats. */
export type WholeElements = Readonly<Record<string, readonly number[]>>;

/** Runs a program compiled to WebAssembly on numbers and writes the results back to them. */
export function runWasm(
  program: Program,
  memory: Memory,
  options: WasmOptions & { readonly first?: number; readonly last: number; readonly whole?: WholeElements },
): void {
  const sizes = program.records.map(({ name }) => (memory[name] as number[]).length * 4);
  const bases: number[] = [];
  let end = 64;
  for (const size of sizes) {
    bases.push(end);
    end = Math.ceil((end + size) / 64) * 64;
  }
  const pages = Math.ceil((end + 64) / 65536);
  const shared = options.sharedMemory ?? true;
  const wasm = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const views = program.records.map(({ name, kind }, i) => {
    const numbers = memory[name] as number[];
    const floats = new Float32Array(wasm.buffer, bases[i], numbers.length);
    const words = new Uint32Array(wasm.buffer, bases[i], numbers.length);
    const stride = kind === "uniform" ? 1 : options.capacity;
    const whole = new Set(options.whole?.[name]);
    const isWhole = (position: number) => whole.has(Math.floor(position / stride));
    numbers.forEach((value, position) => {
      if (isWhole(position)) words[position] = value;
      else floats[position] = value;
    });
    return { numbers, read: (position: number) => (isWhole(position) ? words : floats)[position] as number };
  });
  instantiateKernel(emitWasm(program, options), wasm).run(options.first ?? 0, options.last, ...bases);
  for (const { numbers, read } of views) for (let i = 0; i < numbers.length; i++) numbers[i] = read(i);
}
