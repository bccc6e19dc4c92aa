import { floatBits } from "../float32/bits.js";
import type { CodeBuffer, Register } from "./code-buffer.js";
import { signedLeb, unsignedLeb } from "./encoding.js";
import { F32X4_OPS, I32_OPS, I32X4_OPS, SIMD_PREFIX, V128_OPS } from "./opcodes.js";

/** Instructions that leave one value on the stack. Each call writes them once more. */
export type Push = () => void;
type Binary = (a: Push, b: Push) => Push;
type Unary = (a: Push) => Push;

/** Four lanes at a time: the operations that formulas are built from. */
export interface Simd {
  /** Writes the instructions of `value` now, keeps the result in a register, and returns a read of it. */
  readonly keep: (value: Push) => Push;
  readonly read: (register: Register) => Push;
  readonly float: (value: number) => Push;
  readonly word: (value: number) => Push;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  /** NaN where either is NaN; -0 is less than 0. Slower than the two below on x64. */
  readonly min: Binary;
  readonly max: Binary;
  /** b < a ? b : a, so `a` where either is NaN or both are zero. */
  readonly pmin: Binary;
  /** a < b ? b : a, so `a` where either is NaN or both are zero. */
  readonly pmax: Binary;
  readonly eq: Binary;
  readonly ne: Binary;
  readonly lt: Binary;
  readonly gt: Binary;
  readonly le: Binary;
  readonly ge: Binary;
  readonly neg: Unary;
  readonly abs: Unary;
  readonly sqrt: Unary;
  readonly floor: Unary;
  readonly fromSigned: Unary;
  readonly fromUnsigned: Unary;
  readonly and: Binary;
  readonly or: Binary;
  readonly xor: Binary;
  /** a and not b. */
  readonly andnot: Binary;
  readonly not: Unary;
  readonly iadd: Binary;
  readonly isub: Binary;
  readonly imul: Binary;
  readonly ieq: Binary;
  readonly iltu: Binary;
  readonly shl: (a: Push, bits: number) => Push;
  readonly shrs: (a: Push, bits: number) => Push;
  readonly shru: (a: Push, bits: number) => Push;
  /** Bits of `whenTrue` where the mask is set, of `whenFalse` elsewhere. */
  readonly select: (mask: Push, whenTrue: Push, whenFalse: Push) => Push;
  /** a * b + c; rounded once or twice in relaxed mode, twice otherwise. */
  readonly madd: (a: Push, b: Push, c: Push) => Push;
  /** c - a * b, like `madd`. */
  readonly nmadd: (a: Push, b: Push, c: Push) => Push;
}

/** Writers of one instruction after its operands. */
function operations(code: CodeBuffer) {
  const instruction = (opcode: number) => code.chunk([SIMD_PREFIX, ...unsignedLeb(opcode)]);
  const unary = (opcode: number): Unary => {
    const chunk = instruction(opcode);
    return (a) => () => {
      a();
      code.put(chunk);
    };
  };
  const binary = (opcode: number): Binary => {
    const chunk = instruction(opcode);
    return (a, b) => () => {
      a();
      b();
      code.put(chunk);
    };
  };
  const ternary = (opcode: number) => {
    const chunk = instruction(opcode);
    return (a: Push, b: Push, c: Push) => () => {
      a();
      b();
      c();
      code.put(chunk);
    };
  };
  const shift = (opcode: number) => (a: Push, bits: number) => () => {
    a();
    code.bytes(I32_OPS.const, ...signedLeb(bits), SIMD_PREFIX, ...unsignedLeb(opcode));
  };
  return { unary, binary, ternary, shift };
}

/** Constants of four equal lanes; the bytes of each are made once. */
function wordConstants(code: CodeBuffer): Simd["word"] {
  const constants = new Map<number, Push>();
  return (value) => {
    const bits = value >>> 0;
    const known = constants.get(bits);
    if (known) return known;
    const lane = [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24];
    const chunk = code.chunk([SIMD_PREFIX, V128_OPS.const, ...lane, ...lane, ...lane, ...lane]);
    const push = () => code.put(chunk);
    constants.set(bits, push);
    return push;
  };
}

export function createSimd(code: CodeBuffer, relaxed: boolean): Simd {
  const { unary, binary, ternary, shift } = operations(code);
  const word = wordConstants(code);
  const read =
    (register: Register): Push =>
    () =>
      code.get(register);
  const bitselect = ternary(V128_OPS.bitselect);
  const add = binary(F32X4_OPS.add);
  const sub = binary(F32X4_OPS.sub);
  const mul = binary(F32X4_OPS.mul);
  return {
    keep: (value) => {
      const register = code.register("v128");
      value();
      code.set(register);
      return read(register);
    },
    read,
    float: (value) => word(floatBits(value)),
    word,
    ...{ add, sub, mul, div: binary(F32X4_OPS.div) },
    ...{ min: binary(F32X4_OPS.min), max: binary(F32X4_OPS.max), pmin: binary(F32X4_OPS.pmin), pmax: binary(F32X4_OPS.pmax) },
    ...{ eq: binary(F32X4_OPS.eq), ne: binary(F32X4_OPS.ne), lt: binary(F32X4_OPS.lt), gt: binary(F32X4_OPS.gt) },
    ...{ le: binary(F32X4_OPS.le), ge: binary(F32X4_OPS.ge), neg: unary(F32X4_OPS.neg), abs: unary(F32X4_OPS.abs) },
    ...{ sqrt: unary(F32X4_OPS.sqrt), floor: unary(F32X4_OPS.floor) },
    ...{ fromSigned: unary(F32X4_OPS.convertI32x4S), fromUnsigned: unary(F32X4_OPS.convertI32x4U) },
    ...{ and: binary(V128_OPS.and), or: binary(V128_OPS.or), xor: binary(V128_OPS.xor), andnot: binary(V128_OPS.andnot) },
    ...{ not: unary(V128_OPS.not), iadd: binary(I32X4_OPS.add), isub: binary(I32X4_OPS.sub), imul: binary(I32X4_OPS.mul) },
    ...{ ieq: binary(I32X4_OPS.eq), iltu: binary(I32X4_OPS.lt_u) },
    ...{ shl: shift(I32X4_OPS.shl), shrs: shift(I32X4_OPS.shr_s), shru: shift(I32X4_OPS.shr_u) },
    select: (mask, whenTrue, whenFalse) => bitselect(whenTrue, whenFalse, mask),
    madd: relaxed ? ternary(F32X4_OPS.relaxedMadd) : (a, b, c) => add(mul(a, b), c),
    nmadd: relaxed ? ternary(F32X4_OPS.relaxedNmadd) : (a, b, c) => sub(c, mul(a, b)),
  };
}
