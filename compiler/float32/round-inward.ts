import { bitsToFloat, floatBits } from "./bits.js";

/**
 * Bounds of a `clamp` as float32 numbers: the low one rounded up, the high one down, so that a float32 between them lies
 * between the float64 ones. Where no float32 lies between them, both become the nearest one.
 */
export function roundInward(low: number, high: number): { readonly low: number; readonly high: number } {
  const inner = { low: roundUp(low), high: -roundUp(-high) };
  if (inner.low <= inner.high || !(low <= high)) return inner;
  const nearest = Math.fround(low);
  return { low: nearest, high: nearest };
}

/** The least float32 that is not below `x`. */
function roundUp(x: number): number {
  const nearest = Math.fround(x);
  if (!(nearest < x)) return nearest;
  if (nearest === 0) return 2 ** -149;
  // The bits of a float count upwards away from zero.
  return bitsToFloat(nearest > 0 ? floatBits(nearest) + 1 : floatBits(nearest) - 1);
}
