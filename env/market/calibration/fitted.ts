import type { ParamSpec } from "../../world.js";

/** Parameters that calibration fits; the others stay as they are. */
export const FITTED = ["varianceLevel", "varianceReversion", "volOfVol", "jumpRate", "jumpMean", "jumpSd"] as const;
type FittedName = (typeof FITTED)[number];
export type Fitted = Readonly<Record<FittedName, number>>;
export type FittedSpecs = Readonly<Record<FittedName, ParamSpec>>;

/** Where the search runs: logarithms of parameters whose range is above 0, so that a factor of two is the same step everywhere. */
export interface SearchSpace {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly enter: (values: Fitted) => Float64Array;
  /** Clipped to the ranges. */
  readonly leave: (x: ArrayLike<number>) => Fitted;
}

export function searchSpace(specs: FittedSpecs): SearchSpace {
  const isLog = (name: FittedName) => specs[name].low > 0;
  const enter = (values: Fitted) => Float64Array.from(FITTED, (name) => (isLog(name) ? Math.log(values[name]) : values[name]));
  const bounds = (side: "low" | "high") => enter(fromEntries((name) => specs[name][side]));
  return {
    low: bounds("low"),
    high: bounds("high"),
    enter,
    leave: (x) =>
      clipToRange(
        fromEntries((name, i) => (isLog(name) ? Math.exp(x[i]!) : x[i]!)),
        specs,
      ),
  };
}

export function clipToRange(values: Fitted, specs: FittedSpecs): Fitted {
  return fromEntries((name) => Math.min(Math.max(values[name], specs[name].low), specs[name].high));
}

function fromEntries(value: (name: FittedName, i: number) => number): Fitted {
  return Object.fromEntries(FITTED.map((name, i) => [name, value(name, i)])) as Fitted;
}
