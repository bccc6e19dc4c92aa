import seedrandom from "seedrandom";
import { cmaAsk, cmaMean, cmaStart, cmaTell } from "../../core/cma-es.js";
import { stream } from "../../core/random.js";
import { mean, quantile } from "../../core/statistics.js";
import type { ParamSpec, Values } from "../world.js";
import { drawPathShocks, type MarketPathParams, marketPath, type PathShocks } from "./market-path.js";
import { jumpFigures, moments, robustVolatility } from "./moments.js";
import { logReturns, type SeriesStatistics, seriesStatistics } from "./price-series.js";

/** Parameters that calibration fits; the others stay as they are. */
export const FITTED = ["varianceLevel", "varianceReversion", "volOfVol", "jumpRate", "jumpMean", "jumpSd"] as const;
export type Fitted = (typeof FITTED)[number];

/** Median and middle 90 % of a figure over simulated paths. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface Calibration {
  /** Number of daily prices. */
  readonly days: number;
  readonly data: SeriesStatistics;
  /** The same figures of simulated paths of the same length, with the fitted parameters and other random numbers than the fit's. */
  readonly simulated: {
    readonly paths: number;
    readonly annualVolatility: Spread;
    readonly kurtosis: Spread;
    readonly absReturnAutocorrelation: { readonly lag1: Spread; readonly lag5: Spread; readonly lag20: Spread };
    readonly maxDrawdown: Spread;
  };
  readonly params: Readonly<Record<Fitted, number>>;
  /** Mean squared distance of the fit's moments from the data's, in units of their scatter between paths: chance alone leaves about 1. */
  readonly distance: number;
  /** What a reader should know: parameters at a bound, figures of the data outside of the simulated range. */
  readonly notes: readonly string[];
}

export interface CalibrationOptions {
  /** All parameters of the market core; those in {@link FITTED} are where the search starts. */
  readonly params: MarketPathParams;
  /** Ranges of the fitted parameters. */
  readonly specs: Readonly<Record<Fitted, ParamSpec>>;
  readonly seed: number;
  /** Generations of the search; default 40. */
  readonly generations?: number;
  /** Simulated paths in the report; default 200. */
  readonly reportPaths?: number;
}

/** About as many simulated days for each candidate, in as many paths as that makes. */
const DAYS_PER_CANDIDATE = 60_000;
const POPULATION = 12;
/** Weight of a squared distance of a quarter of a parameter's range from the first guess, beside the mean of ten moments. */
const PRIOR = 0.05;

/**
 * Fits the market core to daily prices by the simulated method of moments: the means over simulated paths of volatility,
 * tails, clustering, jumps and drawdown are brought to the data's by CMA-ES, on one set of random numbers. Deterministic for
 * a seed. The simulation is the market alone (see {@link marketPath}); a network on it adds some volatility of its own.
 */
export function calibrate(prices: ArrayLike<number>, options: CalibrationOptions): Calibration {
  const returns = logReturns(prices);
  const wanted = moments(returns);
  const days = prices.length;
  const count = Math.min(Math.max(Math.round(DAYS_PER_CANDIDATE / days), 8), 48);
  const shocks = drawAll(count, days, options.seed, stream("market", "train"));
  const distance = (fitted: Values) => distanceOf({ ...options.params, ...fitted }, shocks, wanted);
  const params = search(distance, startValues(returns, options.specs), options);
  return report(prices, params, distance(params), options);
}

/**
 * Jumps and stochastic volatility explain the same tails, so many parameters fit about as well: a weak pull towards the first
 * guess picks one of them, and much the same one whatever the random numbers.
 */
function search(
  distance: (fitted: Values) => number,
  start: Readonly<Record<Fitted, number>>,
  { specs, seed, generations = 40 }: CalibrationOptions,
): Record<Fitted, number> {
  const from = intoSearch(start, specs);
  const low = intoSearch(boundsOf(specs, "low"), specs);
  const high = intoSearch(boundsOf(specs, "high"), specs);
  const pull = (x: Float64Array) =>
    PRIOR * x.reduce((sum, v, i) => sum + ((4 * (v - from[i]!)) / (high[i]! - low[i]!)) ** 2, 0);
  const loss = (x: Float64Array) => distance(outOfSearch(x, specs)) + pull(x);
  const random = seedrandom(`calibrate ${seed}`);
  let state = cmaStart({ mean: from, low, high, sigma: 0.15, population: POPULATION });
  let best = { loss: loss(from), x: from };
  for (let generation = 0; generation < generations; generation++) {
    const candidates = cmaAsk(state, random);
    const losses = candidates.map(({ values }) => loss(values));
    const least = Math.min(...losses);
    if (least < best.loss) best = { loss: least, x: candidates[losses.indexOf(least)]!.values };
    state = cmaTell(state, candidates, losses);
  }
  const centre = cmaMean(state);
  return outOfSearch(loss(centre) < best.loss ? centre : best.x, specs);
}

type Specs = CalibrationOptions["specs"];

/** The search runs over logarithms of parameters that are positive, so that a factor of two is the same step everywhere. */
function intoSearch(values: Readonly<Record<Fitted, number>>, specs: Specs): Float64Array {
  return Float64Array.from(FITTED, (name) => (specs[name].low > 0 ? Math.log(values[name]) : values[name]));
}

