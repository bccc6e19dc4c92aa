import {
  EXP_COEFFICIENTS,
  EXPM1_COEFFICIENTS,
  LN2_HIGH,
  LN2_LOW,
  LOG_COEFFICIENTS,
  PI_HIGH,
  PI_LOW,
  SIN_COEFFICIENTS,
  TANH_COEFFICIENTS,
  TANH_MIDDLE,
  TANH_SATURATION,
} from "../float32/coefficients.js";
import type { Push, Simd } from "./simd.js";

/** Elementary functions of four float32 lanes. Errors and limits are stated per function and asserted in the tests. */
export interface SimdMath {
  /** At most 1.5 ulp. +Infinity above 88.7228; 0 below -86.99, where results are denormal or nearly so. */
  readonly exp: (x: Push) => Push;
  /** At most 1 ulp for normal x. -Infinity at 0, NaN below. A denormal x counts as about 2^-127. */
  readonly log: (x: Push) => Push;
  /** Like `log`, for x known to be positive, normal and finite. */
  readonly positiveLog: (x: Push) => Push;
  /** At most 1.5 ulp, never outside [-1, 1]. */
  readonly tanh: (x: Push) => Push;
  /** Absolute error at most 2e-7 for |x| <= 16 pi, 1e-6 for |x| <= 1e4; not usable beyond about 1e6. */
  readonly sin: (x: Push) => Push;
  readonly cos: (x: Push) => Push;
}

/** Added to and taken from a small float, it rounds to the nearest integer, which also ends up in the low bits of the sum. */
const ROUND = 1.5 * 2 ** 23;

const SIGN_SHIFT = 31;
const EXPONENT_SHIFT = 23;

/** Arguments are written once and first, whatever is on the stack; the result may be written later. */
export function createMath(simd: Simd): SimdMath {
  const positiveLog = (x: Push) => logCore(simd, simd.keep(x));
  return {
    exp: (x) => exp(simd, x),
    log: (x) => log(simd, x),
    positiveLog,
    tanh: (x) => tanh(simd, x),
    sin: (x) => sin(simd, x),
    cos: (x) => cos(simd, x),
  };
}

function polynomial({ keep, madd, float }: Simd, x: Push, coefficients: readonly number[]): Push {
  const [highest, ...lower] = coefficients.toReversed() as [number, ...number[]];
  return lower.reduce((sum, coefficient) => keep(madd(sum, x, float(coefficient))), float(highest));
}

/** The f of x = n ln 2 + f, for n = `rounded` - ROUND. */
function ln2Remainder({ keep, float, sub, nmadd }: Simd, x: Push, rounded: Push): Push {
  const n = keep(sub(rounded, float(ROUND)));
  return keep(nmadd(n, float(LN2_LOW), nmadd(n, float(LN2_HIGH), x)));
}

/** 2^(n + shift) from the sum whose low bits are n. */
function powerOfTwo({ iadd, shl, word }: Simd, rounded: Push, shift: number): Push {
  return iadd(shl(rounded, EXPONENT_SHIFT), word((127 + shift) << EXPONENT_SHIFT));
}

/** e^x = 2^n e^f with f in [-ln(2)/2, ln(2)/2]. Scaling by 2^(n-1) and then by 2 reaches infinity without a comparison. */
function exp(simd: Simd, argument: Push): Push {
  const { keep, float, add, mul, pmin, pmax, madd } = simd;
  // Beyond these ends 2^(n-1) would wrap around; at the low one it is zero. A NaN stays.
  const x = keep(pmin(pmax(argument, float(-87.6)), float(89)));
  const rounded = keep(madd(x, float(Math.LOG2E), float(ROUND)));
  const f = ln2Remainder(simd, x, rounded);
  const value = add(madd(polynomial(simd, f, EXP_COEFFICIENTS), mul(f, f), f), float(1));
  const half = keep(mul(value, powerOfTwo(simd, rounded, -1)));
  return add(half, half);
}

function log(simd: Simd, argument: Push): Push {
  const { keep, float, or, and, eq, lt, sub, select } = simd;
  const x = keep(argument);
  const usual = logCore(simd, x);
  const orInfinite = select(lt(x, float(Number.POSITIVE_INFINITY)), usual, x); // NaN stays too
  const orNegative = or(orInfinite, lt(x, float(0))); // a mask of ones is a NaN
  return sub(orNegative, and(eq(x, float(0)), float(Number.POSITIVE_INFINITY)));
}

