/** Instructions of WebAssembly that the emitter uses. SIMD numbers follow the prefix 0xfd, LEB-encoded. */

export const CONTROL = { block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, brIf: 0x0d, drop: 0x1a } as const;

/** Type of a block that leaves nothing on the stack. */
export const EMPTY_BLOCK = 0x40;

export const LOCAL = { get: 0x20, set: 0x21, tee: 0x22 } as const;

export const I32_OPS = {
  load: 0x28,
  const: 0x41,
  lt_s: 0x48,
  ge_s: 0x4e,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  rem_u: 0x70,
  shl: 0x74,
} as const;

export const SIMD_PREFIX = 0xfd;

export const V128_OPS = {
  load: 0x00,
  load32Splat: 0x09,
  store: 0x0b,
  const: 0x0c,
  not: 0x4d,
  and: 0x4e,
  andnot: 0x4f,
  or: 0x50,
  xor: 0x51,
  bitselect: 0x52,
  anyTrue: 0x53,
} as const;

export const I32X4_OPS = {
  splat: 0x11,
  eq: 0x37,
  lt_u: 0x3a,
  shl: 0xab,
  shr_s: 0xac,
  shr_u: 0xad,
  add: 0xae,
  sub: 0xb1,
  mul: 0xb5,
} as const;

export const F32X4_OPS = {
  eq: 0x41,
  ne: 0x42,
  lt: 0x43,
  gt: 0x44,
  le: 0x45,
  ge: 0x46,
  floor: 0x68,
  abs: 0xe0,
  neg: 0xe1,
  sqrt: 0xe3,
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  min: 0xe8,
  max: 0xe9,
  pmin: 0xea,
  pmax: 0xeb,
  convertI32x4S: 0xfa,
  convertI32x4U: 0xfb,
  relaxedMadd: 0x105,
  relaxedNmadd: 0x106,
} as const;
