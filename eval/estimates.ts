import { evidenceOf, intervalOfEvidence, probabilityOfZeroMean } from "../core/mean-interval.js";
import { clopperPearson, type Interval, mean, sorted } from "../core/statistics.js";

/**
 * A figure of one controller and what it rests on: one value per market (episode number) whose mean it is. Where episode i has the same
 * shocks in several scenarios, the values are averages over the scenarios, so that these are not counted as independent.
 */
export interface Estimate {
  readonly value: number;
  /** `[episode]`; their mean is the value but for rounding. */
  readonly values: Float64Array;
  /** Scenarios that each value is the average of. */
  readonly scenarios: number;
  /** Episodes of a scenario that carry the estimate; all of them but for the mean of a tail. */
  readonly carriers: number;
}

export type Estimates = Readonly<Record<string, Estimate>>;

export function estimateMean(values: Float64Array): Estimate {
  return { value: mean(values), values, scenarios: 1, carriers: values.length };
}

/**
 * Interquartile mean, as the mean of one value per episode: what each episode adds to it (winsorised, scaled by the share that is kept:
 * Tukey and McLaughlin 1963).
 */
export function estimateIqm(returns: Float64Array): Estimate {
  const count = returns.length;
  const cut = Math.floor(count / 4);
  const ascending = sorted(returns);
  const kept = ascending.subarray(cut, count - cut);
  const winsorised = returns.map((value) => Math.min(kept.at(-1)!, Math.max(kept[0]!, value)));
  const centre = mean(winsorised);
  const middle = mean(kept);
  const values = winsorised.map((value) => middle + ((value - centre) * count) / kept.length);
  return { ...estimateMean(values), value: middle };
}

/**
 * Mean of the worst `share` of the episodes (at least one), as the mean of one value per episode: the edge of the tail, and below it the
 * distance to the edge over the share. The spread is that of the two worst at least.
 */
export function estimateTail(values: Float64Array, share: number): Estimate {
  const count = values.length;
  const ascending = sorted(values);
  const taken = Math.max(1, Math.floor(count * share));
  const carriers = Math.min(count, Math.max(2, taken));
  const edge = ascending[carriers - 1]!;
  const spread = values.map((value) => edge + (Math.min(0, value - edge) * count) / carriers);
  const value = mean(ascending.subarray(0, taken));
  const shift = value - mean(spread);
  return { value, values: spread.map((each) => each + shift), scenarios: 1, carriers };
}

/** Mean of several estimates with equal weight, market by market. */
export function averageEstimates(estimates: readonly Estimate[]): Estimate {
  const values = new Float64Array(estimates[0]!.values.length);
  for (const estimate of estimates) {
    for (let i = 0; i < values.length; i++) values[i]! += estimate.values[i]!;
  }
  // Divided once, at the end: nine ninths summed up are more than 1, and a probability must not be.
  for (let i = 0; i < values.length; i++) values[i]! /= estimates.length;
  const scenarios = estimates.reduce((sum, estimate) => sum + estimate.scenarios, 0);
  const value = mean(estimates.map((estimate) => estimate.value));
  return { value, values, scenarios, carriers: Math.min(...estimates.map(({ carriers }) => carriers)) };
}

/** The paired difference a - b. */
export function minus(a: Estimate, b: Estimate): Estimate {
  return {
    value: a.value - b.value,
    values: a.values.map((value, i) => value - b.values[i]!),
    scenarios: a.scenarios,
    carriers: Math.min(a.carriers, b.carriers),
  };
}

export function toInterval({ value, values, carriers }: Estimate, level: number): Interval {
  return intervalOfEvidence({ ...evidenceOf(values, carriers - 1), mean: value }, level);
}

/** Two-sided P of the mean being 0. */
export function probabilityOfZero({ values, carriers }: Estimate): number {
  return probabilityOfZeroMean(evidenceOf(values, carriers - 1));
}

/**
 * Exact interval of a probability (Clopper and Pearson) with the number of trials that its spread over the markets is worth (Korn and
 * Graubard 1998): as many as there are markets where scenarios repeat each other, as many as there are episodes where they do not. Where
 * nothing or everything was hit there is no spread to judge by, and only the markets count.
 */
export function toProbability({ values, scenarios }: Estimate, level: number): Interval {
  const markets = values.length;
  // Rounding may put an average of ones and halves beyond 1.
  const probability = Math.min(1, Math.max(0, mean(values)));
  const { error } = evidenceOf(values);
  const worth = error > 0 ? (probability * (1 - probability)) / error ** 2 : markets;
  const trials = Math.min(markets * scenarios, Math.max(markets, worth));
  const { low, high } = clopperPearson(probability * trials, trials, level);
  return { mean: probability, low, high };
}

/**
 * Episodes that count as one, because scenarios share their shocks: the variance of a difference of two shares over the markets over
 * what it would be over independent episodes, 1 to the number of scenarios.
 */
export function designEffect({ values, scenarios }: Estimate, discordant: number): number {
  const episodes = values.length * scenarios;
  const difference = mean(values);
  const independent = (discordant / episodes - difference ** 2) / episodes;
  if (!(independent > 0)) return scenarios;
  return Math.min(scenarios, Math.max(1, evidenceOf(values).error ** 2 / independent));
}
