import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";
import { type Interval, mean } from "./statistics.js";

/** What an interval of a mean rests on. */
interface MeanEvidence {
  readonly mean: number;
  /** Standard error of the mean. */
  readonly error: number;
  /** Sample skewness with the small-sample factor (G1 of Joanes and Gill 1998); 0 where nothing varies. */
  readonly skewness: number;
  readonly count: number;
  /** Degrees of freedom of the t quantile: count - 1, or fewer where fewer values carry the estimate. */
  readonly degrees: number;
}

/** The skewness of a small sample is taken this many standard errors further out, on either side. */
const SKEWNESS_ERRORS = 2;
/** Quantile up to which the correction grows; beyond it (fewer than 4 degrees of freedom) the expansion means nothing. */
const LARGEST_QUANTILE = 3;

/** @param degrees of freedom; count - 1 by default */
export function evidenceOf(values: ArrayLike<number>, degrees = values.length - 1): MeanEvidence {
  const count = values.length;
  const centre = mean(values);
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < count; i++) {
    const deviation = values[i]! - centre;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
  }
  // Sums of equal numbers round: a spread of some 1e-15 of the values is none. Below 1e-100 the cubes vanish.
  const varies = squares > Math.max(1e-200, count * (1e-15 * centre) ** 2);
  const error = varies && count > 1 ? Math.sqrt(squares / (count - 1) / count) : 0;
  const factor = count > 2 ? Math.sqrt(count * (count - 1)) / (count - 2) : 0;
  const skewness = varies ? (factor * (cubes / count)) / (squares / count) ** 1.5 : 0;
  return { mean: centre, error, skewness, count, degrees };
}

/**
 * Two-sided interval of a mean: Student's t with the skewness correction of Johnson (1978), which moves each end outwards by
 * (1 + 2 t²) G / (6 √n) standard errors, and never inwards. G is the sample skewness two of its own standard errors √(6/n) further to that
 * side, because small samples of skewed numbers look less skewed than what they come from. How often it covers is measured:
 * docs/evaluation.md, `npm run coverage`. One value has no interval but itself.
 */
export function meanInterval(values: ArrayLike<number>, level: number): Interval {
  return intervalOfEvidence(evidenceOf(values), level);
}

export function intervalOfEvidence(evidence: MeanEvidence, level: number): Interval {
  const { mean: centre, error, degrees } = evidence;
  if (error === 0 || degrees < 1) return { mean: centre, low: centre, high: centre };
  const quantile = studentQuantile(1 - level, degrees);
  return {
    mean: centre,
    low: centre - error * reachOf(evidence, -1, quantile),
    high: centre + error * reachOf(evidence, 1, quantile),
  };
}

/** Standard errors from the mean to the end on one side. */
function reachOf({ skewness, count }: MeanEvidence, side: 1 | -1, quantile: number): number {
  const outward = Math.max(0, side * skewness + SKEWNESS_ERRORS * Math.sqrt(6 / count));
  return quantile + ((1 + 2 * Math.min(quantile, LARGEST_QUANTILE) ** 2) * outward) / (6 * Math.sqrt(count));
}

/** Two-sided P of a mean of 0: one minus the level of the interval that just ends at 0; at least 1e-15. */
export function probabilityOfZeroMean(evidence: MeanEvidence): number {
  const { mean: centre, error, degrees } = evidence;
  if (centre === 0) return 1;
  if (error === 0) return MIN_PROBABILITY;
  if (degrees < 1) return 1;
  const distance = Math.abs(centre) / error;
  const side = centre > 0 ? -1 : 1;
  // The reach falls as P grows: bisection on the logarithm, to 8 digits.
  let [low, high] = [Math.log(MIN_PROBABILITY), 0];
  for (let i = 0; i < 32; i++) {
    const middle = (low + high) / 2;
    const reach = reachOf(evidence, side, studentQuantile(Math.exp(middle), degrees));
    if (reach > distance) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

const MIN_PROBABILITY = 1e-15;

/** What |t| of Student exceeds with probability `outside`, from the quantile of the beta distribution. */
export function studentQuantile(outside: number, degrees: number): number {
  const x = betaQuantile(outside, degrees / 2, 0.5);
  return x > 0 ? Math.sqrt((degrees * (1 - x)) / x) : Number.POSITIVE_INFINITY;
}
