import { DEEP_DRAWDOWN } from "../agents/rollout/episode-metrics.js";

/** How a metric is written: as a plain number or as a percentage. */
type MetricFormat = "number" | "percent";

interface MetricInfo {
  readonly label: string;
  readonly unit: string;
  readonly format: MetricFormat;
  readonly doc: string;
}

/** Metrics of an episode besides the return, in the order of the report. The keys are those of `EpisodeMetrics`. */
export const METRICS = {
  service: {
    label: "Service delivered",
    unit: "of reference",
    format: "percent",
    doc: "mean service delivered, relative to the reference level of the economy",
  },
  annualVolatility: {
    label: "Annual volatility",
    unit: "per sqrt(year)",
    format: "percent",
    doc: "standard deviation of daily log returns of the price times sqrt(365)",
  },
  supplyGrowth: {
    label: "Net supply change",
    unit: "of start",
    format: "percent",
    doc: "total supply at the end over total supply at the start, minus 1",
  },
  maxDrawdown: {
    label: "Maximum drawdown",
    unit: "of peak",
    format: "percent",
    doc: "largest fall of the price below its running peak",
  },
  fallFromStart: {
    label: "Fall from the start",
    unit: "of start",
    format: "percent",
    doc: "1 - lowest price over price at the start, at least 0",
  },
  trips: {
    label: "Breaker trips",
    unit: "per episode",
    format: "number",
    doc: "times the drawdown halt tripped",
  },
  interventionRate: {
    label: "Intervention rate",
    unit: "of steps",
    format: "percent",
    doc: "share of steps in which a breaker changed the requested action",
  },
  length: {
    label: "Steps lived",
    unit: "steps",
    format: "number",
    doc: "control steps until the horizon or ruin",
  },
} as const satisfies Readonly<Record<string, MetricInfo>>;

type MetricKey = keyof typeof METRICS;
export const METRIC_KEYS = Object.keys(METRICS) as readonly MetricKey[];

/** Depths of drawdown and fall that count as events. */
export const EVENT_LEVELS = { p50: 0.5, p70: DEEP_DRAWDOWN, p90: 0.9 } as const;
export type EventLevel = keyof typeof EVENT_LEVELS;
export const EVENT_METRICS = ["maxDrawdown", "fallFromStart"] as const;
export type EventMetric = (typeof EVENT_METRICS)[number];
