import { mean, quantileSorted, sorted } from "../../../core/statistics.js";

const DAYS_PER_YEAR = 365;
/** A return farther from the median than this many robust standard deviations counts as a jump. */
const JUMP_WIDTHS = 4;
const WINDOW = 90;

/** Jumps as seen in returns, however they came about. */
interface JumpFigures {
  readonly perYear: number;
  readonly mean: number;
  /** Root mean square. */
  readonly size: number;
}

/** Standard deviation of returns as their median absolute deviation says, annualised: what days are like without the jumps. */
export function robustVolatility(returns: Float64Array): number {
  return robust(returns).sd * Math.sqrt(DAYS_PER_YEAR);
}

export function jumpFigures(returns: Float64Array): JumpFigures {
  return jumpsBeyond(returns, robust(returns));
}

/** Median over blocks of 90 days of the largest log drawdown within the block. */
export function typicalDrawdown(returns: Float64Array): number {
  const depths: number[] = [];
  for (let from = 0; from + WINDOW <= returns.length; from += WINDOW) {
    let below = 0;
    let deepest = 0;
    for (let i = from; i < from + WINDOW; i++) {
      below = Math.max(0, below - returns[i]!);
      deepest = Math.max(deepest, below);
    }
    depths.push(deepest);
  }
  return quantileSorted(sorted(depths), 0.5);
}

/**
 * What the fit compares, each divided by how much it scatters between paths of some years, so that squared differences of
 * the moments can be added.
 */
export function moments(returns: Float64Array): readonly number[] {
  // Own loops over typed arrays, a few times as fast as the general statistics: this runs for every path of every candidate.
  const deviations = deviationsOf(returns);
  const sizes = deviationsOf(returns.map(Math.abs));
  const sizeVariance = autocovariance(sizes, 0);
  const calm = robust(returns);
  const jumps = jumpsBeyond(returns, calm);
  return [
    Math.log(autocovariance(deviations, 0)) / 2 / 0.08,
    Math.log(calm.sd) / 0.06,
    // One day can make the kurtosis of years, hence the logarithm and the wide scale.
    Math.log(rawKurtosis(deviations)) / 0.5,
    autocovariance(sizes, 1) / sizeVariance / 0.04,
    autocovariance(sizes, 5) / sizeVariance / 0.04,
    autocovariance(sizes, 20) / sizeVariance / 0.04,
    Math.sqrt(jumps.perYear) / 0.4,
    jumps.mean / jumps.size / 0.25,
    Math.log(jumps.size) / 0.15,
    typicalDrawdown(returns) / 0.06,
  ];
}

/** m4 / m2^2, 3 for a normal distribution. */
function rawKurtosis(deviations: Float64Array): number {
  let second = 0;
  let fourth = 0;
  for (let i = 0; i < deviations.length; i++) {
    const square = deviations[i]! * deviations[i]!;
    second += square;
    fourth += square * square;
  }
  return (fourth * deviations.length) / (second * second);
}

/** Mean product of deviations `lag` apart over the series' length: the autocovariance of Box and Jenkins. */
function autocovariance(deviations: Float64Array, lag: number): number {
  let total = 0;
  for (let i = lag; i < deviations.length; i++) total += deviations[i]! * deviations[i - lag]!;
  return total / deviations.length;
}

function deviationsOf(values: Float64Array): Float64Array {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  const centre = total / values.length;
  return values.map((value) => value - centre);
}

interface Robust {
  readonly centre: number;
  readonly sd: number;
}

/** Median, and median absolute deviation times 1.4826: the standard deviation of a normal distribution. */
function robust(returns: Float64Array): Robust {
  const centre = quantileSorted(sorted(returns), 0.5);
  return { centre, sd: 1.4826 * quantileSorted(returns.map((r) => Math.abs(r - centre)).sort(), 0.5) };
}

function jumpsBeyond(returns: Float64Array, { centre, sd }: Robust): JumpFigures {
  const width = JUMP_WIDTHS * sd;
  const jumps = returns.filter((r) => Math.abs(r - centre) > width);
  const perYear = (jumps.length / returns.length) * DAYS_PER_YEAR;
  if (jumps.length === 0) return { perYear, mean: 0, size: width };
  return { perYear, mean: mean(jumps), size: Math.sqrt(mean(jumps.map((r) => r * r))) };
}
