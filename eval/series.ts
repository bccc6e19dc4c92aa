import { quantileSorted } from "../core/statistics.js";
import type { Band, SeriesBands } from "./report-schema.js";
import type { EpisodeSeries } from "./types.js";

/** Outer quantiles of the bands: eight episodes of ten lie between them. */
const BAND_QUANTILES = [0.1, 0.5, 0.9] as const;

/**
 * Quantile bands over the episodes, at no more than `points` days spread evenly from the first to the last.
 * An episode that ended early keeps its last finite value: dropping it would hide the worst cases.
 */
export function seriesBands(series: EpisodeSeries, points = 120): SeriesBands {
  const days = sampleDays(series.days, points);
  const actions = Object.entries(series.actions).map(([name, values]) => [
    name,
    bandOf(carryForward(values, series), series, days),
  ]);
  const supply = relativeToStart(carryForward(series.supply, series), series);
  return {
    days: days.map((day) => day + 1),
    episodes: series.episodes,
    price: bandOf(carryForward(series.price, series), series, days),
    supply: bandOf(supply, series, days),
    actions: Object.fromEntries(actions) as Record<string, Band>,
  };
}

/** Indices 0 .. days-1, first and last included, at most `points` of them. */
export function sampleDays(days: number, points: number): number[] {
  const count = Math.min(days, points);
  if (count <= 1) return count === 1 ? [days - 1] : [];
  return Array.from({ length: count }, (_, i) => Math.round((i * (days - 1)) / (count - 1)));
}

interface Shape {
  readonly days: number;
  readonly episodes: number;
}

function bandOf(values: Float32Array, { episodes }: Shape, days: readonly number[]): Band {
  const band: Band = { low: [], middle: [], high: [] };
  for (const day of days) {
    const row = values
      .slice(day * episodes, (day + 1) * episodes)
      .filter(Number.isFinite)
      .sort();
    const [low, middle, high] = BAND_QUANTILES.map((q) => Number(quantileSorted(row, q).toPrecision(6))) as [
      number,
      number,
      number,
    ];
    band.low.push(low);
    band.middle.push(middle);
    band.high.push(high);
  }
  return band;
}

function carryForward(values: Float32Array, { days, episodes }: Shape): Float32Array {
  const filled = values.slice();
  for (let at = episodes; at < days * episodes; at++) if (!Number.isFinite(filled[at])) filled[at] = filled[at - episodes]!;
  return filled;
}

function relativeToStart(values: Float32Array, { episodes }: Shape): Float32Array {
  return values.map((value, at) => value / values[at % episodes]! - 1);
}
