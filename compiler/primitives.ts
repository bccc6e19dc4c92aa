import { uniform4 } from "../core/random.js";

/**
 * Limits `x` to [low, high]. A NaN becomes `safe` (default `low`). In float32 executions constant bounds are rounded
 * inward, so the result never lies outside the float64 bounds.
 */
export function clamp(x: number, low: number, high: number, safe: number = low): number {
  // Not Math.min and Math.max: a NaN has to become `safe`.
  if (x >= low) return Math.min(x, high);
  return x < low ? low : safe;
}

/**
 * Marks a flow of tokens. Identity in floating point; in the Decimal execution it is floored to whole base units, so that
 * every balance stays a whole number of them.
 */
export function units(x: number): number {
  return x;
}

/** Functions that the compiler treats as single operations instead of inlining their source. Found by identity. */
export const PRIMITIVES: ReadonlyMap<unknown, "clamp" | "units" | "uniform4"> = new Map<
  unknown,
  "clamp" | "units" | "uniform4"
>([
  [clamp, "clamp"],
  [units, "units"],
  [uniform4, "uniform4"],
]);
