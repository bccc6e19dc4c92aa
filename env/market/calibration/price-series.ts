import { UserError } from "../../../core/errors.js";
import { autocorrelation, excessKurtosis, standardDeviation } from "../../../core/statistics.js";
import { formatDay } from "./dates.js";
import { checkDays, parsePriceTable } from "./price-table.js";

/** Larger files are refused before they are read: a day is about 20 bytes, so this is a few hundred thousand days. */
export const MAX_PRICE_BYTES = 10_000_000;
/** Fewer days say too little about jumps and clustering. */
const MIN_DAYS = 120;
const DAYS_PER_YEAR = 365;

/** Daily prices without gaps. */
export interface PriceSeries {
  /** First and last day, YYYY-MM-DD. */
  readonly from: string;
  readonly to: string;
  /** USD, one a day, oldest first. */
  readonly prices: Float64Array;
  /** How the file was read, where that was not plain. */
  readonly notes: readonly string[];
}

/** What a price series looks like; the same figures are computed of data and of simulated paths. */
export interface SeriesStatistics {
  /** Number of daily prices. */
  readonly days: number;
  /** Standard deviation of daily log returns times sqrt(365). */
  readonly annualVolatility: number;
  /** Excess kurtosis of daily log returns: 0 for a normal distribution. */
  readonly kurtosis: number;
  /** Of daily log returns, by lag in days. */
  readonly absReturnAutocorrelation: { readonly lag1: number; readonly lag5: number; readonly lag20: number };
  /** Largest 1 - price / running peak. */
  readonly maxDrawdown: number;
}

/**
 * Refuses a file that is too large, before it is read.
 * @throws UserError `E_PRICES_SIZE`
 */
export function checkPriceFileSize(bytes: number): void {
  if (bytes <= MAX_PRICE_BYTES) return;
  const message = `the price file has ${(bytes / 1e6).toFixed(1)} MB, allowed are ${MAX_PRICE_BYTES / 1e6} MB`;
  throw new UserError("E_PRICES_SIZE", message, "give daily prices only, one row a day");
}

/**
 * Reads daily prices from the text of a CSV export; see {@link parsePriceTable} for what is understood.
 * @throws UserError `E_PRICES_…` naming the row (the header is row 1) and what is allowed
 */
export function parsePriceCsv(text: string): PriceSeries {
  checkPriceFileSize(text.length);
  const { rows, columns, newestFirst, filled } = parsePriceTable(text);
  if (rows.length < MIN_DAYS) {
    const message = `the price file has ${rows.length} days, at least ${MIN_DAYS} are needed`;
    throw new UserError("E_PRICES_FEW", message, "give a longer series");
  }
  checkDays(rows);
  const prices = Float64Array.from(rows, ({ price }) => price);
  if (prices.every((price) => price === prices[0])) {
    throw new UserError("E_PRICES_CONSTANT", `the price is ${prices[0]} on every day`, "give prices of a market that trades");
  }
  const plain = columns.date === "date" && columns.price === "price_usd";
  const notes = [
    ...(plain ? [] : [`read ${columns.date} as date and ${columns.price} as price_usd`]),
    ...(newestFirst ? ["the file has the newest day first: turned round"] : []),
    ...(filled > 0 ? [`${filled} days without a price: left out at the ends, filled in between elsewhere`] : []),
  ];
  return { from: formatDay(rows[0]!.day), to: formatDay(rows.at(-1)!.day), prices, notes };
}

/** Daily log returns. */
export function logReturns(prices: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: prices.length - 1 }, (_, i) => Math.log(prices[i + 1]! / prices[i]!));
}

export function seriesStatistics(prices: ArrayLike<number>): SeriesStatistics {
  const returns = logReturns(prices);
  const sizes = returns.map(Math.abs);
  return {
    days: prices.length,
    annualVolatility: standardDeviation(returns) * Math.sqrt(DAYS_PER_YEAR),
    kurtosis: excessKurtosis(returns),
    absReturnAutocorrelation: {
      lag1: autocorrelation(sizes, 1),
      lag5: autocorrelation(sizes, 5),
      lag20: autocorrelation(sizes, 20),
    },
    maxDrawdown: maxDrawdown(prices),
  };
}

/** Largest 1 - price / running peak. */
export function maxDrawdown(prices: ArrayLike<number>): number {
  let peak = 0;
  let deepest = 0;
  for (let i = 0; i < prices.length; i++) {
    peak = Math.max(peak, prices[i]!);
    deepest = Math.max(deepest, 1 - prices[i]! / peak);
  }
  return deepest;
}
