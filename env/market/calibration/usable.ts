import { UserError } from "../../../core/errors.js";
import { mean } from "../../../core/statistics.js";
import { moments, robustVolatility } from "./moments.js";
import { logReturns } from "./price-series.js";

/** Daily moves below this, annualised, are rounding: a peg, or growth at a fixed rate. */
const MIN_VOLATILITY = 1e-4;
/** A single day beyond this many robust deviations that makes most of the fourth moment is an outlier. */
const OUTLIER_DEVIATIONS = 10;
const OUTLIER_SHARE = 0.5;
const MAX_OUTLIERS = 5;

/** @throws UserError `E_PRICES_FLAT` or `E_PRICES_DEGENERATE` for a series whose moments do not exist, before any search */
export function checkUsable(prices: ArrayLike<number>): void {
  const returns = logReturns(prices);
  const still = returns.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  if (2 * still >= returns.length) {
    const message = `the price is the same as on the day before on ${still} of ${returns.length} days`;
    const hint = "give daily prices that move: no peg, no weekly prices filled forward, enough decimal places";
    throw new UserError("E_PRICES_FLAT", message, hint);
  }
  const volatility = robustVolatility(returns);
  if (volatility < MIN_VOLATILITY) {
    const message = `the price moves by ${volatility.toExponential(1)} a year around its trend, at least ${MIN_VOLATILITY} is needed`;
    throw new UserError(
      "E_PRICES_FLAT",
      message,
      "give prices of a market that trades; nothing is to be fitted in a steady growth",
    );
  }
  if (!moments(returns).every(Number.isFinite)) {
    const message = "the daily moves have no finite variance, kurtosis or autocorrelation";
    throw new UserError("E_PRICES_DEGENERATE", message, "look for prices near 0 or of another unit in the file");
  }
}

/** A day whose move decides the kurtosis of the whole series. */
interface Outlier {
  /** Index of the price at the end of the move. */
  readonly at: number;
  readonly logReturn: number;
  /** Share of the sum of fourth powers, 0 .. 1. */
  readonly share: number;
}

/** Single days that each make most of what is left of the fourth moment, worst first: bad ticks, or first days of trading. */
export function findOutliers(prices: ArrayLike<number>): Outlier[] {
  const returns = logReturns(prices);
  const sd = robustVolatility(returns) / Math.sqrt(365);
  const centre = mean(returns);
  const days = Array.from(returns, (logReturn, i) => ({ at: i + 1, logReturn, fourth: (logReturn - centre) ** 4 }));
  const found: Outlier[] = [];
  let left = days.toSorted((a, b) => b.fourth - a.fourth);
  while (found.length < MAX_OUTLIERS && left.length > 1) {
    const [worst, ...others] = left;
    const share = worst!.fourth / left.reduce((sum, { fourth }) => sum + fourth, 0);
    if (share < OUTLIER_SHARE || Math.abs(worst!.logReturn - centre) < OUTLIER_DEVIATIONS * sd) break;
    found.push({ at: worst!.at, logReturn: worst!.logReturn, share });
    left = others;
  }
  return found;
}

/** The series without those moves: what comes before is scaled to meet what comes after. */
export function withoutMoves(prices: ArrayLike<number>, outliers: readonly Outlier[]): Float64Array {
  const dropped = new Set(outliers.map(({ at }) => at));
  const returns = logReturns(prices);
  const kept = Array.from(returns).filter((_, i) => !dropped.has(i + 1));
  const last = prices[prices.length - 1]!;
  const spliced = new Float64Array(kept.length + 1);
  spliced[kept.length] = last;
  for (let i = kept.length - 1; i >= 0; i--) spliced[i] = spliced[i + 1]! * Math.exp(-kept[i]!);
  return spliced;
}
