import { percentileInterval, type Resamples, resampleMeans, resampleOrderMeans } from "../core/bootstrap.js";
import { type Interval, mean, sorted } from "../core/statistics.js";

/** A number with its bootstrap replicates. Estimates of one report share their resamples, so their differences are paired. */
export interface Estimate {
  readonly value: number;
  readonly replicates: Float64Array;
}

export type Estimates = Readonly<Record<string, Estimate>>;

/**
 * Above this number of episodes the means of that many runs of consecutive episodes are resampled in their place. Episodes are
 * independent, so the variance of the mean is the same, and ten thousand episodes cost no more than this many.
 */
export const MAX_GROUPS = 500;

/** Means of named columns; `[episode]` each. */
export function estimateMeans(columns: Readonly<Record<string, Float64Array>>, resamples: Resamples): Estimates {
  const names = Object.keys(columns);
  const grouped = names.map((name) => groupMeans(columns[name]!, resamples.size));
  const replicates = resampleMeans(grouped, resamples);
  return Object.fromEntries(names.map((name, i) => [name, { value: mean(columns[name]!), replicates: replicates[i]! }]));
}

/** Mean of the order statistics from share `from` to share `to` of the episodes, cut as a trimmed mean cuts. */
export function estimateOrderMean(values: Float64Array, from: number, to: number, resamples: Resamples): Estimate {
  const low = Math.floor(values.length * from);
  const high = Math.max(
    low + 1,
    from === 0 ? Math.floor(values.length * to) : values.length - Math.floor(values.length * (1 - to)),
  );
  return {
    value: mean(sorted(values).subarray(low, high)),
    replicates: resampleOrderMeans(values, low, high, resamples),
  };
}

/** Mean of several estimates with equal weight, replicate by replicate. */
export function averageEstimates(estimates: readonly Estimate[]): Estimate {
  const replicates = new Float64Array(estimates[0]!.replicates.length);
  for (const estimate of estimates) {
    for (let i = 0; i < replicates.length; i++) replicates[i]! += estimate.replicates[i]!;
  }
  // Divided once, at the end: nine ninths summed up are more than 1, and a probability must not be.
  for (let i = 0; i < replicates.length; i++) replicates[i]! /= estimates.length;
  return { value: mean(estimates.map((estimate) => estimate.value)), replicates };
}

/** The paired difference a - b. */
export function minus(a: Estimate, b: Estimate): Estimate {
  return { value: a.value - b.value, replicates: a.replicates.map((replicate, i) => replicate - b.replicates[i]!) };
}

export function toInterval(estimate: Estimate, level: number): Interval {
  return { mean: estimate.value, ...percentileInterval(estimate.replicates, level) };
}

/**
 * One value for each of `groups` runs of consecutive episodes, with the same mean as the episodes; the episodes themselves
 * where there are no more. Sums of deviations, so that runs of unequal length weigh what their episodes weigh.
 */
function groupMeans(values: Float64Array, groups: number): Float64Array {
  if (values.length <= groups) return values;
  const centre = mean(values);
  const result = new Float64Array(groups).fill(centre);
  for (let i = 0; i < values.length; i++) {
    result[Math.floor((i * groups) / values.length)]! += ((values[i]! - centre) * groups) / values.length;
  }
  return result;
}
