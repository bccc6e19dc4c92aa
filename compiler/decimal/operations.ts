import type { Decimal } from "decimal.js";
import type { Comparison, FloatBinary, FloatUnary } from "../ir/program.js";

/** See `clamp` of the primitives. */
export function clampDecimal(x: Decimal, low: Decimal, high: Decimal, safe: Decimal): Decimal {
  if (x.gte(low)) return x.lte(high) ? x : high;
  return x.lt(low) ? low : safe;
}

export const COMPARE: Readonly<Record<Comparison, (a: Decimal, b: Decimal) => boolean>> = {
  lt: (a, b) => a.lt(b),
  le: (a, b) => a.lte(b),
  gt: (a, b) => a.gt(b),
  ge: (a, b) => a.gte(b),
  eq: (a, b) => a.eq(b),
  ne: (a, b) => !a.eq(b),
};

export const WORDS: Readonly<Record<string, (a: number, b: number) => number>> = {
  uadd: (a, b) => (a + b) >>> 0,
  umul: (a, b) => Math.imul(a, b) >>> 0,
  uxor: (a, b) => (a ^ b) >>> 0,
  uand: (a, b) => (a & b) >>> 0,
  iadd: (a, b) => a + b,
  isub: (a, b) => a - b,
  imul: (a, b) => a * b,
  irem: (a, b) => a % b,
};

export const BINARY: Readonly<Record<FloatBinary, (a: Decimal, b: Decimal, arithmetic: typeof Decimal) => Decimal>> = {
  add: (a, b) => a.plus(b),
  sub: (a, b) => a.minus(b),
  mul: (a, b) => a.times(b),
  div: (a, b) => a.div(b),
  min: (a, b, arithmetic) => arithmetic.min(a, b),
  max: (a, b, arithmetic) => arithmetic.max(a, b),
  pow: (a, b) => a.pow(b),
};

export const UNARY: Readonly<Partial<Record<FloatUnary, (x: Decimal, arithmetic: typeof Decimal) => Decimal>>> = {
  neg: (x) => x.neg(),
  abs: (x) => x.abs(),
  sqrt: (x) => x.sqrt(),
  exp: (x) => x.exp(),
  log: (x) => x.ln(),
  tanh: tanhDecimal,
  floor: (x) => x.floor(),
  sign: (x, arithmetic) => new arithmetic(arithmetic.sign(x)),
  sin: (x) => x.sin(),
  cos: (x) => x.cos(),
};

/** decimal.js divides its sinh by its cosh, which is slow for large arguments; exp has no cancellation there. */
function tanhDecimal(x: Decimal, arithmetic: typeof Decimal): Decimal {
  if (x.isNaN() || x.abs().lt(1)) return x.tanh();
  const decay = x.abs().times(-2).exp();
  const magnitude = new arithmetic(1).minus(decay).div(decay.plus(1));
  return x.isNegative() ? magnitude.neg() : magnitude;
}
