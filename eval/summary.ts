import { clopperPearson, type Interval, pairedProportionDifference, quantileSorted, sorted } from "../core/statistics.js";
import { type CostLimits, type EventTable, mapEvents } from "./episode-columns.js";
import { type Estimate, type Estimates, minus, toInterval } from "./estimates.js";
import { formatInterval, formatPercentInterval } from "./format.js";
import type { EventLevel, EventMetric } from "./metric-glossary.js";
import type { EventReport, Summary, Verdict } from "./report-schema.js";

/** Metrics of which quantiles over the episodes are given. */
const SPREAD_METRICS = ["return", "service", "annualVolatility", "supplyGrowth", "maxDrawdown", "fallFromStart"] as const;
export type SpreadMetric = (typeof SPREAD_METRICS)[number];

export interface SummaryInput {
  readonly own: Estimates;
  readonly baseline: Estimates;
  readonly baselineId: string;
  readonly events: EventTable;
  /** Episodes of one scenario, or of all of them one after another. */
  readonly values: Readonly<Record<SpreadMetric, Float64Array>>;
  readonly limits: CostLimits;
  readonly level: number;
}

/** The figures of one controller: in one scenario, or over all scenarios (estimates averaged, episodes pooled). */
export function summarize(input: SummaryInput): Summary {
  const { own, baseline, level } = input;
  const returns = toInterval(own["return"]!, level);
  const middle = toInterval(own["iqm"]!, level);
  const beats = toInterval(own[`beats.${input.baselineId}`]!, level);
  const gain = toInterval(minus(own["return"]!, baseline["return"]!), level);
  const metrics = intervalsOf(own, "metric.", level);
  const events = mapEvents((metric, depth) => eventReport(input, metric, depth));
  const limits = limitReports(input);
  const metricsMinusBaseline = differencesOf(own, baseline, "metric.", level);
  const quantiles = mapMetrics((metric) => spread(input.values[metric]));
  const reasons = violations(metricsMinusBaseline["trips"]!, events.maxDrawdown.p70, input);
  return {
    return: {
      ...returns,
      iqm: middle.mean,
      iqmLow: middle.low,
      iqmHigh: middle.high,
      worst5: toInterval(own["worst5"]!, level),
    },
    minusBaseline: {
      ...gain,
      probabilityOfImprovement: beats.mean,
      probabilityLow: beats.low,
      probabilityHigh: beats.high,
    },
    annualVolatility: own["metric.annualVolatility"]!.value,
    supplyGrowth: own["metric.supplyGrowth"]!.value,
    drawdown: {
      p50: events.maxDrawdown.p50.probability,
      p70: events.maxDrawdown.p70.probability,
      p90: events.maxDrawdown.p90.probability,
    },
    trips: own["metric.trips"]!.value,
    verdict: reasons.length > 0 ? "violates" : verdictOf(gain, quantiles.return),
    reasons,
    metrics,
    metricsMinusBaseline,
    quantiles,
    events,
    terms: intervalsOf(own, "term.", level),
    termsMinusBaseline: differencesOf(own, baseline, "term.", level),
    actions: intervalsOf(own, "action.", level),
    costs: intervalsOf(own, "cost.", level),
    limits,
  };
}

/**
 * Share of a figure's size that a difference must exceed to count. Markets are simulated in single precision: two controllers that do
 * the same by different arithmetic differ by roundings, some 1e-7 of each step, and paired intervals are narrow enough to show it.
 */
const RESOLUTION = 1e-5;

/**
 * By the interval of a difference of returns alone.
 * @param returns quantiles of one side's returns, for their size
 */
export function verdictOf(
  gain: Pick<Interval, "low" | "high">,
  returns: { readonly q05: number; readonly q95: number },
): Exclude<Verdict, "violates"> {
  const least = RESOLUTION * Math.max(Math.abs(returns.q05), Math.abs(returns.q95));
  return gain.low > least ? "better" : gain.high < -least ? "worse" : "undecided";
}

