import { counterRandom, drawResamples, type Resamples } from "../core/bootstrap.js";
import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { standardDeviation } from "../core/statistics.js";
import { addEvents, type CostLimits, countEvents, episodeColumns } from "./episode-columns.js";
import {
  averageEstimates,
  type Estimates,
  estimateMeans,
  estimateOrderMean,
  MAX_GROUPS,
  minus,
  toInterval,
} from "./estimates.js";
import { METRIC_KEYS } from "./metric-glossary.js";
import type { ControllerReport, Pairwise } from "./report-schema.js";
import { type SpreadMetric, summarize } from "./summary.js";
import type { ControllerRun, EpisodeMetrics } from "./types.js";

export interface BootstrapConfig {
  readonly replicates: number;
  readonly level: number;
  readonly seed: number;
}

export const DEFAULT_BOOTSTRAP: BootstrapConfig = { replicates: 2000, level: 0.95, seed: 1 };

export interface CompareInput {
  /** All with the same scenarios, and as many episodes in each; episode i is the same market for all. */
  readonly runs: readonly ControllerRun[];
  /** Id of the run that the others are compared with. */
  readonly baseline: string;
  readonly limits: CostLimits;
  readonly bootstrap: BootstrapConfig;
}

export interface Comparison {
  readonly scenarios: readonly string[];
  /** Best mean return first. */
  readonly controllers: readonly ControllerReport[];
  readonly pairwise: readonly Pairwise[];
}

/**
 * Compares controllers that lived through the same markets.
 *
 * One set of resampled episode numbers serves every scenario, controller and metric. So differences stay paired, and where
 * episode i has the same shocks in several scenarios the average over scenarios does not count them as independent.
 * @throws UserError when the baseline is not among the runs
 */
export function compareRuns(input: CompareInput): Comparison {
  const { runs, baseline } = input;
  const scenarios = checkRuns(runs, baseline);
  const resampling = planResamples(input);
  const estimated = runs.map((run) => ({ run, estimates: estimateRun(run, input, scenarios, resampling) }));
  estimated.sort((a, b) => b.estimates.aggregate["return"]!.value - a.estimates.aggregate["return"]!.value);
  const reference = estimated.find(({ run }) => run.id === baseline)!;
  const controllers = estimated.map(({ run, estimates }) =>
    controllerReport(run, estimates, reference.run, reference.estimates, input, scenarios),
  );
  const pairwise = estimated.flatMap((one) => (one.run.kind === "learned" ? pairsOf(one, estimated, input, scenarios) : []));
  return { scenarios, controllers, pairwise };
}

export interface RunEstimates {
  readonly aggregate: Estimates;
  readonly byScenario: Readonly<Record<string, Estimates>>;
}

interface EstimatedRun {
  readonly run: ControllerRun;
  readonly estimates: RunEstimates;
}

export interface Resampling {
  /** For means; at most MAX_GROUPS wide. */
  readonly means: Resamples;
  /** For order statistics; as wide as there are episodes. */
  readonly order: Resamples;
}

export function planResamples({ runs, bootstrap }: Pick<CompareInput, "runs" | "bootstrap">): Resampling {
  const episodes = Object.values(runs[0]!.scenarios)[0]!.metrics.return.length;
  const order = drawResamples(episodes, bootstrap.replicates, counterRandom(bootstrap.seed));
  const means = episodes <= MAX_GROUPS ? order : drawResamples(MAX_GROUPS, bootstrap.replicates, counterRandom(bootstrap.seed));
  return { means, order };
}

export function estimateRun(
  run: ControllerRun,
  { runs, baseline, limits }: CompareInput,
  scenarios: readonly string[],
  resampling: Resampling,
): RunEstimates {
  const rivals = runs.filter((other) => other.id === baseline || (run.kind === "learned" && other.id !== run.id));
  const byScenario: Record<string, Estimates> = {};
  for (const scenario of scenarios) {
    const { metrics } = run.scenarios[scenario]!;
    const theirs = Object.fromEntries(rivals.map((rival) => [rival.id, rival.scenarios[scenario]!.metrics]));
    const others = { baseline: theirs[baseline]!, rivals: theirs };
    byScenario[scenario] = {
      ...estimateMeans(episodeColumns(metrics, limits, others), resampling.means),
      iqm: estimateOrderMean(metrics.return, 0.25, 0.75, resampling.order),
      worst5: estimateOrderMean(metrics.return, 0, 0.05, resampling.order),
    };
  }
  const keys = Object.keys(byScenario[scenarios[0]!]!);
  const aggregate = Object.fromEntries(
    keys.map((key) => [key, averageEstimates(scenarios.map((scenario) => byScenario[scenario]![key]!))]),
  );
  return { aggregate, byScenario };
}

