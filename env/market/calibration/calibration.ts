import { stream } from "../../../core/random.js";
import { mean, quantile } from "../../../core/statistics.js";
import { type Fitted, type FittedSpecs, searchSpace } from "./fitted.js";
import { drawPathShocks, type MarketPathParams, marketPath, type PathShocks } from "./market-path.js";
import { moments } from "./moments.js";
import { boundNotes, identificationNotes, rangeNotes, type SimulatedStatistics, type Spread } from "./notes.js";
import { logReturns, type SeriesStatistics, seriesStatistics } from "./price-series.js";
import { firstGuesses, searchFrom } from "./search.js";
import { type FittedInterval, fittedIntervals } from "./uncertainty.js";
import { checkUsable } from "./usable.js";

export interface Calibration {
  /** Number of daily prices. */
  readonly days: number;
  readonly data: SeriesStatistics;
  /** The same figures of simulated paths of the same length, with the fitted parameters and other random numbers than the fit's. */
  readonly simulated: SimulatedStatistics;
  readonly params: Fitted;
  /** 95 %, see {@link fittedIntervals}. */
  readonly intervals: Readonly<Record<keyof Fitted, FittedInterval>>;
  /** Mean squared distance of the fit's moments from the data's, each in units of its usual scatter between paths of some years. */
  readonly distance: number;
  /**
   * Whether the data could come from the fitted market: `pValue` is the share of simulated series whose moments are as far from the
   * simulated mean as the data's, or farther. `poor` below 0.05.
   */
  readonly fit: { readonly verdict: "good" | "poor"; readonly pValue: number };
  /** What a reader should know: parameters at a bound or not identified, figures of the data outside the simulated range. */
  readonly notes: readonly string[];
}

export interface CalibrationOptions {
  /** All parameters of the market core; the fitted ones among them are replaced. */
  readonly params: MarketPathParams;
  /** Ranges of the fitted parameters. */
  readonly specs: FittedSpecs;
  readonly seed: number;
  /** Generations of the last search; default 40. */
  readonly generations?: number;
  /** Simulated paths in the report, at least 20; default 200. */
  readonly reportPaths?: number;
}

/** About as many simulated days for each candidate, in as many paths as that makes, so that the cost does not grow with the series. */
const DAYS_PER_CANDIDATE = { rough: 15_000, fine: 60_000 };
const MIN_PATHS = 2;
const MAX_PATHS = 48;
/** Days of all paths of the report; a series of decades gets fewer paths. */
const MAX_REPORT_DAYS = 400_000;
const MIN_REPORT_PATHS = 20;
const POOR = 0.05;

/**
 * Fits the market core to daily prices by the simulated method of moments: the means over simulated paths of volatility,
 * tails, clustering, jumps and drawdown are brought to the data's by CMA-ES from several starts, on one set of random numbers.
 * Deterministic for a seed. The simulation is the market alone (see {@link marketPath}); a network on it adds some volatility of its own.
 * @throws UserError `E_PRICES_…` for a series whose moments do not exist
 */
export function calibrate(prices: ArrayLike<number>, options: CalibrationOptions): Calibration {
  checkUsable(prices);
  const { specs, seed, generations = 40 } = options;
  const returns = logReturns(prices);
  const wanted = moments(returns);
  const space = searchSpace(specs);
  const shocks = drawPaths(pathCount(prices.length, DAYS_PER_CANDIDATE.fine), prices.length, seed, stream("market", "train"));
  const few = shocks.slice(0, pathCount(prices.length, DAYS_PER_CANDIDATE.rough));
  const means = (fitted: Fitted, paths: readonly PathShocks[]) => meanOf(momentsOf({ ...options.params, ...fitted }, paths));
  const distance = (paths: readonly PathShocks[]) => (fitted: Fitted) => squaredDistance(means(fitted, paths), wanted);
  const starts = firstGuesses(returns, specs);
  const fitted = searchFrom(starts, distance(few), distance(shocks), { space, seed, generations });
  return report(
    prices,
    fitted,
    { wanted, distance: distance(shocks)(fitted), meanMoments: (of) => means(of, shocks) },
    options,
  );
}

