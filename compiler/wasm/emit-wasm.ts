import type { Program } from "../ir/program.js";
import { createCodeBuffer } from "./code-buffer.js";
import { emitLaneLoop } from "./emit-statements.js";
import { createEmitter } from "./emitter.js";
import { encodeModule } from "./encoding.js";

export interface WasmOptions {
  /** Lanes of every lane record, a multiple of 4. */
  readonly capacity: number;
  /** Uses fused multiply-add where the machine has it: results then differ between machines. Default false. */
  readonly relaxed?: boolean;
  /** Imports a shared memory (default) or a plain one. */
  readonly sharedMemory?: boolean;
  /** The greatest `maximum` that an imported shared memory may have, in pages of 64 KiB. Default 65536. */
  readonly maxPages?: number;
}

/**
 * Compiles a program to a WebAssembly module in float32, four lanes at a time.
 *
 * It imports `env.memory` and exports `run(first, last, ...bases)`: lanes first to last - 1, `first` a multiple of 4, the
 * last group overrunning to the next multiple of 4; one base address in bytes per record of the program. The module holds no
 * data, tables or mutable globals, so any number of threads may instantiate it over the same memory.
 */
export function emitWasm(program: Program, options: WasmOptions): Uint8Array<ArrayBuffer> {
  const { capacity, relaxed = false, sharedMemory = true, maxPages = 65536 } = options;
  if (!(Number.isInteger(capacity) && capacity > 0 && capacity % 4 === 0))
    throw new RangeError(`capacity is ${capacity}, but must be a positive multiple of 4`);
  const code = createCodeBuffer();
  const first = code.parameter();
  const last = code.parameter();
  const bases = program.records.map(() => code.parameter());
  emitLaneLoop(createEmitter({ program, capacity, code, bases, relaxed }), first, last);
  return encodeModule({
    parameterCount: 2 + program.records.length,
    ...code.finish(),
    memory: { shared: sharedMemory, maxPages },
  });
}
