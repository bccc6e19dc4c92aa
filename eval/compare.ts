import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { addEvents, type CostLimits, countEvents } from "./episode-columns.js";
import { estimateRun } from "./estimate-run.js";
import { METRIC_KEYS } from "./metric-glossary.js";
import { comparePairs, type EstimatedRun, medianGain } from "./pairs.js";
import type { ControllerReport, Pairwise, Summary } from "./report-schema.js";
import { type SpreadMetric, type SummaryDraft, summarize } from "./summary.js";
import type { ControllerRun, EpisodeMetrics } from "./types.js";
import { type Difference, type Judgement, judgeDifferences, MIN_EPISODES } from "./verdicts.js";

/** Probability with which an interval of a report covers. */
export const LEVEL = 0.95;

export interface CompareInput {
  /** All with the same scenarios, and as many episodes in each; episode i is the same market for all. */
  readonly runs: readonly ControllerRun[];
  /** Id of the run that the others are compared with. */
  readonly baseline: string;
  readonly limits: CostLimits;
  /** Probability that an interval covers, for example 0.95. */
  readonly level: number;
}

/** A learned controller and the rule with the highest mean return. */
export interface Rivalry {
  readonly pair: Pairwise;
  readonly judgement: Judgement;
  readonly byScenario: Readonly<Record<string, Judgement>>;
}

export interface Comparison {
  readonly scenarios: readonly string[];
  /** Best mean return first. */
  readonly controllers: readonly ControllerReport[];
  readonly pairwise: readonly Pairwise[];
  /** One for each learned controller, where there is a rule. */
  readonly rivalries: readonly Rivalry[];
  /** Verdicts that were corrected for their number together, and how many of them were better or worse on their own. */
  readonly verdicts: { readonly count: number; readonly withdrawn: number };
}

/**
 * Compares controllers on the same markets.
 *
 * Where episode i has the same shocks in several scenarios, the average over scenarios does not count them as independent.
 * @throws UserError when the baseline is not among the runs
 */
export function compareRuns(input: CompareInput): Comparison {
  const { runs, baseline, level } = input;
  const scenarios = checkRuns(runs, baseline);
  const estimated = runs.map((run) => ({ run, estimates: estimateRun(run, { ...input, scenarios }) }));
  estimated.sort((a, b) => b.estimates.aggregate["return"]!.value - a.estimates.aggregate["return"]!.value);
  const reference = estimated.find(({ run }) => run.id === baseline)!;
  const drafts = estimated.map((one) => draftReport(one, reference, input, scenarios));
  const pairwise = estimated.flatMap((one) =>
    one.run.kind === "learned" ? comparePairs(one, estimated, scenarios, level) : [],
  );
  const best = bestRule(drafts)?.id;
  const rivals = pairwise.filter(({ against }) => against === best);
  const differences = new Map([
    ...drafts.filter(({ isBaseline }) => !isBaseline).flatMap((draft) => baselineDifferences(draft, baseline)),
    ...rivals.flatMap((pair) => pairDifferences(pair, drafts.find(({ id }) => id === pair.id)!)),
  ]);
  const episodes = runs[0]!.scenarios[scenarios[0]!]!.metrics.return.length;
  const judgements = judgeDifferences(differences, episodes, level);
  const judge = (id: string, against: string, scenario?: string) => judgements.get(keyOf(id, against, scenario));
  return {
    scenarios,
    controllers: drafts.map((draft) => settle(draft, episodes, (scenario) => judge(draft.id, baseline, scenario))),
    pairwise,
    rivalries: rivals.map((pair) => ({
      pair,
      judgement: judge(pair.id, pair.against)!,
      byScenario: Object.fromEntries(scenarios.map((name) => [name, judge(pair.id, pair.against, name)!])),
    })),
    verdicts: { count: judgements.size, withdrawn: countWithdrawn(judgements, episodes) },
  };
}

/** The rule with the highest mean return over the scenarios. Choosing it on the test markets favours the rules, if anyone. */
export function bestRule<Controller extends { readonly kind: "learned" | "rule" }>(
  controllers: readonly Controller[],
): Controller | undefined {
  return controllers.find((controller) => controller.kind === "rule");
}

