/** Writes the binary format of WebAssembly: one module with one function, `run`, and an imported memory. */

const I32 = 0x7f;
const V128 = 0x7b;

interface KernelModule {
  /** Number of i32 parameters of `run`, which returns nothing. */
  readonly parameterCount: number;
  /** Numbers of local variables of each type, after the parameters: first the i32 ones, then the v128 ones. */
  readonly locals: { readonly i32: number; readonly v128: number };
  /** Instructions of the body, without the closing `end`. */
  readonly code: Uint8Array;
  readonly memory: { readonly shared: boolean; readonly maxPages: number };
}

export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** @param value integer in [-2^31, 2^31) */
export function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const finished = (rest === 0 && low < 64) || (rest === -1 && low >= 64);
    bytes.push(finished ? low : low | 128);
    if (finished) return bytes;
  }
}

/** The bytes of a module that imports `env.memory` and exports `run`; it has no data, globals, tables or start function. */
export function encodeModule({ parameterCount, locals, code, memory }: KernelModule): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...unsignedLeb(parameterCount), ...new Array<number>(parameterCount).fill(I32), 0];
  // A plain memory matches with any maximum; a shared one must have a maximum, not above this one.
  const limits = memory.shared ? [3, 1, ...unsignedLeb(memory.maxPages)] : [0, 1];
  const groups = [...localGroup(locals.i32, I32), ...localGroup(locals.v128, V128)];
  const head = [...unsignedLeb(groups.length), ...groups.flat()];
  const end = 0x0b;
  const bodySize = head.length + code.length + 1;
  const codeHeader = [1, ...unsignedLeb(bodySize), ...head];

  const before = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, ...type]),
    ...section(2, [1, ...text("env"), ...text("memory"), 2, ...limits]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("run"), 0, 0]),
    ...[10, ...unsignedLeb(codeHeader.length + code.length + 1), ...codeHeader],
  ];
  const bytes = new Uint8Array(before.length + code.length + 1);
  bytes.set(before);
  bytes.set(code, before.length);
  bytes[bytes.length - 1] = end;
  return bytes;
}

function localGroup(count: number, type: number): number[][] {
  return count === 0 ? [] : [[...unsignedLeb(count), type]];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsignedLeb(content.length), ...content];
}

function text(name: string): number[] {
  return [...unsignedLeb(name.length), ...Array.from(name, (letter) => letter.charCodeAt(0))];
}
