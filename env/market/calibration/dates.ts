const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAY_MS = 86_400_000;

/** Which of two numbers below 13 is the day. */
type DateOrder = "day-first" | "month-first";

/**
 * The order of day and month in a column of dates like 03/04/2024, from the dates that leave no choice.
 * Undefined when there is none such, or when they disagree.
 */
export function dateOrder(texts: readonly string[]): DateOrder | undefined {
  const pairs = texts.flatMap((text) => {
    const [, a, b] = /^(\d{1,2})[/-](\d{1,2})[/-]\d{4}\b/.exec(text) ?? [];
    return a === undefined ? [] : [[Number(a), Number(b)] as const];
  });
  const dayFirst = pairs.some(([a]) => a > 12);
  const monthFirst = pairs.some(([, b]) => b > 12);
  if (dayFirst === monthFirst) return undefined;
  return dayFirst ? "day-first" : "month-first";
}

/**
 * The day that a cell means, in days since 1970 (UTC), NaN where it is no date. Read are 2024-03-31, 2024/03/31, a time of day behind
 * a date (dropped when it is UTC or of no zone), 31.03.2024, Mar 31, 2024 and 31 Mar 2024, 03/31/2024 in the given order, and
 * seconds or milliseconds since 1970.
 */
export function parseDay(text: string, order: DateOrder | undefined): number {
  if (/^\d{10}$/.test(text)) return Math.floor(Number(text) / 86_400);
  if (/^\d{13}$/.test(text)) return Math.floor(Number(text) / DAY_MS);
  const date = text.replace(/[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|UTC|GMT|[+-]00:?00))?$/, "");
  const fields = yearFirst(date) ?? withDots(date) ?? withMonthName(date) ?? withSlashes(date, order);
  return fields ? dayOf(...fields) : Number.NaN;
}

type Fields = readonly [year: number, month: number, day: number];

function yearFirst(text: string): Fields | undefined {
  const [, year, , month, day] = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/.exec(text) ?? [];
  return year === undefined ? undefined : [Number(year), Number(month), Number(day)];
}

function withDots(text: string): Fields | undefined {
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? [];
  return year === undefined ? undefined : [Number(year), Number(month), Number(day)];
}

function withMonthName(text: string): Fields | undefined {
  const [, name, day, year] = /^([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})$/.exec(text) ?? [];
  const [, day2, name2, year2] = /^(\d{1,2})[ -]([A-Za-z]{3})[a-z]*\.?[ -](\d{4})$/.exec(text) ?? [];
  const month = MONTHS.indexOf((name ?? name2 ?? "").toLowerCase()) + 1;
  return month === 0 ? undefined : [Number(year ?? year2), month, Number(day ?? day2)];
}

function withSlashes(text: string, order: DateOrder | undefined): Fields | undefined {
  const [, a, b, year] = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text) ?? [];
  if (year === undefined || order === undefined) return undefined;
  return order === "day-first" ? [Number(year), Number(b), Number(a)] : [Number(year), Number(a), Number(b)];
}

/** NaN for a day that the calendar lacks. */
function dayOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() / DAY_MS : Number.NaN;
}

/** YYYY-MM-DD of a day since 1970. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