function controllerReport(
  run: ControllerRun,
  estimates: RunEstimates,
  reference: ControllerRun,
  baseline: RunEstimates,
  { limits, bootstrap: { level } }: CompareInput,
  scenarios: readonly string[],
): ControllerReport {
  const metricsIn = (of: ControllerRun, scenario: string) => of.scenarios[scenario]!.metrics;
  const events = scenarios.map((scenario) => countEvents(metricsIn(run, scenario), metricsIn(reference, scenario)));
  const shared = { baselineId: reference.id, limits, level };
  const byScenario = scenarios.map((scenario, s) => [
    scenario,
    summarize({
      ...shared,
      own: estimates.byScenario[scenario]!,
      baseline: baseline.byScenario[scenario]!,
      events: events[s]!,
      values: metricsIn(run, scenario),
    }),
  ]);
  const aggregate = summarize({
    ...shared,
    own: estimates.aggregate,
    baseline: baseline.aggregate,
    events: addEvents(events),
    values: poolEpisodes(scenarios.map((scenario) => metricsIn(run, scenario))),
  });
  const { id, kind, tuned } = run;
  return { id, kind, tuned, isBaseline: id === reference.id, aggregate, byScenario: Object.fromEntries(byScenario) };
}

function pairsOf(
  one: EstimatedRun,
  all: readonly EstimatedRun[],
  { bootstrap: { level } }: CompareInput,
  scenarios: readonly string[],
) {
  const others = all.filter(({ run }) => run.id !== one.run.id);
  return others.map((other): Pairwise => {
    const difference = (key: string) =>
      toInterval(minus(one.estimates.aggregate[key]!, other.estimates.aggregate[key]!), level);
    const pair = (mine: Estimates, theirs: Estimates) => {
      const beats = toInterval(mine[`beats.${other.run.id}`]!, level);
      return {
        ...toInterval(minus(mine["return"]!, theirs["return"]!), level),
        probabilityOfImprovement: beats.mean,
        probabilityLow: beats.low,
        probabilityHigh: beats.high,
      };
    };
    const byScenario = scenarios.map((scenario) => [
      scenario,
      pair(one.estimates.byScenario[scenario]!, other.estimates.byScenario[scenario]!),
    ]);
    return {
      id: one.run.id,
      against: other.run.id,
      aggregate: {
        ...pair(one.estimates.aggregate, other.estimates.aggregate),
        trips: difference("metric.trips"),
        drawdown70: difference("event.maxDrawdown.p70"),
        varianceReduction: varianceReduction(one.run, other.run, scenarios),
      },
      byScenario: Object.fromEntries(byScenario),
    };
  });
}

/** (var x + var y) / var(x - y), summed over the scenarios; 1 where nothing varies. */
function varianceReduction(one: ControllerRun, other: ControllerRun, scenarios: readonly string[]): number {
  let unpaired = 0;
  let paired = 0;
  for (const scenario of scenarios) {
    const x = one.scenarios[scenario]!.metrics.return;
    const y = other.scenarios[scenario]!.metrics.return;
    if (x.length < 2) return 1;
    unpaired += standardDeviation(x) ** 2 + standardDeviation(y) ** 2;
    paired += standardDeviation(x.map((value, i) => value - y[i]!)) ** 2;
  }
  return paired > 0 ? unpaired / paired : 1;
}

function poolEpisodes(scenarios: readonly EpisodeMetrics[]): Record<SpreadMetric, Float64Array> {
  const pool = (metric: SpreadMetric) => Float64Array.from(scenarios.flatMap((metrics) => [...metrics[metric]]));
  return {
    return: pool("return"),
    service: pool("service"),
    annualVolatility: pool("annualVolatility"),
    supplyGrowth: pool("supplyGrowth"),
    maxDrawdown: pool("maxDrawdown"),
    fallFromStart: pool("fallFromStart"),
  };
}

/** The names of the scenarios, in the order of the first run. Everything but an unknown baseline is the caller's fault. */
function checkRuns(runs: readonly ControllerRun[], baseline: string): readonly string[] {
  const ids = runs.map((run) => run.id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) {
    throw new UserError("E_CONTROLLER_TWICE", `controller ${twice} is given twice`, "name every controller once");
  }
  if (!ids.includes(baseline)) {
    throw new UserError("E_BASELINE", `baseline ${baseline} is not among the controllers`, suggest(baseline, ids));
  }
  const scenarios = Object.keys(runs[0]!.scenarios);
  const episodes = runs[0]!.scenarios[scenarios[0]!]!.metrics.return.length;
  for (const run of runs) {
    if (Object.keys(run.scenarios).length !== scenarios.length) throw new Error(`${run.id} has other scenarios than ${ids[0]}`);
    for (const scenario of scenarios) checkMetrics(run, scenario, episodes);
  }
  return scenarios;
}

function checkMetrics(run: ControllerRun, scenario: string, episodes: number): void {
  const metrics = run.scenarios[scenario]?.metrics;
  if (!metrics) throw new Error(`${run.id} was not run in scenario ${scenario}`);
  const all = { return: metrics.return, ...pick(metrics), ...metrics.terms, ...metrics.actions, ...metrics.costs };
  for (const [name, values] of Object.entries(all)) {
    if (values.length !== episodes)
      throw new Error(`${name} of ${run.id} in ${scenario} has ${values.length} episodes, not ${episodes}`);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new Error(`${name} of ${run.id} in ${scenario} is ${values[bad]} in episode ${bad}`);
  }
}

function pick(metrics: EpisodeMetrics): Record<string, Float64Array> {
  return Object.fromEntries(METRIC_KEYS.map((key) => [key, metrics[key]]));
}
