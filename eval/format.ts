import type { Interval } from "../core/statistics.js";

/** Decimals that show two significant digits of an interval's half width, 0 to 6. */
export function intervalDecimals({ low, high }: Pick<Interval, "low" | "high">): number {
  const halfWidth = (high - low) / 2;
  if (!(halfWidth > 0)) return 3;
  return Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(halfWidth))));
}

/** The decimals that suit most of several intervals: the median of those with a width, at most `most`. */
export function commonDecimals(intervals: readonly Pick<Interval, "low" | "high">[], most: number): number {
  const each = intervals.filter(({ low, high }) => high > low).map(intervalDecimals);
  each.sort((a, b) => a - b);
  return Math.min(most, each[Math.floor(each.length / 2)] ?? 2);
}

/** A number with fixed decimals, a true minus sign and no minus zero; `+` in front when asked. */
export function formatFixed(value: number, decimals: number, sign = false): string {
  const digits = Math.abs(value).toFixed(decimals);
  if (Number(digits) === 0) return digits;
  return `${value < 0 ? "−" : sign ? "+" : ""}${withThousands(digits)}`;
}

export function formatInteger(value: number): string {
  return formatFixed(value, 0);
}

export function formatPercent(value: number, decimals = 1, sign = false): string {
  return `${formatFixed(value * 100, decimals, sign)} %`;
}

/** `0.0312 [0.0251, 0.0373]`, as precise as the interval allows. */
export function formatInterval(interval: Interval, sign = false): string {
  const decimals = intervalDecimals(interval);
  return `${formatFixed(interval.mean, decimals, sign)} ${formatBounds(interval, decimals, sign)}`;
}

export function formatBounds(interval: Pick<Interval, "low" | "high">, decimals: number, sign = false): string {
  return `[${formatFixed(interval.low, decimals, sign)}, ${formatFixed(interval.high, decimals, sign)}]`;
}

/** The same in per cent: `3.1 [2.5, 3.7] %`. */
export function formatPercentInterval(interval: Interval, sign = false): string {
  return `${formatInterval(scale(interval, 100), sign)} %`;
}

/** At most four significant digits, for values of unknown size. */
export function formatShort(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replaceAll("-", "−");
  const rounded = Number(value.toPrecision(4));
  return formatFixed(rounded, (String(rounded).split(".")[1] ?? "").length);
}

function scale({ mean, low, high }: Interval, factor: number): Interval {
  return { mean: mean * factor, low: low * factor, high: high * factor };
}

function withThousands(digits: string): string {
  const [whole, fraction] = digits.split(".") as [string, string | undefined];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
