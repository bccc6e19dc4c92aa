import type { Comparison, Op } from "../ir/program.js";

/** All values that a node can have: `low` to `high`, both included; truth values are 0 and 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Stands for "above 0, however little": intervals follow real arithmetic, where products of positive numbers are positive. Also for
 * "not below 0, and not known to be 0", as the size of a number of which nothing is known.
 */
export const TINY = Number.MIN_VALUE;

export const ANY: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
export const WORD: Interval = { low: 0, high: 2 ** 32 - 1 };
const TRUTH: Interval = { low: 0, high: 1 };

export function interval(low: number, high: number): Interval {
  return { low, high };
}

export function point(value: number): Interval {
  return Number.isNaN(value) ? ANY : { low: value, high: value };
}

export function join(a: Interval, b: Interval): Interval {
  if (a.low <= b.low && a.high >= b.high) return a;
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** What both allow; `a` when they have nothing in common, which real values never show. */
export function meet(a: Interval, b: Interval): Interval {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low <= high ? { low, high } : a;
}

/**
 * `next` with every bound that moved since `before` put to the next landmark: just off 0, 0, infinity. A chain of these ends after
 * a few steps, whatever the values do.
 */
export function widen(before: Interval, next: Interval): Interval {
  const low = next.low < before.low ? landmarkBelow(next.low) : before.low;
  const high = next.high > before.high ? -landmarkBelow(-next.high) : before.high;
  return { low, high };
}

function landmarkBelow(bound: number): number {
  if (bound >= TINY) return TINY;
  return bound >= 0 ? 0 : Number.NEGATIVE_INFINITY;
}

/**
 * Whether 0 is among the values for a reason that is known: it is one of the bounds, or lies between two finite ones. A bound at
 * infinity says that nothing is known on that side.
 */
export function knownToHoldZero({ low, high }: Interval): boolean {
  if (low > 0 || high < 0) return false;
  return low === 0 || high === 0 || (Number.isFinite(low) && Number.isFinite(high));
}

function excludesZero({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
}

/** The values of an operation on values of its operands. Loads, locals, constants and counters are the caller's. */
export function applyInterval(kind: Op["kind"], args: readonly Interval[]): Interval {
  const [a = ANY, b = ANY, c = ANY] = args;
  switch (kind) {
    case "neg":
      return { low: 0 - a.high, high: 0 - a.low };
    case "add":
    case "iadd":
      return sum(a, b);
    case "sub":
    case "isub":
      return sum(a, { low: -b.high, high: -b.low });
    case "mul":
    case "imul":
      return product(a, b);
    case "div":
      return excludesZero(b) ? product(a, inverse(b)) : ANY;
    case "min":
      return { low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) };
    case "max":
      return { low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) };
    case "pow":
      return power(a, b);
    case "clamp":
      return clampInterval(a, b, c);
    case "select":
      return a.low === 1 ? b : a.high === 0 ? c : join(b, c);
    case "irem":
      return { low: 0, high: Math.min(a.high, b.high - 1) };
    case "floatFromWord":
    case "floatFromInt":
    case "units":
      return a;
    case "unitInterval":
      return { low: 2 ** -24, high: 1 - 2 ** -24 };
    default:
      return function1(kind, a) ?? truth(kind, a, b) ?? WORD;
  }
}

/** A function of one argument, each rising or made of two parts that are. */
function function1(kind: Op["kind"], { low, high }: Interval): Interval | undefined {
  switch (kind) {
    case "abs":
      if (low >= 0) return { low, high };
      if (high <= 0) return { low: -high, high: -low };
      return { low: Number.isFinite(low) && Number.isFinite(high) ? 0 : TINY, high: Math.max(-low, high) };
    case "sqrt":
      if (low > 0 || !Number.isFinite(low)) return { low: Math.max(Math.sqrt(Math.max(low, 0)), TINY), high: Math.sqrt(high) };
      return { low: 0, high: Math.sqrt(Math.max(high, 0)) };
    case "exp":
      return { low: Math.max(Math.exp(low), TINY), high: Math.max(Math.exp(high), TINY) };
    case "log":
      return { low: Math.log(Math.max(low, 0)), high: Math.log(Math.max(high, 0)) };
    case "tanh":
      return { low: Math.tanh(low), high: Math.tanh(high) };
    case "floor":
      return { low: Math.floor(low), high: Math.floor(high) };
    case "sign":
      return { low: Math.sign(low), high: Math.sign(high) };
    case "sin":
    case "cos":
      return { low: -1, high: 1 };
    default:
      return undefined;
  }
}

