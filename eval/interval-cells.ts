import type { Interval } from "../core/statistics.js";
import { commonDecimals, formatBounds, formatFixed } from "./format.js";
import type { Cell, Column } from "./html.js";

interface IntervalFormat {
  readonly percent?: boolean;
  /** Plus signs, for differences. */
  readonly sign?: boolean;
  /** Most decimals; 4, or 2 for per cent, unless said otherwise. */
  readonly decimals?: number;
}

/** A column of means with their intervals in small print below, all with the same decimals. Null leaves a cell empty. */
export function intervalColumn(
  head: Column["head"],
  intervals: readonly (Interval | null)[],
  { percent = false, sign = false, decimals: most = percent ? 2 : 4 }: IntervalFormat = {},
): Column {
  const factor = percent ? 100 : 1;
  const scaled = intervals.map((interval) => interval && scale(interval, factor));
  const decimals = commonDecimals(
    scaled.filter((interval) => interval !== null),
    most,
  );
  const cells = scaled.map((interval): Cell | string => {
    if (!interval) return "";
    return {
      text: formatFixed(interval.mean, decimals, sign) + (percent ? " %" : ""),
      note: formatBounds(interval, decimals, sign),
    };
  });
  return { head, cells };
}

function scale({ mean, low, high }: Interval, factor: number): Interval {
  return { mean: mean * factor, low: low * factor, high: high * factor };
}

interface Improvement {
  readonly probabilityOfImprovement: number;
  readonly probabilityLow: number;
  readonly probabilityHigh: number;
}

/** A column of probabilities of improvement. */
export function improvementColumn(head: Column["head"], pairs: readonly (Improvement | null)[]): Column {
  const intervals = pairs.map(
    (pair) => pair && { mean: pair.probabilityOfImprovement, low: pair.probabilityLow, high: pair.probabilityHigh },
  );
  return intervalColumn(head, intervals, { percent: true, decimals: 1 });
}
