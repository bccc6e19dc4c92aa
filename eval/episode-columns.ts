import { improvements } from "../core/statistics.js";
import { EVENT_LEVELS, EVENT_METRICS, type EventLevel, type EventMetric, METRIC_KEYS } from "./metric-glossary.js";
import type { EpisodeMetrics } from "./types.js";

/** A limit on a cost, as the world declares it. */
interface CostLimit {
  readonly kind: "step" | "expectation" | "probability";
  readonly limit: number;
  readonly unit: string;
}

export type CostLimits = Readonly<Record<string, CostLimit>>;

/** How often an event happened, and in how many pairs to one side only. */
export interface EventCounts {
  readonly count: number;
  readonly onlyHere: number;
  readonly onlyBaseline: number;
  readonly episodes: number;
}

export type EventTable = Readonly<Record<EventMetric, Readonly<Record<EventLevel, EventCounts>>>>;

/** The same episodes under other controllers. */
interface Others {
  readonly baseline: EpisodeMetrics;
  /** By id; those that this controller is to be compared with one by one. */
  readonly rivals: Readonly<Record<string, EpisodeMetrics>>;
}

/** Everything of one controller in one scenario whose mean is reported, one value per episode. */
export function episodeColumns(
  metrics: EpisodeMetrics,
  limits: CostLimits,
  { baseline, rivals }: Others,
): Record<string, Float64Array> {
  const columns: Record<string, Float64Array> = { return: metrics.return };
  for (const key of METRIC_KEYS) columns[`metric.${key}`] = metrics[key];
  for (const [name, values] of Object.entries(metrics.terms)) columns[`term.${name}`] = values;
  for (const [name, values] of Object.entries(metrics.actions)) columns[`action.${name}`] = values;
  for (const [name, values] of Object.entries(metrics.costs)) {
    columns[`cost.${name}`] = values;
    const limit = limits[name];
    if (limit) columns[`limit.${name}`] = limitedQuantity(values, metrics.length, limit.kind);
  }
  for (const metric of EVENT_METRICS) {
    for (const [level, depth] of Object.entries(EVENT_LEVELS)) {
      const there = baseline[metric];
      columns[`event.${metric}.${level}`] = metrics[metric].map((value) => (value >= depth ? 1 : 0));
      columns[`excess.${metric}.${level}`] = metrics[metric].map((value, i) => (value >= depth && there[i]! < depth ? 1 : 0));
    }
  }
  for (const [id, rival] of Object.entries(rivals)) columns[`beats.${id}`] = improvements(metrics.return, rival.return);
  return columns;
}

/** What a limit bounds: the sum over the episode, whether there was any cost at all, or the mean per step simulated. */
function limitedQuantity(values: Float64Array, length: Float64Array, kind: CostLimit["kind"]): Float64Array {
  switch (kind) {
    case "expectation":
      return values;
    case "probability":
      return values.map((value) => (value > 0 ? 1 : 0));
    case "step":
      return values.map((value, i) => value / Math.max(1, length[i]!));
    default:
      return kind satisfies never;
  }
}

export function countEvents(metrics: EpisodeMetrics, baseline: EpisodeMetrics): EventTable {
  return mapEvents((metric, level) => {
    const depth = EVENT_LEVELS[level];
    let count = 0;
    let onlyHere = 0;
    let onlyBaseline = 0;
    metrics[metric].forEach((value, i) => {
      const here = value >= depth;
      const there = baseline[metric][i]! >= depth;
      if (here) count++;
      if (here && !there) onlyHere++;
      if (there && !here) onlyBaseline++;
    });
    return { count, onlyHere, onlyBaseline, episodes: metrics[metric].length };
  });
}

export function addEvents(tables: readonly EventTable[]): EventTable {
  return mapEvents((metric, level) => {
    const sum = (key: keyof EventCounts) => tables.reduce((total, table) => total + table[metric][level][key], 0);
    return { count: sum("count"), onlyHere: sum("onlyHere"), onlyBaseline: sum("onlyBaseline"), episodes: sum("episodes") };
  });
}

/** One value for each event: metric, then depth. */
export function mapEvents<Value>(value: (metric: EventMetric, level: EventLevel) => Value) {
  const levels = (metric: EventMetric) => ({ p50: value(metric, "p50"), p70: value(metric, "p70"), p90: value(metric, "p90") });
  return { maxDrawdown: levels("maxDrawdown"), fallFromStart: levels("fallFromStart") };
}