function truth(kind: Op["kind"], a: Interval, b: Interval): Interval | undefined {
  switch (kind) {
    case "lt":
    case "le":
    case "gt":
    case "ge":
    case "eq":
    case "ne":
      return known(compareIntervals(kind, a, b));
    case "and":
      return { low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) };
    case "or":
      return { low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) };
    case "not":
      return { low: 1 - a.high, high: 1 - a.low };
    case "ueq":
    case "ult":
      return TRUTH;
    default:
      return undefined;
  }
}

function known(answer: boolean | undefined): Interval {
  return answer === undefined ? TRUTH : point(answer ? 1 : 0);
}

/** Whether a comparison holds for all values, for none, or (undefined) for some. */
export function compareIntervals(kind: Comparison, a: Interval, b: Interval): boolean | undefined {
  switch (kind) {
    case "lt":
      return a.high < b.low ? true : a.low >= b.high ? false : undefined;
    case "le":
      return a.high <= b.low ? true : a.low > b.high ? false : undefined;
    case "gt":
      return compareIntervals("lt", b, a);
    case "ge":
      return compareIntervals("le", b, a);
    case "eq":
      if (a.high < b.low || b.high < a.low) return false;
      return a.low === a.high && b.low === b.high ? true : undefined;
    case "ne": {
      const same = compareIntervals("eq", a, b);
      return same === undefined ? undefined : !same;
    }
  }
}

/** Infinity less infinity is anything. */
function sum(a: Interval, b: Interval): Interval {
  const low = a.low + b.low;
  const high = a.high + b.high;
  return { low: Number.isNaN(low) ? ANY.low : low, high: Number.isNaN(high) ? ANY.high : high };
}

function product(a: Interval, b: Interval): Interval {
  const corners = [times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)];
  const low = Math.min(...corners);
  const high = Math.max(...corners);
  if (!excludesZero(a) || !excludesZero(b)) return { low, high };
  return a.low > 0 === b.low > 0 ? { low: Math.max(low, TINY), high } : { low, high: Math.min(high, -TINY) };
}

/** 0 times a bound that is not known is 0. */
function times(x: number, y: number): number {
  return x === 0 || y === 0 ? 0 : x * y;
}

function inverse({ low, high }: Interval): Interval {
  const [from, to] = [1 / high, 1 / low];
  return low > 0 ? { low: Math.max(from, TINY), high: to } : { low: from, high: Math.min(to, -TINY) };
}

function power(base: Interval, exponent: Interval): Interval {
  if (base.low <= 0) {
    const isSquare = exponent.low === exponent.high && exponent.low % 2 === 0 && exponent.low > 0;
    if (isSquare) return { low: 0, high: Math.max(Math.abs(base.low), Math.abs(base.high)) ** exponent.low };
    return base.low === 0 && exponent.low > 0 ? { low: 0, high: highestPower(base, exponent) } : ANY;
  }
  const corners = [base.low, base.high].flatMap((x) => [x ** exponent.low, x ** exponent.high]);
  if (corners.some(Number.isNaN)) return { low: TINY, high: ANY.high };
  return { low: Math.max(Math.min(...corners), TINY), high: Math.max(...corners) };
}

function highestPower(base: Interval, exponent: Interval): number {
  const highest = Math.max(base.high ** exponent.low, base.high ** exponent.high);
  return Number.isNaN(highest) ? ANY.high : highest;
}

function clampInterval(x: Interval, low: Interval, high: Interval): Interval {
  return {
    low: Math.max(low.low, Math.min(x.low, high.low)),
    high: Math.max(low.high, Math.min(x.high, high.high)),
  };
}
