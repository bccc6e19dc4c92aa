/** A compiled step over one memory. */
interface Kernel {
  /**
   * Steps the lanes `first` to `last` - 1.
   * @param first a multiple of 4
   * @param last  the lanes up to the next multiple of 4 are stepped too
   * @param bases byte address of each record of the program, in their order
   */
  readonly run: (first: number, last: number, ...bases: readonly number[]) => void;
}

/** Instantiates what `emitWasm` made, on any thread. A `WebAssembly.Module` can be posted to workers and compiles once. */
export function instantiateKernel(code: Uint8Array<ArrayBuffer> | WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  const module = code instanceof WebAssembly.Module ? code : new WebAssembly.Module(code);
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return { run: run as Kernel["run"] };
}
