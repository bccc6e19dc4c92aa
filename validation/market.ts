import { autocorrelation, clopperPearson, type Interval, quantileSorted, sorted } from "../core/statistics.js";
import { cosmosPath, livePaths } from "./akash/paths.js";

/** Daily log prices under the Cosmos rule, and the exogenous path of the same shocks; the starting day is not included. */
export interface MarketPaths {
  readonly price: readonly Float64Array[];
  readonly exogenous: readonly Float64Array[];
  readonly returns: readonly Float64Array[];
}

const DAYS = 365;

/** Ruined worlds live on, so that every path has all its days. */
export function liveMarket(
  scenario: string,
  paths: number,
  seed: number,
  overrides: Readonly<Record<string, number>> = {},
): MarketPaths {
  const price = Array.from({ length: paths }, () => new Float64Array(DAYS));
  const exogenous = Array.from({ length: paths }, () => new Float64Array(DAYS));
  const lived = livePaths(cosmosPath, {
    scenario,
    overrides,
    paths,
    seed,
    days: DAYS,
    pastRuin: true,
    onStep: (s, _f, step, path) => {
      price[path]![step] = s.logPrice;
      exogenous[path]![step] = s.exogenous;
    },
  });
  return { price, exogenous, returns: lived.map(({ returns }) => returns) };
}

export interface Falls {
  /** Largest fall from the running peak of each path, as a share. */
  readonly fromPeak: Float64Array;
  /** Largest fall below the start, as a share. */
  readonly fromStart: Float64Array;
}

export function fallsOf(logPrices: readonly Float64Array[]): Falls {
  const fromPeak = new Float64Array(logPrices.length);
  const fromStart = new Float64Array(logPrices.length);
  for (const [i, path] of logPrices.entries()) {
    let peak = 0;
    let deepest = 0;
    let lowest = 0;
    for (const value of path) {
      peak = Math.max(peak, value);
      deepest = Math.max(deepest, peak - value);
      lowest = Math.min(lowest, value);
    }
    fromPeak[i] = 1 - Math.exp(-deepest);
    fromStart[i] = 1 - Math.exp(lowest);
  }
  return { fromPeak, fromStart };
}

/** Probability of a fall of at least `depth`, with its exact 95 % interval. */
export function fallProbability(falls: Float64Array, depth: number): Interval {
  return clopperPearson(falls.filter((fall) => fall >= depth).length, falls.length);
}

interface Band {
  readonly x: readonly number[];
  readonly low: readonly number[];
  readonly middle: readonly number[];
  readonly high: readonly number[];
}

/** Quantiles .1, .5 and .9 over the paths of every fifth day, as prices over the starting price. */
export function priceBand(logPrices: readonly Float64Array[]): Band {
  return bandOf(logPrices.map((path) => path.map(Math.exp)));
}

/** Quantiles .1, .5 and .9 over the paths of every fifth day of any series. */
export function bandOf(series: readonly Float64Array[]): Band {
  const days = Array.from({ length: Math.floor(series[0]!.length / 5) }, (_, i) => 5 * i + 4);
  return { x: days.map((day) => day + 1), ...bands(days.map((day) => series.map((path) => path[day]!))) };
}

/** The same of the autocorrelation of absolute returns after 1 .. 30 days. */
export function clusteringBand(returns: readonly Float64Array[]): Band {
  const sizes = returns.map((path) => path.map(Math.abs));
  const lags = Array.from({ length: 30 }, (_, i) => i + 1);
  return { x: lags, ...bands(lags.map((lag) => sizes.map((path) => autocorrelation(path, lag)))) };
}

function bands(columns: readonly (readonly number[])[]): Omit<Band, "x"> {
  const ranked = columns.map(sorted);
  const at = (share: number) => ranked.map((values) => quantileSorted(values, share));
  return { low: at(0.1), middle: at(0.5), high: at(0.9) };
}

/** Share of the paths whose fall is at least x, for x from 0 to 0.9: all curves meet at 1. */
export function exceedance(falls: Float64Array): { readonly x: number[]; readonly middle: number[] } {
  const ascending = sorted(falls);
  const x = Array.from({ length: 91 }, (_, i) => i / 100);
  return { x, middle: x.map((depth) => ascending.filter((fall) => fall >= depth).length / falls.length) };
}