/**
 * log x = k log 2 + log m with m in [sqrt(1/2), sqrt(2)); log m = log((1 + s) / (1 - s)), s = f / (2 + f), f = m - 1,
 * summed in the order of FreeBSD's e_log so that f, which is exact, enters last.
 */
function logCore(simd: Simd, x: Push): Push {
  const { keep, float, word, add, sub, mul, div, madd, fromSigned, isub, and, shrs } = simd;
  const sqrtHalf = 0x3f3504f3;
  const distance = keep(isub(x, word(sqrtHalf)));
  const k = keep(fromSigned(shrs(distance, EXPONENT_SHIFT)));
  const f = keep(sub(isub(x, and(distance, word(0xff800000))), float(1)));
  const s = keep(div(f, add(f, float(2))));
  const z = keep(mul(s, s));
  const rest = mul(z, polynomial(simd, z, LOG_COEFFICIENTS));
  const halfSquare = keep(mul(mul(f, f), float(0.5)));
  const small = madd(k, float(LN2_LOW), mul(s, add(halfSquare, rest)));
  return madd(k, float(LN2_HIGH), sub(f, sub(halfSquare, small)));
}

/**
 * Near 0 a polynomial; elsewhere |tanh x| = t / (t + 2) with t = e^(2|x|) - 1 = 2^n (e^f - 1) + 2^n - 1, where rounding only
 * matters if 2^n - 1 and e^f - 1 cancel: n is a quarter less than the nearest, so that f is in [-0.176, 0.524].
 */
function tanh(simd: Simd, argument: Push): Push {
  const { keep, float, word, add, sub, mul, div, abs, and, lt, xor, pmin, madd, select } = simd;
  const x = keep(argument);
  const size = keep(pmin(abs(x), float(TANH_SATURATION)));
  const twice = keep(add(size, size));
  const rounded = keep(add(madd(twice, float(Math.LOG2E), float(-0.25)), float(ROUND)));
  const f = ln2Remainder(simd, twice, rounded);
  const powerLess1 = madd(polynomial(simd, f, EXPM1_COEFFICIENTS), mul(f, f), f);
  const scale = keep(powerOfTwo(simd, rounded, 0));
  const t = keep(madd(scale, powerLess1, sub(scale, float(1))));
  const square = keep(mul(size, size));
  const near0 = madd(mul(size, square), polynomial(simd, square, TANH_COEFFICIENTS), size);
  const result = select(lt(size, float(TANH_MIDDLE)), near0, div(t, add(t, float(2))));
  return xor(result, and(x, word(2 ** SIGN_SHIFT)));
}

/** x = n pi + r with r in [-pi/2, pi/2]: sin x = sin r, negated for odd n. */
function sin(simd: Simd, argument: Push): Push {
  const { keep, float, sub, madd, nmadd, shl, xor } = simd;
  const x = keep(argument);
  const rounded = keep(madd(x, float(1 / Math.PI), float(ROUND)));
  const n = keep(sub(rounded, float(ROUND)));
  const r = keep(nmadd(n, float(PI_LOW), nmadd(n, float(PI_HIGH), x)));
  return xor(reducedSine(simd, r), shl(rounded, SIGN_SHIFT));
}

/** x = (k + 1/2) pi - r with r in [-pi/2, pi/2]: cos x = sin r, negated for odd k. */
function cos(simd: Simd, argument: Push): Push {
  const { keep, float, add, sub, mul, madd, shl, xor } = simd;
  const x = keep(argument);
  const rounded = keep(add(madd(x, float(1 / Math.PI), float(-0.5)), float(ROUND)));
  const n = keep(add(sub(rounded, float(ROUND)), float(0.5)));
  const r = keep(madd(n, float(PI_LOW), sub(mul(n, float(PI_HIGH)), x)));
  return xor(reducedSine(simd, r), shl(rounded, SIGN_SHIFT));
}

function reducedSine(simd: Simd, r: Push): Push {
  const { keep, mul, madd } = simd;
  const square = keep(mul(r, r));
  const curve = polynomial(simd, square, SIN_COEFFICIENTS);
  return madd(mul(r, square), curve, r);
}