interface DraftReport extends Omit<ControllerReport, "aggregate" | "byScenario"> {
  readonly aggregate: SummaryDraft;
  readonly byScenario: Readonly<Record<string, SummaryDraft>>;
}

function draftReport(
  { run, estimates }: EstimatedRun,
  reference: EstimatedRun,
  { limits, level }: CompareInput,
  scenarios: readonly string[],
): DraftReport {
  const metricsIn = (of: ControllerRun, scenario: string) => of.scenarios[scenario]!.metrics;
  const events = scenarios.map((name) => countEvents(metricsIn(run, name), metricsIn(reference.run, name)));
  const shared = { baselineId: reference.run.id, limits, level };
  const byScenario = scenarios.map((scenario, s) => [
    scenario,
    summarize({
      ...shared,
      own: estimates.byScenario[scenario]!,
      baseline: reference.estimates.byScenario[scenario]!,
      events: events[s]!,
      values: metricsIn(run, scenario),
      medianGain: medianGain(run, reference.run, [scenario]),
    }),
  ]);
  const aggregate = summarize({
    ...shared,
    own: estimates.aggregate,
    baseline: reference.estimates.aggregate,
    events: addEvents(events),
    values: poolEpisodes(scenarios.map((scenario) => metricsIn(run, scenario))),
    medianGain: medianGain(run, reference.run, scenarios),
  });
  const { id, kind, tuned } = run;
  return { id, kind, tuned, isBaseline: id === reference.run.id, aggregate, byScenario: Object.fromEntries(byScenario) };
}

const keyOf = (id: string, against: string, scenario = "") => JSON.stringify([id, against, scenario]);

function baselineDifferences({ id, aggregate, byScenario }: DraftReport, baseline: string): [string, Difference][] {
  const difference = ({ minusBaseline, quantiles }: SummaryDraft): Difference => ({
    gain: minusBaseline,
    p: minusBaseline.p,
    returns: quantiles["return"]!,
  });
  const each = Object.entries(byScenario).map(([name, summary]): [string, Difference] => [
    keyOf(id, baseline, name),
    difference(summary),
  ]);
  return [[keyOf(id, baseline), difference(aggregate)], ...each];
}

function pairDifferences({ id, against, aggregate, byScenario }: Pairwise, own: DraftReport): [string, Difference][] {
  const each = Object.entries(byScenario).map(([name, pair]): [string, Difference] => [
    keyOf(id, against, name),
    { gain: pair, p: pair.p, returns: own.byScenario[name]!.quantiles["return"]! },
  ]);
  return [[keyOf(id, against), { gain: aggregate, p: aggregate.p, returns: own.aggregate.quantiles["return"]! }], ...each];
}

/** Writes the verdicts into a report; without a judgement (the baseline itself) it is undecided. */
function settle(draft: DraftReport, episodes: number, judge: (scenario?: string) => Judgement | undefined): ControllerReport {
  const settled = (summary: SummaryDraft, scenario?: string) => settleSummary(summary, episodes, judge(scenario));
  const byScenario = Object.entries(draft.byScenario).map(([name, summary]) => [name, settled(summary, name)]);
  return { ...draft, aggregate: settled(draft.aggregate), byScenario: Object.fromEntries(byScenario) };
}

function settleSummary(draft: SummaryDraft, episodes: number, judgement: Judgement | undefined): Summary {
  const { verdict, pAdjusted, note } = judgement ?? { verdict: "undecided", pAdjusted: 1 };
  const summary = { ...draft, minusBaseline: { ...draft.minusBaseline, pAdjusted } };
  if (episodes < MIN_EPISODES) return { ...summary, reasons: [], verdict, ...(note === undefined ? {} : { note }) };
  if (draft.reasons.length > 0) return { ...summary, verdict: "violates" };
  return { ...summary, verdict, ...(note === undefined ? {} : { note }) };
}

function countWithdrawn(judgements: ReadonlyMap<string, Judgement>, episodes: number): number {
  return episodes < MIN_EPISODES ? 0 : [...judgements.values()].filter(({ note }) => note !== undefined).length;
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
