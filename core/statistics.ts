import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";

/** A two-sided interval around an estimate, both in the unit of the estimate. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Sample standard deviation (divisor n - 1), two passes; NaN for fewer than 2 values. */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  return Math.sqrt((centralMoment(values, 2) * values.length) / (values.length - 1));
}

/** Excess kurtosis m4 / m2^2 - 3 from population moments (0 for a normal); NaN for constant values. */
export function excessKurtosis(values: ArrayLike<number>): number {
  return centralMoment(values, 4) / centralMoment(values, 2) ** 2 - 3;
}

/** Autocorrelation at a lag, with the mean and variance of the whole series (Box and Jenkins); NaN for constant values. */
export function autocorrelation(values: ArrayLike<number>, lag: number): number {
  const centre = mean(values);
  let numerator = 0;
  let denominator = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - centre;
    denominator += deviation * deviation;
    if (i >= lag) numerator += deviation * (values[i - lag]! - centre);
  }
  return numerator / denominator;
}

/** Values in ascending order, as a copy. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** Quantile of ascending values: linear between order statistics (type 7 of Hyndman and Fan, the default of R and NumPy). */
export function quantileSorted(ascending: ArrayLike<number>, probability: number): number {
  const last = ascending.length - 1;
  if (last < 0) return Number.NaN;
  const position = Math.min(Math.max(probability, 0), 1) * last;
  const index = Math.floor(position);
  const low = ascending[index]!;
  const high = ascending[Math.min(index + 1, last)]!;
  return low + (high - low) * (position - index);
}

/** Quantile of values in any order, type 7. */
export function quantile(values: ArrayLike<number>, probability: number): number {
  return quantileSorted(sorted(values), probability);
}

/** Mean of what is left when floor(n * share) values are cut off at each end (as scipy.stats.trim_mean). */
export function trimmedMean(values: ArrayLike<number>, share: number): number {
  const cut = Math.floor(values.length * share);
  return mean(sorted(values).subarray(cut, values.length - cut));
}

/** Interquartile mean: the mean of the middle half. */
export function iqm(values: ArrayLike<number>): number {
  return trimmedMean(values, 0.25);
}

/** Mean of the lowest `share` of the values (at least one): the conditional value at risk of a return. */
export function lowerTailMean(values: ArrayLike<number>, share: number): number {
  return mean(sorted(values).subarray(0, Math.max(1, Math.floor(values.length * share))));
}

/** Probability that x exceeds y on the same market, a tie counting one half. Paired: `x[i]` belongs to `y[i]`. */
export function probabilityOfImprovement(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return mean(improvements(x, y));
}

/** 1 where x exceeds y, 1/2 where they tie, else 0. Its mean is the probability of improvement. */
export function improvements(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  if (x.length !== y.length) throw new RangeError(`paired values differ in number: ${x.length} and ${y.length}`);
  return Float64Array.from(x, (value, i) => (value > y[i]! ? 1 : value === y[i]! ? 0.5 : 0));
}

/**
 * Exact two-sided interval of a probability from `successes` of `trials` (Clopper and Pearson 1934): it covers at least `level`. 0 of 299
 * at level .95 gives the upper end 1 - .025^(1/299) = .0123. Both may be fractions: an effective number of trials.
 */
export function clopperPearson(successes: number, trials: number, level = 0.95): Interval {
  if (!(successes >= 0 && successes <= trials && trials > 0)) {
    throw new RangeError(`successes must be 0..trials and trials above 0, got ${successes} of ${trials}`);
  }
  const tail = (1 - level) / 2;
  return {
    mean: successes / trials,
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
}

/** Pairs in which only the first happened, in which only the second did, and all pairs. Fractions are allowed. */
interface DiscordantPairs {
  readonly firstOnly: number;
  readonly secondOnly: number;
  readonly pairs: number;
}

/**
 * Interval of a difference of two paired probabilities, from the discordant pairs only. Exact intervals of the two shares are combined by
 * squares (MOVER: Newcombe 1998, Zou and Donner 2008), so it has a width even where nothing was seen. It holds 0 wherever the exact test of
 * McNemar does not reject at 1 - level: five pairs to none (P = .0625) are no clear difference.
 */
export function pairedProportionDifference({ firstOnly, secondOnly, pairs }: DiscordantPairs, level = 0.95): Interval {
  const first = clopperPearson(firstOnly, pairs, level);
  const second = clopperPearson(secondOnly, pairs, level);
  const difference = first.mean - second.mean;
  const low = difference - Math.hypot(first.mean - first.low, second.high - second.mean);
  const high = difference + Math.hypot(first.high - first.mean, second.mean - second.low);
  if (rejectsEqualSides(firstOnly, secondOnly, level)) return { mean: difference, low, high };
  return { mean: difference, low: Math.min(low, 0), high: Math.max(high, 0) };
}

/** Exact test of McNemar: whether the interval of the first's share of the discordant pairs excludes one half. */
function rejectsEqualSides(firstOnly: number, secondOnly: number, level: number): boolean {
  const discordant = firstOnly + secondOnly;
  if (discordant === 0) return false;
  const { low, high } = clopperPearson(firstOnly, discordant, level);
  return low > 0.5 || high < 0.5;
}

/**
 * P values adjusted for as many tests as there are (Holm 1979): comparing them with alpha keeps the chance of any false rejection among all
 * tests at alpha, whatever their dependence. In the order given.
 */
export function adjustByHolm(probabilities: readonly number[]): number[] {
  const order = probabilities.map((_, i) => i).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const adjusted = new Array<number>(probabilities.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (probabilities.length - rank) * probabilities[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
}

function centralMoment(values: ArrayLike<number>, order: number): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** order;
  return sum / values.length;
}