function outOfSearch(x: Float64Array, specs: Specs): Record<Fitted, number> {
  const entries = FITTED.map((name, i) => {
    const { low, high } = specs[name];
    return [name, Math.min(Math.max(low > 0 ? Math.exp(x[i]!) : x[i]!, low), high)];
  });
  return Object.fromEntries(entries) as Record<Fitted, number>;
}

function boundsOf(specs: Specs, side: "low" | "high"): Record<Fitted, number> {
  return Object.fromEntries(FITTED.map((name) => [name, specs[name][side]])) as Record<Fitted, number>;
}

/** A first guess by the method of moments; the search has to find out how much of it is jumps and how much clustering. */
function startValues(returns: Float64Array, specs: Specs): Record<Fitted, number> {
  const jumps = jumpFigures(returns);
  const guess: Record<Fitted, number> = {
    varianceLevel: robustVolatility(returns) ** 2,
    varianceReversion: specs.varianceReversion.value,
    volOfVol: specs.volOfVol.value,
    jumpRate: jumps.perYear / 2,
    jumpMean: jumps.mean,
    jumpSd: jumps.size / 2,
  };
  return Object.fromEntries(
    FITTED.map((name) => [name, Math.min(Math.max(guess[name], specs[name].low), specs[name].high)]),
  ) as Record<Fitted, number>;
}

/** Mean squared difference between the data's moments and the means of the simulated ones. */
function distanceOf(params: MarketPathParams, shocks: readonly PathShocks[], wanted: readonly number[]): number {
  const simulated = shocks.map((path) => moments(differences(marketPath(params, path))));
  return mean(wanted.map((moment, i) => (mean(simulated.map((of) => of[i]!)) - moment) ** 2));
}

function report(
  prices: ArrayLike<number>,
  params: Record<Fitted, number>,
  distance: number,
  { params: all, specs, seed, reportPaths = 200 }: CalibrationOptions,
): Calibration {
  const shocks = drawAll(reportPaths, prices.length, seed, stream("market", "test"));
  const figures = shocks.map((path) => seriesStatistics(marketPath({ ...all, ...params }, path).map(Math.exp)));
  const spread = (of: (figure: SeriesStatistics) => number): Spread => {
    const values = figures.map(of);
    return { median: quantile(values, 0.5), low: quantile(values, 0.05), high: quantile(values, 0.95) };
  };
  const data = seriesStatistics(prices);
  const simulated: Calibration["simulated"] = {
    paths: reportPaths,
    annualVolatility: spread((of) => of.annualVolatility),
    kurtosis: spread((of) => of.kurtosis),
    absReturnAutocorrelation: {
      lag1: spread((of) => of.absReturnAutocorrelation.lag1),
      lag5: spread((of) => of.absReturnAutocorrelation.lag5),
      lag20: spread((of) => of.absReturnAutocorrelation.lag20),
    },
    maxDrawdown: spread((of) => of.maxDrawdown),
  };
  const notes = [...boundNotes(params, specs), ...rangeNotes(data, simulated)];
  return { days: prices.length, data, simulated, params, distance, notes };
}

function boundNotes(params: Record<Fitted, number>, specs: Specs): string[] {
  return FITTED.flatMap((name) => {
    const { low, high, unit } = specs[name];
    const close = 0.02 * (high - low);
    const bound = params[name] - low < close ? low : high - params[name] < close ? high : undefined;
    if (bound === undefined) return [];
    return [
      `${name} is at the ${bound === low ? "lower" : "upper"} bound of its range, ${bound} ${unit}: the data want to go farther`,
    ];
  });
}

function rangeNotes(data: SeriesStatistics, simulated: Calibration["simulated"]): string[] {
  const pairs: [string, number, Spread][] = [
    ["annual volatility", data.annualVolatility, simulated.annualVolatility],
    ["kurtosis", data.kurtosis, simulated.kurtosis],
    [
      "autocorrelation of absolute returns at lag 1",
      data.absReturnAutocorrelation.lag1,
      simulated.absReturnAutocorrelation.lag1,
    ],
    [
      "autocorrelation of absolute returns at lag 5",
      data.absReturnAutocorrelation.lag5,
      simulated.absReturnAutocorrelation.lag5,
    ],
    [
      "autocorrelation of absolute returns at lag 20",
      data.absReturnAutocorrelation.lag20,
      simulated.absReturnAutocorrelation.lag20,
    ],
    ["max drawdown", data.maxDrawdown, simulated.maxDrawdown],
  ];
  return pairs
    .filter(([, value, { low, high }]) => !(value >= low && value <= high))
    .map(([name, value, { low, high }]) => {
      return `${name} of the data, ${value.toFixed(3)}, is outside of the simulated 90 % range ${low.toFixed(3)} to ${high.toFixed(3)}`;
    });
}

function drawAll(count: number, days: number, seed: number, first: number): PathShocks[] {
  return Array.from({ length: count }, (_, path) => drawPathShocks(days, seed, path, first));
}

function differences(logPrices: Float64Array): Float64Array {
  const returns = new Float64Array(logPrices.length - 1);
  for (let i = 0; i < returns.length; i++) returns[i] = logPrices[i + 1]! - logPrices[i]!;
  return returns;
}
