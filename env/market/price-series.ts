import { CsvError, parse } from "csv-parse/sync";
import { continueSentence, UserError } from "../../core/errors.js";
import { nearest } from "../../core/nearest.js";
import { autocorrelation, excessKurtosis, standardDeviation } from "../../core/statistics.js";

/** Larger files are refused before they are read: a day is about 20 bytes, so this is a few hundred thousand days. */
export const MOST_PRICE_BYTES = 10_000_000;
/** Fewer days say too little about jumps and clustering. */
export const FEWEST_DAYS = 120;
const DAY_MS = 86_400_000;
const DAYS_PER_YEAR = 365;
const COLUMNS = ["date", "price_usd"] as const;

/** Daily prices without gaps. */
export interface PriceSeries {
  /** First and last day, YYYY-MM-DD. */
  readonly from: string;
  readonly to: string;
  /** USD, one a day. */
  readonly prices: Float64Array;
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
  if (bytes <= MOST_PRICE_BYTES) return;
  const message = `the price file has ${(bytes / 1e6).toFixed(1)} MB, allowed are ${MOST_PRICE_BYTES / 1e6} MB`;
  throw new UserError("E_PRICES_SIZE", message, "give daily prices only, one row a day");
}

/**
 * Reads daily prices from CSV text with the columns `date` (YYYY-MM-DD, ascending, no day left out) and `price_usd`; other
 * columns are ignored.
 * @throws UserError `E_PRICES_…` naming the row (the header is row 1) and what is allowed
 */
export function parsePriceCsv(text: string): PriceSeries {
  checkPriceFileSize(text.length);
  const [header, ...rows] = readRows(text);
  if (!header)
    throw new UserError("E_PRICES_EMPTY", "the price file is empty", "give a CSV with the columns date and price_usd");
  const [dateAt, priceAt] = COLUMNS.map((name) => columnIndex(header, name)) as [number, number];
  if (rows.length < FEWEST_DAYS) {
    const message = `the price file has ${rows.length} days, at least ${FEWEST_DAYS} are needed`;
    throw new UserError("E_PRICES_FEW", message, "give a longer series");
  }
  const prices = new Float64Array(rows.length);
  let before = Number.NaN;
  rows.forEach((row, i) => {
    const day = parseDay(row[dateAt]!, i + 2);
    checkOrder(before, day, i + 2);
    prices[i] = parsePrice(row[priceAt]!, i + 2);
    before = day;
  });
  if (prices.every((price) => price === prices[0])) {
    throw new UserError("E_PRICES_CONSTANT", `the price is ${prices[0]} on every day`, "give prices of a market that trades");
  }
  return { from: rows[0]![dateAt]!, to: rows.at(-1)![dateAt]!, prices };
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

function readRows(text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const message = `the price file is no CSV table: ${continueSentence(cause.message)}`;
    throw new UserError("E_PRICES_CSV", message, "give a CSV with the columns date and price_usd");
  }
}

function columnIndex(header: readonly string[], name: string): number {
  const at = header.indexOf(name);
  if (at >= 0) return at;
  const message = `the price file has no column ${name}, it has ${header.slice(0, 10).join(", ")}`;
  const close = nearest(name, header);
  throw new UserError("E_PRICES_COLUMN", message, close ? `rename the column ${close} to ${name}` : `add a column ${name}`);
}

function parseDay(text: string, row: number): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Date.parse rolls 2021-02-30 over into March on some engines.
  if (Number.isFinite(day) && new Date(day).toISOString().startsWith(text)) return day / DAY_MS;
  throw new UserError("E_PRICES_DATE", `row ${row} has the date "${text.slice(0, 40)}"`, "write dates as 2021-03-31");
}

function checkOrder(before: number, day: number, row: number): void {
  // NaN, before the first row, passes all three.
  const name = (d: number) => new Date(d * DAY_MS).toISOString().slice(0, 10);
  if (day === before) {
    throw new UserError("E_PRICES_DUPLICATE", `row ${row} repeats the date ${name(day)}`, "keep one price a day");
  }
  if (day < before) {
    const message = `row ${row} goes back from ${name(before)} to ${name(day)}`;
    throw new UserError("E_PRICES_ORDER", message, "sort the rows by date, oldest first");
  }
  if (day > before + 1) {
    const message = `row ${row} leaves out ${name(before + 1)}${day > before + 2 ? ` to ${name(day - 1)}` : ""}`;
    throw new UserError("E_PRICES_GAP", message, "give a price for every day");
  }
}

function parsePrice(text: string, row: number): number {
  const price = text === "" ? Number.NaN : Number(text);
  if (Number.isFinite(price) && price > 0) return price;
  const message = `row ${row} has the price "${text.slice(0, 40)}", allowed are numbers above 0`;
  throw new UserError("E_PRICES_PRICE", message, "correct the row or leave out the days before it");
}
