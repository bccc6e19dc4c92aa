import { DOMAIN, pcg4d, unitInterval } from "./random.js";
import { type Interval, quantileSorted, sorted } from "./statistics.js";

export interface BootstrapOptions {
  readonly replicates: number;
  /** Probability that the interval covers, for example 0.95. */
  readonly level: number;
  /** Uniform on [0, 1). */
  readonly random: () => number;
}

/** How often each of `size` episodes was drawn in each replicate: `[replicate, episode]` row-major; a row sums to `size`. */
export interface Resamples {
  readonly size: number;
  readonly replicates: number;
  readonly counts: Uint16Array;
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

/** Draws `size` episodes with replacement, `replicates` times. */
export function drawResamples(size: number, replicates: number, random: () => number): Resamples {
  const counts = new Uint16Array(size * replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const row = replicate * size;
    for (let i = 0; i < size; i++) counts[row + Math.floor(random() * size)]!++;
  }
  return { size, replicates, counts };
}

/**
 * Mean of every column in every replicate. All columns share the resamples, which keeps them paired: the difference of two
 * results is the bootstrap of the paired difference.
 * @param columns each of length `resamples.size`
 * @returns one array of length `resamples.replicates` per column
 */
export function resampleMeans(columns: readonly Float64Array[], resamples: Resamples): Float64Array[] {
  const results = columns.map(() => new Float64Array(resamples.replicates));
  // A column without spread needs no arithmetic; there are many (rare events, idle breakers).
  const moving = columns.flatMap((column, index) => (isConstant(column) ? [] : [index]));
  columns.forEach((column, index) => {
    if (!moving.includes(index)) results[index]!.fill(column[0]!);
  });
  // Tiles of four columns and two replicates: six loads for eight multiply-adds.
  for (let k = 0; k < moving.length; k += 4) {
    const tile = [0, 1, 2, 3].map((offset) => moving[Math.min(k + offset, moving.length - 1)]!);
    multiplyTile(
      resamples,
      tile.map((index) => columns[index]!),
      tile.map((index) => results[index]!),
    );
  }
  return results;
}

function multiplyTile({ size, replicates, counts }: Resamples, columns: Float64Array[], results: Float64Array[]): void {
  const [x0, x1, x2, x3] = columns as [Float64Array, Float64Array, Float64Array, Float64Array];
  const [y0, y1, y2, y3] = results as [Float64Array, Float64Array, Float64Array, Float64Array];
  // Two replicates at a time; an odd last one is computed twice.
  for (let first = 0; first < replicates; first += 2) {
    const second = Math.min(first + 1, replicates - 1);
    let p0 = 0;
    let p1 = 0;
    let p2 = 0;
    let p3 = 0;
    let q0 = 0;
    let q1 = 0;
    let q2 = 0;
    let q3 = 0;
    for (let i = 0, p = first * size, q = second * size; i < size; i++, p++, q++) {
      const m = counts[p]!;
      const n = counts[q]!;
      const v0 = x0[i]!;
      const v1 = x1[i]!;
      const v2 = x2[i]!;
      const v3 = x3[i]!;
      p0 += m * v0;
      p1 += m * v1;
      p2 += m * v2;
      p3 += m * v3;
      q0 += n * v0;
      q1 += n * v1;
      q2 += n * v2;
      q3 += n * v3;
    }
    y0[first] = p0 / size;
    y1[first] = p1 / size;
    y2[first] = p2 / size;
    y3[first] = p3 / size;
    y0[second] = q0 / size;
    y1[second] = q1 / size;
    y2[second] = q2 / size;
    y3[second] = q3 / size;
  }
}

/**
 * Mean of the order statistics `from` (inclusive) to `to` (exclusive) of every replicate: `[n/4, n - n/4)` is the interquartile
 * mean, `[0, n/20)` the worst twentieth. Walks the values in ascending order with their counts, so nothing is sorted twice.
 */
export function resampleOrderMeans(values: Float64Array, from: number, to: number, resamples: Resamples): Float64Array {
  const { size, replicates, counts } = resamples;
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ascending = Float64Array.from(order, (index) => values[index]!);
  const result = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const row = replicate * size;
    let seen = 0;
    let sum = 0;
    for (let i = 0; seen < to; i++) {
      const before = seen;
      seen += counts[row + order[i]!]!;
      if (seen > from) sum += ascending[i]! * (Math.min(seen, to) - Math.max(before, from));
    }
    result[replicate] = sum / (to - from);
  }
  return result;
}

/** Percentile interval of bootstrap replicates. */
export function percentileInterval(replicates: Float64Array, level: number): { readonly low: number; readonly high: number } {
  const ascending = sorted(replicates);
  return { low: quantileSorted(ascending, (1 - level) / 2), high: quantileSorted(ascending, (1 + level) / 2) };
}

/**
 * Stratified bootstrap of any statistic: every stratum (scenario) is resampled on its own and keeps its size.
 * General and slow; means of many columns are better served by {@link resampleMeans}. For paired differences pass the
 * differences as strata.
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

function isConstant(column: Float64Array): boolean {
  for (let i = 1; i < column.length; i++) if (column[i] !== column[0]) return false;
  return true;
}
