import { UserError } from "../core/errors.js";

/** A box in R^n: element i of a value lies in [low[i], high[i]]. Bounds are finite and low < high. */
export interface Box {
  readonly kind: "box";
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** One of the integers 0 .. count-1. */
export interface Discrete {
  readonly kind: "discrete";
  readonly count: number;
}

/** A value of a box is an array with one element per dimension, a value of a discrete space a number. */
export type Space = Box | Discrete;

/** @throws UserError E_SPACE_BOUNDS if bounds differ in length, are empty, not finite, or not low < high. */
export function box(low: ArrayLike<number>, high: ArrayLike<number>): Box {
  if (low.length !== high.length || low.length === 0) {
    throw boundsError(`a box got ${low.length} lower and ${high.length} upper bounds, both must be the same number above 0`);
  }
  for (let i = 0; i < low.length; i++) {
    const [from, to] = [low[i]!, high[i]!];
    // An infinite width would make sampling and rescaling produce Infinity or NaN.
    if (!Number.isFinite(from) || !Number.isFinite(to) || !Number.isFinite(to - from)) {
      throw boundsError(`bounds of dimension ${i} are [${from}, ${to}], they must be finite and of finite width`);
    }
    if (!(from < to)) throw boundsError(`bounds of dimension ${i} are [${from}, ${to}], low must be below high`);
  }
  // x + 0 turns -0 into 0, so that no bound prints or compares as -0.
  const freeze = (bounds: ArrayLike<number>) => Object.freeze(Array.from(bounds, (x) => x + 0));
  return Object.freeze({ kind: "box", low: freeze(low), high: freeze(high) });
}

/** @throws UserError E_SPACE_BOUNDS if count is not a whole number of at least 2. */
export function discrete(count: number): Discrete {
  if (!Number.isSafeInteger(count) || count < 2) {
    throw boundsError(`a discrete space got ${count} choices, it must be a whole number of at least 2`);
  }
  return Object.freeze({ kind: "discrete", count });
}

/** Whether `value` is a value of `space`: its type, its length, and every element within the bounds (NaN is not). */
export function contains(space: Space, value: unknown): boolean {
  return whyOutside(space, value) === undefined;
}

/**
 * Why `value` is not a value of `space`, or undefined if it is one.
 * @param names of the dimensions, for the message
 */
export function whyOutside(space: Space, value: unknown, names?: readonly string[]): string | undefined {
  if (space.kind === "discrete") {
    const fits = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < space.count;
    return fits ? undefined : `${describe(value)} is not one of the whole numbers 0 .. ${space.count - 1}`;
  }
  if (!isNumberArray(value)) return `${describe(value)} is not an array of ${space.low.length} numbers`;
  if (value.length !== space.low.length) return `${value.length} numbers were given where ${space.low.length} belong`;
  for (let i = 0; i < value.length; i++) {
    const x = value[i];
    // Written so that NaN and holes fail.
    if (!(typeof x === "number" && x >= space.low[i]! && x <= space.high[i]!)) {
      return `${names?.[i] ?? `element ${i}`} is ${describe(x)}, outside [${space.low[i]}, ${space.high[i]}]`;
    }
  }
  return undefined;
}

/** Uniform over the space. @param random returns numbers in [0, 1), for example of a seeded generator */
export function sample(space: Box, random: () => number): Float64Array;
export function sample(space: Discrete, random: () => number): number;
export function sample(space: Space, random: () => number): Float64Array | number;
export function sample(space: Space, random: () => number): Float64Array | number {
  if (space.kind === "discrete") return Math.min(space.count - 1, Math.floor(random() * space.count));
  return Float64Array.from(space.low, (low, i) => interpolate(low, space.high[i]!, random()));
}

/** Each element limited to its bounds. A NaN becomes the middle of its dimension: it has no nearest point. */
export function clip(space: Box, value: ArrayLike<number>): Float64Array {
  checkLength(space, value);
  return Float64Array.from(space.low, (low, i) => {
    const x = value[i]!;
    if (Number.isNaN(x)) return interpolate(low, space.high[i]!, 0.5);
    return Math.min(space.high[i]!, Math.max(low, x));
  });
}

/** From the box to [-1, 1] in each dimension: low becomes -1, high becomes 1. Values outside map outside. */
export function toUnit(space: Box, value: ArrayLike<number>): Float64Array {
  checkLength(space, value);
  return Float64Array.from(space.low, (low, i) => {
    const high = space.high[i]!;
    const x = value[i]!;
    // From the nearer end, so that both ends are exact.
    return x - low < high - x ? -1 + (2 * (x - low)) / (high - low) : 1 - (2 * (high - x)) / (high - low);
  });
}

/** From [-1, 1] to the box, the inverse of {@link toUnit}; values outside [-1, 1] are limited to the box. */
export function fromUnit(space: Box, value: ArrayLike<number>): Float64Array {
  checkLength(space, value);
  return clip(
    space,
    space.low.map((low, i) => interpolate(low, space.high[i]!, (value[i]! + 1) / 2)),
  );
}

/** Exact at t = 0 and t = 1, and never outside the bounds for t in [0, 1]. */
function interpolate(low: number, high: number, t: number): number {
  const x = t < 0.5 ? low + (high - low) * t : high - (high - low) * (1 - t);
  return t >= 0 && t <= 1 ? Math.min(high, Math.max(low, x)) : x;
}

function checkLength(space: Box, value: ArrayLike<number>): void {
  if (value.length === space.low.length) return;
  throw new UserError(
    "E_SPACE_LENGTH",
    `${value.length} numbers were given for a box of ${space.low.length} dimensions`,
    "pass one number per dimension",
  );
}

function isNumberArray(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || value instanceof Float64Array || value instanceof Float32Array;
}

function describe(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  return isNumberArray(value) ? `an array of ${value.length}` : `a value of type ${typeof value}`;
}

function boundsError(message: string): UserError {
  return new UserError("E_SPACE_BOUNDS", message, "give every dimension finite bounds with low below high");
}
