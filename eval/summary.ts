import { type Interval, pairedProportionDifference, quantileSorted, sorted } from "../core/statistics.js";
import { type CostLimits, type EventCounts, type EventTable, mapEvents } from "./episode-columns.js";
import {
  designEffect,
  type Estimate,
  type Estimates,
  minus,
  probabilityOfZero,
  toInterval,
  toProbability,
} from "./estimates.js";
import { formatFixed, formatInterval, formatPercent, formatPercentInterval } from "./format.js";
import type { EventLevel, EventMetric } from "./metric-glossary.js";
import type { EventReport, Summary } from "./report-schema.js";
import { RESOLUTION } from "./verdicts.js";

/** Metrics of which quantiles over the episodes are given. */
const SPREAD_METRICS = ["return", "service", "annualVolatility", "supplyGrowth", "maxDrawdown", "fallFromStart"] as const;
export type SpreadMetric = (typeof SPREAD_METRICS)[number];

interface SummaryInput {
  readonly own: Estimates;
  readonly baseline: Estimates;
  readonly baselineId: string;
  readonly events: EventTable;
  /** Episodes of one scenario, or of all of them one after another. */
  readonly values: Readonly<Record<SpreadMetric, Float64Array>>;
  readonly limits: CostLimits;
  readonly level: number;
  /** Median of the paired differences to the baseline. */
  readonly medianGain: number;
}

/** A summary before the verdicts of a report are settled together. */
export interface SummaryDraft extends Omit<Summary, "verdict" | "minusBaseline" | "note"> {
  readonly minusBaseline: Omit<Summary["minusBaseline"], "pAdjusted">;
}

/** The figures of one controller: in one scenario, or over all scenarios (estimates averaged, episodes pooled). */
export function summarize(input: SummaryInput): SummaryDraft {
  const { own, baseline, level } = input;
  const returns = toInterval(own["return"]!, level);
  const middle = toInterval(own["iqm"]!, level);
  const beats = toProbability(own[`beats.${input.baselineId}`]!, level);
  const gain = minus(own["return"]!, baseline["return"]!);
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
      ...toInterval(gain, level),
      p: probabilityOfZero(gain),
      median: input.medianGain,
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

/** The reasons for which a controller violates; none for the baseline itself, whose differences are all 0. */
function violations(trips: Interval, drawdown: EventReport, { own, baseline, limits, level }: SummaryInput): string[] {
  const reasons: string[] = [];
  if (trips.low > 0) {
    const [here, there] = [own, baseline].map((estimates) => formatFixed(estimates["metric.trips"]!.value, 2));
    reasons.push(
      `more breaker trips per episode than the baseline: ${here} against ${there}, difference ${formatInterval(trips, true)}`,
    );
  }
  const deep = drawdown.minusBaseline;
  if (deep.low > 0) {
    const [here, there] = [drawdown.probability, drawdown.probability - deep.mean].map((share) => formatPercent(share));
    reasons.push(
      `drawdowns of 70 % more often than the baseline: in ${here} against ${there} of episodes, difference ${formatPercentInterval(deep, true)}`,
    );
  }
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

function eventReport({ own, baseline, events, level }: SummaryInput, metric: EventMetric, depth: EventLevel): EventReport {
  const counts = events[metric][depth];
  const { count, onlyHere, episodes } = counts;
  const key = `event.${metric}.${depth}`;
  const all = toProbability(own[key]!, level);
  const excess = toProbability(own[`excess.${metric}.${depth}`]!, level);
  return {
    probability: count / episodes,
    low: all.low,
    high: all.high,
    count,
    episodes,
    excess: { probability: onlyHere / episodes, low: excess.low, high: excess.high, count: onlyHere },
    minusBaseline: pairedEventInterval(counts, minus(own[key]!, baseline[key]!), level),
  };
}

/**
 * Difference of two paired probabilities. Episodes of scenarios that share their shocks count as fewer, by the design effect.
 * @param difference of the two events, market by market
 */
export function pairedEventInterval(
  { onlyHere, onlyBaseline, episodes }: Omit<EventCounts, "count">,
  difference: Estimate,
  level: number,
): Interval {
  const effect = designEffect(difference, onlyHere + onlyBaseline);
  const pairs = { firstOnly: onlyHere / effect, secondOnly: onlyBaseline / effect, pairs: episodes / effect };
  return { ...pairedProportionDifference(pairs, level), mean: (onlyHere - onlyBaseline) / episodes };
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
