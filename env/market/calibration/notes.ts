import { FITTED, type Fitted, type FittedSpecs, searchSpace } from "./fitted.js";
import type { SeriesStatistics } from "./price-series.js";
import type { FittedInterval } from "./uncertainty.js";

/** Median and middle 90 % of a figure over simulated paths. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The figures of {@link SeriesStatistics}, over simulated paths. */
export interface SimulatedStatistics {
  readonly paths: number;
  readonly annualVolatility: Spread;
  readonly kurtosis: Spread;
  readonly absReturnAutocorrelation: { readonly lag1: Spread; readonly lag5: Spread; readonly lag20: Spread };
  readonly maxDrawdown: Spread;
}

const NEAR = 0.02;
const WIDE = 0.6;

/**
 * Parameters within 2 % of their range from a bound, on the scale of the search. A lower bound of 0 of a rate or size is no bound:
 * nothing lies beyond it.
 */
export function boundNotes(params: Fitted, specs: FittedSpecs): string[] {
  const { low, high, enter } = searchSpace(specs);
  const x = enter(params);
  return FITTED.flatMap((name, i) => {
    const spec = specs[name];
    const close = NEAR * (high[i]! - low[i]!);
    const side = x[i]! - low[i]! < close ? "low" : high[i]! - x[i]! < close ? "high" : undefined;
    if (side === undefined || (side === "low" && spec.low === 0)) return [];
    const bound = `the ${side === "low" ? "lower" : "upper"} bound of its range, ${spec[side]} ${spec.unit}`;
    return [`${name} is at ${bound}: the data would go ${side === "low" ? "lower" : "higher"}`];
  });
}

/** Parameters whose interval covers most of their range. */
export function identificationNotes(intervals: Readonly<Record<keyof Fitted, FittedInterval>>, specs: FittedSpecs): string[] {
  const { low, high, enter } = searchSpace(specs);
  const side = (of: keyof FittedInterval) =>
    enter(Object.fromEntries(FITTED.map((name) => [name, intervals[name][of]])) as Fitted);
  const [from, to] = [side("low"), side("high")];
  return FITTED.flatMap((name, i) => {
    if (to[i]! - from[i]! < WIDE * (high[i]! - low[i]!)) return [];
    const range = `${intervals[name].low.toPrecision(3)} to ${intervals[name].high.toPrecision(3)}`;
    return [`this series does not identify ${name}: values from ${range} fit about as well`];
  });
}

/** Figures of the data outside of the simulated range. */
export function rangeNotes(data: SeriesStatistics, simulated: SimulatedStatistics): string[] {
  const lags = ["lag1", "lag5", "lag20"] as const;
  const rows: (readonly [string, number, Spread])[] = [
    ["annual volatility", data.annualVolatility, simulated.annualVolatility],
    ["kurtosis", data.kurtosis, simulated.kurtosis],
    ...lags.map((lag) => {
      const name = `autocorrelation of absolute returns at ${lag.replace("lag", "lag ")}`;
      return [name, data.absReturnAutocorrelation[lag], simulated.absReturnAutocorrelation[lag]] as const;
    }),
    ["max drawdown", data.maxDrawdown, simulated.maxDrawdown],
  ];
  return rows
    .filter(([, value, { low, high }]) => !(value >= low && value <= high))
    .map(([name, value, { low, high }]) => {
      return `${name} of the data, ${value.toFixed(3)}, is outside the simulated 90 % range ${low.toFixed(3)} to ${high.toFixed(3)}`;
    });
}
