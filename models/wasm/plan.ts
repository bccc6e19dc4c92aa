/**
 * What the device's threads do, as plain data: the main thread and the workers interpret it alike. All addresses are bytes in
 * the shared memory.
 */

/**
 * An argument of a call: a number, or base + chunk * perChunk + thread * perThread + repeat * perRepeat, plus `times` (default 1)
 * times the number that lies at address `slot` when the chunk starts. Slots are written by the main thread between jobs.
 */
export type Argument = number | AffineArgument | SlotArgument;

interface AffineArgument {
  readonly base: number;
  readonly perChunk?: number;
  readonly perThread?: number;
  readonly perRepeat?: number;
}

interface SlotArgument extends Partial<AffineArgument> {
  readonly slot: number;
  readonly type: "i32" | "u32" | "f32" | "f64";
  readonly times?: number;
}

export interface Call {
  /** 0 for the kernels, 1 + i for stage module i. */
  readonly instance: number;
  readonly export: string;
  readonly args: readonly Argument[];
  /** Run the call only if any of `count` (multiple of 4) floats from `address` is not zero at that moment. */
  readonly when?: { readonly address: Argument; readonly count: number };
}

/**
 * Work on one chunk: the calls in order, all of them `repeat` times (default 1). Chunks are handed to whichever thread is free,
 * so a chunk must write only what no other chunk reads or writes; scratch may be per thread. Then the result depends neither on
 * the number of threads nor on their order. Build a job once and run it often: a job is prepared at its first run.
 */
export interface Job {
  /** For error messages. */
  readonly name: string;
  readonly calls: readonly Call[];
  readonly repeat?: number;
}
