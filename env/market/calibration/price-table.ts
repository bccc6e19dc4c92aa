import { CsvError, parse } from "csv-parse/sync";
import { continueSentence, UserError } from "../../../core/errors.js";
import { nearest } from "../../../core/nearest.js";
import { dateOrder, formatDay, parseDay } from "./dates.js";

/** Our own names first, then those of common exports, in the order of preference; compared without regard to case and spaces. */
const DATE_COLUMNS = ["date", "snapped_at", "timestamp", "timeopen", "datetime", "time", "day", "unix"];
const PRICE_COLUMNS = ["price_usd", "price", "close", "adjclose", "last", "value"];
const HINT = "give a CSV with the columns date and price_usd";
const DELIMITERS = [",", ";", "\t"] as const;
type Delimiter = (typeof DELIMITERS)[number];

/** A day's price and its row; the header is row 1. */
interface PriceRow {
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly price: number;
  readonly row: number;
}

interface PriceTable {
  /** Oldest first. */
  readonly rows: readonly PriceRow[];
  /** The columns as the file calls them. */
  readonly columns: { readonly date: string; readonly price: string };
  /** Whether the file had the newest day first. */
  readonly newestFirst: boolean;
  /** Days that the file has without a price: filled in between their neighbours' on a log scale, or left out at either end. */
  readonly filled: number;
}

/** More such days than this share would hide the market's moves. */
const MAX_FILLED = 0.01;

/**
 * Reads a CSV export of prices: comma, semicolon or tab; a date and a price column by any of the usual names; dates as
 * {@link parseDay} reads them; numbers with thousands separators, a currency sign or, between semicolons, a decimal comma.
 * @throws UserError `E_PRICES_…` naming the row and what is allowed
 */
export function parsePriceTable(text: string): PriceTable {
  const delimiter = delimiterOf(text);
  const [header, ...cells] = readRows(text, delimiter);
  if (!header) throw new UserError("E_PRICES_EMPTY", "the price file is empty", HINT);
  const dateAt = columnIndex(header, "date", DATE_COLUMNS);
  const priceAt = columnIndex(header, "price_usd", PRICE_COLUMNS);
  const order = dateOrder(cells.map((row) => row[dateAt]!));
  const rows = cells.map((row, i) => ({
    day: checkedDay(row[dateAt]!, order, i + 2),
    // Yahoo writes null for a day that it lacks.
    price: row[priceAt] === "null" ? Number.NaN : parsePrice(row[priceAt]!, delimiter === ";", i + 2),
    row: i + 2,
  }));
  const newestFirst = rows.length > 1 && rows.every(({ day }, i) => i === 0 || day < rows[i - 1]!.day);
  const filled = fillGaps(newestFirst ? rows.reverse() : rows);
  return { ...filled, columns: { date: header[dateAt]!, price: header[priceAt]! }, newestFirst };
}

function fillGaps(rows: readonly PriceRow[]): Pick<PriceTable, "rows" | "filled"> {
  const known = (row: PriceRow) => !Number.isNaN(row.price);
  const inside = rows.slice(rows.findIndex(known), rows.findLastIndex(known) + 1);
  const missing = rows.filter((row) => !known(row));
  if (missing.length > MAX_FILLED * rows.length) {
    const [first] = missing;
    const message = `${missing.length} of ${rows.length} days have no price, the first of them in row ${first!.row}`;
    throw new UserError("E_PRICES_PRICE", message, `at most ${100 * MAX_FILLED} % may be null; give a price for every day`);
  }
  const filled = inside.map((row, i) => {
    if (known(row)) return row;
    const before = inside.slice(0, i).findLast(known)!;
    const after = inside.slice(i).find(known)!;
    const share = (row.day - before.day) / (after.day - before.day);
    return { ...row, price: before.price ** (1 - share) * after.price ** share };
  });
  return { rows: filled, filled: missing.length };
}

/** The one that splits the header most often, outside of quotes. */
function delimiterOf(text: string): Delimiter {
  const header = text.slice(0, text.search(/[\r\n]|$/)).replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

function readRows(text: string, delimiter: Delimiter): string[][] {
  try {
    return parse(text, { bom: true, delimiter, skip_empty_lines: true, trim: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new UserError("E_PRICES_CSV", `the price file is no CSV table: ${continueSentence(cause.message)}`, HINT);
  }
}

function columnIndex(header: readonly string[], name: string, aliases: readonly string[]): number {
  const plain = header.map((column) => column.toLowerCase().replaceAll(/[\s"*]/g, ""));
  for (const alias of aliases) if (plain.includes(alias)) return plain.indexOf(alias);
  const message = `the price file has no column ${name}, it has ${header.slice(0, 10).join(", ")}`;
  const close = nearest(name, header);
  const known = `(also read: ${aliases.slice(1).join(", ")})`;
  throw new UserError(
    "E_PRICES_COLUMN",
    message,
    `${close ? `rename the column ${close} to` : "add a column"} ${name} ${known}`,
  );
}

function checkedDay(text: string, order: Parameters<typeof parseDay>[1], row: number): number {
  const day = parseDay(text, order);
  if (Number.isFinite(day)) return day;
  throw new UserError("E_PRICES_DATE", `row ${row} has the date "${text.slice(0, 40)}"`, "write dates as 2021-03-31");
}

function parsePrice(text: string, decimalComma: boolean, row: number): number {
  const price = parseNumber(text.replace(/^(\$|USD|US\$) ?/, ""), decimalComma);
  if (Number.isFinite(price) && price > 0) return price;
  const message = `row ${row} has the price "${text.slice(0, 40)}", allowed are numbers above 0`;
  throw new UserError("E_PRICES_PRICE", message, "correct the row or leave out the days before it");
}

function parseNumber(text: string, decimalComma: boolean): number {
  const plain = /^\d*\.?\d*(e[+-]?\d+)?$/i.test(text) ? text : withoutSeparators(text, decimalComma);
  return plain === "" ? Number.NaN : Number(plain);
}

/** 1,545.1 as 1545.1; between semicolons also 1.545,1. Anything else comes back as no number. */
function withoutSeparators(text: string, decimalComma: boolean): string {
  if (/^\d{1,3}(,\d{3})+\.\d+$/.test(text)) return text.replaceAll(",", "");
  if (decimalComma) return /^(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/.test(text) ? text.replaceAll(".", "").replace(",", ".") : "";
  return /^\d{1,3}(,\d{3})+$/.test(text) ? text.replaceAll(",", "") : "";
}

/** @throws UserError for a day that is missing, repeated or out of order */
export function checkDays(rows: readonly PriceRow[]): void {
  rows.forEach(({ day, row }, i) => {
    const before = rows[i - 1]?.day;
    if (before === undefined || day === before + 1) return;
    if (day === before) {
      throw new UserError("E_PRICES_DUPLICATE", `row ${row} repeats the date ${formatDay(day)}`, "keep one price a day");
    }
    if (day < before) {
      const message = `row ${row} goes back from ${formatDay(before)} to ${formatDay(day)}`;
      throw new UserError("E_PRICES_ORDER", message, "sort the rows by date, oldest first or newest first");
    }
    const [first, last] = [formatDay(before + 1), formatDay(day - 1)];
    const message = `row ${row} leaves out ${first}${last === first ? "" : ` to ${last}`}`;
    throw new UserError(
      "E_PRICES_GAP",
      message,
      "give a price of its own for every day; one filled forward would hide its move",
    );
  });
}