interface Fit {
  readonly wanted: readonly number[];
  readonly distance: number;
  readonly meanMoments: (fitted: Fitted) => readonly number[];
}

/** On random numbers that the fit has not seen. */
function report(prices: ArrayLike<number>, params: Fitted, fit: Fit, options: CalibrationOptions): Calibration {
  const { specs, seed, reportPaths = 200 } = options;
  const count = Math.max(MIN_REPORT_PATHS, Math.min(reportPaths, Math.floor(MAX_REPORT_DAYS / prices.length)));
  const shocks = drawPaths(count, prices.length, seed, stream("market", "test"));
  const paths = shocks.map((of) => marketPath({ ...options.params, ...params }, of));
  const scatter = paths.map((path) => moments(differences(path)));
  const intervals = fittedIntervals({ fitted: params, space: searchSpace(specs), meanMoments: fit.meanMoments, scatter });
  const data = seriesStatistics(prices);
  const simulated = simulatedStatistics(paths);
  const pValue = shareAsFar(fit.wanted, scatter);
  return {
    days: prices.length,
    data,
    simulated,
    params,
    intervals,
    distance: fit.distance,
    fit: { verdict: pValue < POOR ? "poor" : "good", pValue },
    notes: [...boundNotes(params, specs), ...identificationNotes(intervals, specs), ...rangeNotes(data, simulated)],
  };
}

/** Share of paths as far from the mean of the others as the data is from the mean of all, the data counted as one of them. */
function shareAsFar(wanted: readonly number[], scatter: readonly (readonly number[])[]): number {
  const n = scatter.length;
  const centre = meanOf(scatter);
  const own = squaredDistance(centre, wanted);
  // Without itself a path is n / (n - 1) times as far from the mean as with.
  const others = scatter.map((of) => squaredDistance(centre, of) * (n / (n - 1)) ** 2);
  return (1 + others.filter((distance) => distance >= own).length) / (n + 1);
}

function simulatedStatistics(paths: readonly Float64Array[]): SimulatedStatistics {
  const figures = paths.map((path) => seriesStatistics(path.map(Math.exp)));
  const spread = (of: (figure: SeriesStatistics) => number): Spread => {
    const values = figures.map(of);
    return { median: quantile(values, 0.5), low: quantile(values, 0.05), high: quantile(values, 0.95) };
  };
  return {
    paths: paths.length,
    annualVolatility: spread((of) => of.annualVolatility),
    kurtosis: spread((of) => of.kurtosis),
    absReturnAutocorrelation: {
      lag1: spread((of) => of.absReturnAutocorrelation.lag1),
      lag5: spread((of) => of.absReturnAutocorrelation.lag5),
      lag20: spread((of) => of.absReturnAutocorrelation.lag20),
    },
    maxDrawdown: spread((of) => of.maxDrawdown),
  };
}

function pathCount(days: number, simulatedDays: number): number {
  return Math.min(Math.max(Math.round(simulatedDays / days), MIN_PATHS), MAX_PATHS);
}

function drawPaths(count: number, days: number, seed: number, first: number): PathShocks[] {
  return Array.from({ length: count }, (_, path) => drawPathShocks(days, seed, path, first));
}

function momentsOf(params: MarketPathParams, paths: readonly PathShocks[]): (readonly number[])[] {
  return paths.map((path) => moments(differences(marketPath(params, path))));
}

function meanOf(samples: readonly (readonly number[])[]): number[] {
  return samples[0]!.map((_, k) => mean(samples.map((sample) => sample[k]!)));
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return mean(a.map((value, k) => (value - b[k]!) ** 2));
}

function differences(logPrices: Float64Array): Float64Array {
  const returns = new Float64Array(logPrices.length - 1);
  for (let i = 0; i < returns.length; i++) returns[i] = logPrices[i + 1]! - logPrices[i]!;
  return returns;
}