/** The reasons for which a controller violates; none for the baseline itself, whose differences are all 0. */
function violations(trips: Interval, drawdown: EventReport, { own, baseline, limits, level }: SummaryInput): string[] {
  const reasons: string[] = [];
  if (trips.low > 0) reasons.push(`more breaker trips per episode than the baseline: ${formatInterval(trips, true)}`);
  const deep = drawdown.minusBaseline;
  if (deep.low > 0) reasons.push(`drawdowns of 70 % more often than the baseline: ${formatPercentInterval(deep, true)}`);
  for (const [name, { limit }] of Object.entries(limits)) {
    const key = `limit.${name}`;
    if (!own[key] || !baseline[key]) continue;
    const above = toInterval(own[key], level);
    const more = toInterval(minus(own[key], baseline[key]), level);
    if (above.low > limit && more.low > RESOLUTION * above.mean) {
      reasons.push(`cost ${name} above its limit of ${limit} and above the baseline: ${formatInterval(above)}`);
    }
  }
  return reasons;
}

function limitReports({ own, limits, level }: SummaryInput): Summary["limits"] {
  return Object.entries(limits).flatMap(([constraint, { kind, limit, unit }]) => {
    const estimate = own[`limit.${constraint}`];
    if (!estimate) return [];
    const interval = toInterval(estimate, level);
    return [{ constraint, kind, unit, limit, ...interval, exceeded: interval.low > limit }];
  });
}

/**
 * Exact intervals treat the episodes as independent, the bootstrap knows that scenarios share their shocks but is blind to what
 * was never seen: the report gives the wider of both at either end.
 */
function eventReport({ own, baseline, events, level }: SummaryInput, metric: EventMetric, depth: EventLevel): EventReport {
  const { count, onlyHere, onlyBaseline, episodes } = events[metric][depth];
  const key = `event.${metric}.${depth}`;
  const resampled = (estimate: Estimate) => toInterval(estimate, level);
  const all = widest(clopperPearson(count, episodes, level), resampled(own[key]!));
  const excess = widest(clopperPearson(onlyHere, episodes, level), resampled(own[`excess.${metric}.${depth}`]!));
  const difference = pairedProportionDifference(onlyHere, onlyBaseline, episodes, level);
  return {
    ...asProbability(all),
    count,
    episodes,
    excess: { ...asProbability(excess), count: onlyHere },
    minusBaseline: widest(difference, resampled(minus(own[key]!, baseline[key]!))),
  };
}

function widest(a: Interval, b: Interval): Interval {
  return { mean: a.mean, low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

function asProbability({ mean, low, high }: Interval) {
  return { probability: mean, low: Math.max(0, low), high: Math.min(1, high) };
}

function intervalsOf(estimates: Estimates, prefix: string, level: number): Record<string, Interval> {
  return Object.fromEntries(namesOf(estimates, prefix).map((name) => [name, toInterval(estimates[prefix + name]!, level)]));
}

function differencesOf(own: Estimates, baseline: Estimates, prefix: string, level: number): Record<string, Interval> {
  const difference = (key: string) => toInterval(minus(own[key]!, baseline[key]!), level);
  return Object.fromEntries(namesOf(own, prefix).map((name) => [name, difference(prefix + name)]));
}

function namesOf(estimates: Estimates, prefix: string): string[] {
  return Object.keys(estimates).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
}

function mapMetrics<T>(of: (metric: SpreadMetric) => T): Record<SpreadMetric, T> {
  return Object.fromEntries(SPREAD_METRICS.map((metric) => [metric, of(metric)])) as Record<SpreadMetric, T>;
}

function spread(values: Float64Array) {
  const ascending = sorted(values);
  const at = (probability: number) => quantileSorted(ascending, probability);
  return { q05: at(0.05), q25: at(0.25), q50: at(0.5), q75: at(0.75), q95: at(0.95) };
}
