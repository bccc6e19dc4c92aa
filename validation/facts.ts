import { makeRule, ruleInForce } from "../agents/rules/registry.js";
import {
  autocorrelation,
  clopperPearson,
  excessKurtosis,
  type Interval,
  mean,
  quantileSorted,
  sorted,
  standardDeviation,
} from "../core/statistics.js";
import { meanInterval } from "./akash/gates.js";
import { type PathCount, type PathSeries, recordPaths } from "./lanes.js";
import { fallProbability, fallsOf } from "./market.js";
import { realFigure } from "./reference.js";
import type { Measure, Observable, ValidationSpec } from "./spec.js";

const DAYS_PER_YEAR = 365;

/** A measured observable: mean of the paths with its interval, and where the middle 80 % of the paths lie. */
export interface Fact extends Pick<Observable, "name" | "percent" | "target" | "real"> {
  readonly mean: Interval;
  readonly low: number;
  readonly high: number;
}

/** Largest fall from the running peak, quantiles over the paths and shares of the paths that fall at least so far. */
interface FallFacts {
  readonly quantiles: readonly { readonly probability: number; readonly fall: number }[];
  readonly reached: readonly FallShares[];
  /** The same within the first year alone. */
  readonly firstYear: readonly FallShares[];
}

export interface FallShares {
  readonly depth: number;
  readonly price: Interval;
  readonly exogenous: Interval;
}

export interface Facts {
  readonly facts: readonly Fact[];
  readonly falls: FallFacts;
  readonly ruined: Interval;
  readonly paths: readonly PathSeries[];
}

/** Daily log returns; the first day's is left out, since the price at the start is not in the series. */
export function returnsOf({ price }: PathSeries): Float64Array {
  const returns = new Float64Array(price!.length - 1);
  for (let i = 0; i < returns.length; i++) returns[i] = Math.log(price![i + 1]! / price![i]!);
  return returns;
}

/** Mean over the whole years of a path: real figures are those of one-year windows, and tails and clustering grow with the window. */
const ofReturns =
  (figure: (returns: Float64Array) => number): Measure =>
  (path) => {
    const returns = returnsOf(path);
    const years = Math.max(1, Math.round(returns.length / DAYS_PER_YEAR));
    return mean(Array.from({ length: years }, (_, i) => figure(returns.subarray(i * DAYS_PER_YEAR, (i + 1) * DAYS_PER_YEAR))));
  };

const SET = "set for the market core";

/** What every token has. Real figures are those of one-year windows of a real series. */
export const COMMON: readonly Observable[] = [
  {
    name: "annual volatility",
    measure: ofReturns((r) => standardDeviation(r) * Math.sqrt(DAYS_PER_YEAR)),
    target: { low: 0.8, high: 1.5, why: `${SET}; sector claims of 0.85 to 1.5 are unverified` },
    real: realFigure("annual volatility"),
  },
  {
    name: "excess kurtosis",
    measure: ofReturns(excessKurtosis),
    target: { low: 1, high: Number.POSITIVE_INFINITY, why: SET },
    real: realFigure("excess kurtosis"),
  },
  {
    name: "autocorrelation of absolute returns, 1 day",
    measure: ofReturns((r) => autocorrelation(r.map(Math.abs), 1)),
    target: { low: 0.08, high: 1, why: SET },
    real: realFigure("autocorrelation of absolute returns, 1 day"),
  },
  {
    name: "autocorrelation of absolute returns, 20 days",
    measure: ofReturns((r) => autocorrelation(r.map(Math.abs), 20)),
    target: { low: 0, high: 1, why: SET },
    real: realFigure("autocorrelation of absolute returns, 20 days"),
  },
];

const QUANTILES = [0.1, 0.5, 0.9] as const;
const DEPTHS = [0.5, 0.7, 0.9] as const;

/** Lives the paths of an economy under its real rule in base and measures them. */
export function measureFacts(spec: ValidationSpec, count: PathCount): Facts {
  const way = { rule: makeRule(ruleInForce(spec.economy), spec.economy) };
  const paths = recordPaths(spec.economy, way, count, spec.figures);
  const facts = [...COMMON, ...spec.observables].map(({ measure, ...observable }): Fact => {
    const values = paths.map(measure);
    const ascending = sorted(values);
    const at = (share: number) => quantileSorted(ascending, share);
    return { ...observable, mean: meanInterval(values), low: at(0.1), high: at(0.9) };
  });
  const ruined = clopperPearson(paths.filter((path) => path["ruined"]!.at(-1)! > 0.5).length, paths.length);
  return { facts, falls: fallFacts(paths), ruined, paths };
}

/** Log prices over the price after the first day. */
export const logPrices = (paths: readonly PathSeries[]): Float64Array[] =>
  paths.map(({ price }) => price!.map((value) => Math.log(value / price![0]!)));

export const exogenousPrices = (paths: readonly PathSeries[]): Float64Array[] => paths.map(({ exogenous }) => exogenous!);

function fallFacts(paths: readonly PathSeries[]): FallFacts {
  const prices = logPrices(paths);
  const exogenous = exogenousPrices(paths);
  const year = (of: readonly Float64Array[]) => of.map((path) => path.subarray(0, DAYS_PER_YEAR));
  const ascending = sorted(fallsOf(prices).fromPeak);
  return {
    quantiles: QUANTILES.map((probability) => ({ probability, fall: quantileSorted(ascending, probability) })),
    reached: fallShares(prices, exogenous),
    firstYear: fallShares(year(prices), year(exogenous)),
  };
}

function fallShares(price: readonly Float64Array[], exogenous: readonly Float64Array[]): FallShares[] {
  const falls = [price, exogenous].map((paths) => fallsOf(paths).fromPeak);
  return DEPTHS.map((depth) => ({
    depth,
    price: fallProbability(falls[0]!, depth),
    exogenous: fallProbability(falls[1]!, depth),
  }));
}

export const factPasses = ({ target, mean: measured }: Fact): boolean | undefined =>
  target && measured.mean >= target.low && measured.mean <= target.high;
