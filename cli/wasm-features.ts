/** Smallest modules that use a feature: `WebAssembly.validate` says whether this Node.js has it. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** One function `() -> v128`. */
const SIGNATURE = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00];

function moduleOf(body: readonly number[]): Uint8Array<ArrayBuffer> {
  const code = [0x00, ...body, 0x0b];
  return Uint8Array.from([...HEADER, ...SIGNATURE, 0x0a, code.length + 2, 0x01, code.length, ...code]);
}

/** `i32.const 0; i32x4.splat`. */
const SIMD = moduleOf([0x41, 0x00, 0xfd, 0x11]);

/** `f32x4.relaxed_madd` (0xfd 0x85 0x02) of three splats of 0. */
const SPLAT = [0x41, 0x00, 0xfd, 0x11];
const RELAXED = moduleOf([...SPLAT, ...SPLAT, ...SPLAT, 0xfd, 0x85, 0x02]);

export function wasmFeatures(): { readonly simd: boolean; readonly relaxedSimd: boolean; readonly sharedMemory: boolean } {
  return {
    simd: WebAssembly.validate(SIMD),
    relaxedSimd: WebAssembly.validate(RELAXED),
    sharedMemory: hasSharedMemory(),
  };
}

function hasSharedMemory(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}
