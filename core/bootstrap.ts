import { DOMAIN, pcg4d, unitInterval } from "./random.js";
import { type Interval, quantileSorted, sorted } from "./statistics.js";

interface BootstrapOptions {
  readonly replicates: number;
  /** Probability that the interval covers, for example 0.95. */
  readonly level: number;
  /** Uniform on [0, 1). */
  readonly random: () => number;
}

/** Uniform numbers on (0, 1) from the counter-based hash: the same sequence for the same seed, on every machine. */
export function counterRandom(seed: number): () => number {
  let counter = 0;
  let words = { a: 0, b: 0, c: 0, d: 0 };
  return () => {
    const lane = counter & 3;
    if (lane === 0) words = pcg4d(seed, counter >>> 2, 0, DOMAIN.host << 28);
    counter++;
    return unitInterval(lane === 0 ? words.a : lane === 1 ? words.b : lane === 2 ? words.c : words.d);
  };
}

/** Percentile interval of bootstrap replicates. */
export function percentileInterval(replicates: Float64Array, level: number): { readonly low: number; readonly high: number } {
  const ascending = sorted(replicates);
  return { low: quantileSorted(ascending, (1 - level) / 2), high: quantileSorted(ascending, (1 + level) / 2) };
}

/**
 * Stratified bootstrap of any statistic: every stratum (scenario) is resampled on its own and keeps its size.
 * For paired differences pass the differences as strata. Covers less than it says below some 50 values; for means see
 * mean-interval.ts.
 */
export function bootstrapInterval(
  strata: readonly Float64Array[],
  statistic: (strata: readonly Float64Array[]) => number,
  { replicates, level, random }: BootstrapOptions,
): Interval {
  const resampled = strata.map((stratum) => new Float64Array(stratum.length));
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    strata.forEach((stratum, s) => {
      const target = resampled[s]!;
      for (let i = 0; i < target.length; i++) target[i] = stratum[Math.floor(random() * stratum.length)]!;
    });
    values[replicate] = statistic(resampled);
  }
  return { mean: statistic(strata), ...percentileInterval(values, level) };
}
