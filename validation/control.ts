import type { EpisodeMetrics } from "../agents/rollout/episode-metrics.js";
import { createSimulator, type EpisodeSimulator } from "../agents/rollout/episodes.js";
import type { EpisodeBatch } from "../agents/rollout/place-batches.js";
import { makeRule } from "../agents/rules/registry.js";
import type { Rule } from "../agents/rules/rule.js";
import { ruleValues } from "../agents/rules/rule-values.js";
import type { Split } from "../core/random.js";
import { type Interval, mean } from "../core/statistics.js";
import { ACTIONS } from "../env/economies/akash/records.js";
import type { Economy } from "../env/economy.js";
import type { LaneOptions } from "../env/lane/uses.js";
import type { Values } from "../env/world.js";
import { type EvaluateCandidates, tune } from "../train/tune.js";
import { FINE_GRID } from "./akash/control-gates.js";
import { meanInterval } from "./akash/gates.js";

interface ControlOptions {
  readonly economy: Economy;
  readonly lane: LaneOptions;
  /** Markets of each scenario; every controller meets the same ones. */
  readonly paths: number;
  /** Tuned rules by id. */
  readonly tuned: Readonly<Record<string, Rule>>;
  /** The one of them that stands for feedback: the best on the markets that tuning chose by. */
  readonly feedback: string;
  /** Env-steps for each rule that is tuned here. */
  readonly budget: number;
  readonly numThreads: number;
}

/** What control is worth in one scenario. All differences are paired over the same markets. */
export interface ScenarioControl {
  readonly scenario: string;
  /** The best constant of the grid, chosen on these very markets. */
  readonly best: Values;
  readonly bestReward: number;
  /** The shipped feedback rule, tuned over many random scenarios, less the best constant of this one. */
  readonly shipped: Interval;
  /** Feedback tuned for this scenario alone, as the constant was chosen for it, less the best constant. */
  readonly own: Interval;
  /** The shipped feedback rule less the one constant that is best on average over the scenarios. */
  readonly overCommon: Interval;
  /** Share of the days on which a limit on moves or a circuit breaker changed what the shipped feedback rule asked for. */
  readonly intervened: number;
  /** Every tuned rule less each degenerate one: the smallest difference. */
  readonly degenerate: Readonly<Record<string, { readonly rule: string; readonly gap: Interval }>>;
}

export interface ControlResult {
  readonly paths: number;
  readonly budget: number;
  readonly feedback: string;
  /** The constant of the grid that is best on average over the scenarios. */
  readonly common: Values;
  readonly scenarios: readonly ScenarioControl[];
  /** Means over the scenarios, market by market. */
  readonly overall: { readonly shipped: Interval; readonly overCommon: Interval; readonly own: Interval };
}

/** Markets of validation: a block of its own, so that the test markets of comparisons are not looked at. */
const BLOCK = 900;
const SEED = 1;
const MOST_LANES = 8192;
/** Selection markets that a scenario's constant is chosen on, apart from those of the search. */
const GRID_FIRST = 2 ** 29;
const GRID_PATHS = 100;
const DEGENERATE = ["max-burn", "max-emission"];

/** Values of the tunable parameters of `constant`, one for each point of the grid. */
function gridPoints(): Values[] {
  const [issuance, burnShare, fee] = FINE_GRID as [readonly number[], readonly number[], readonly number[]];
  return issuance.flatMap((i) => burnShare.flatMap((b) => fee.map((f) => ({ issuance: i, burnShare: b, fee: f }))));
}

/** Plays the grid of constants, the tuned rules, feedback tuned for each scenario and the degenerate rules. */
export async function measureControl(options: ControlOptions, note: (text: string) => void): Promise<ControlResult> {
  const { economy, tuned } = options;
  const degenerate = DEGENERATE.map((id) => [id, makeRule(id, economy)] as const);
  const simulator = await createSimulator({
    world: economy,
    lane: options.lane,
    controllers: {
      "any constant": makeRule("constant", economy),
      "simple feedback": simpleFeedback(economy),
      "shipped feedback": tuned[options.feedback]!,
      ...tuned,
      ...Object.fromEntries(degenerate),
    },
    perBatch: ["any constant", "simple feedback", "shipped feedback"],
    maxLanes: MOST_LANES,
    maxHorizon: economy.horizon,
    numThreads: options.numThreads,
  });
  try {
    const played = [];
    for (const scenario of Object.keys(economy.scenarios)) {
      note(`control in ${scenario}`);
      const own = await tuneFor(simulator, scenario, options);
      played.push(play(simulator, scenario, own, options));
    }
    return summarise(played, options);
  } finally {
    await simulator.dispose();
  }
}

/** Observations that the simplest feedback leans on. */
const SEEN = ["utilizationSlow", "collateralRatio", "bondedRatio"];

/** The affine rule on three observations: few enough gains to be tuned well for one scenario. */
function simpleFeedback(economy: Economy): Rule {
  const rule = makeRule("affine", economy);
  const tunable = Object.keys(ACTIONS).flatMap((action) => [`bias.${action}`, ...SEEN.map((seen) => `${action}.${seen}`)]);
  return { ...rule, tunable };
}

/** The rule that starts at a constant: its biases are the constant, its gains are 0. */
function startingAt(rule: Rule, constant: Values): Rule {
  const params = { ...rule.params };
  for (const [name, { low, high }] of Object.entries(ACTIONS)) {
    const value = (2 * constant[name]! - low - high) / (high - low);
    params[`bias.${name}`] = { ...params[`bias.${name}`]!, value };
  }
  return { ...rule, params };
}

/** Rewards of candidates of a rule with parameters per lane, [candidate][path]. */
function rewardsOf(...request: Parameters<typeof metricsOf>): Float64Array[] {
  return metricsOf(...request).map((metrics) => metrics.return);
}

function metricsOf(
  simulator: EpisodeSimulator,
  id: string,
  candidates: readonly (Values | undefined)[],
  markets: { readonly scenario: string; readonly first: number; readonly count: number; readonly split: Split },
  { economy }: ControlOptions,
): EpisodeMetrics[] {
  const { scenario, first, count, split } = markets;
  const batches = candidates.map(
    (values): EpisodeBatch => ({
      overrides: economy.scenarios[scenario]!.overrides,
      episodes: count,
      first,
      ...(values ? { ruleParams: values } : {}),
    }),
  );
  const together = Math.max(1, Math.floor(MOST_LANES / count));
  const lived: EpisodeMetrics[] = [];
  for (let from = 0; from < batches.length; from += together) {
    const request = { horizon: economy.horizon, seed: SEED, split, block: split === "test" ? BLOCK : 0 };
    const results = simulator.run(id, { ...request, batches: batches.slice(from, from + together) });
    lived.push(...results.map(({ metrics }) => metrics));
  }
  return lived;
}

/**
 * Feedback tuned on selection markets of one scenario: once the simple rule from the constant that is best there, so that what it
 * finds is what feedback adds to a well-chosen constant, once the shipped rule from its shipped values; the better of the two.
 */
async function tuneFor(simulator: EpisodeSimulator, scenario: string, options: ControlOptions): Promise<Tuned> {
  const points = gridPoints();
  const markets = { scenario, split: "selection" as const, first: GRID_FIRST, count: GRID_PATHS };
  const start = rewardsOf(simulator, "any constant", points, markets, options);
  const simple = startingAt(simpleFeedback(options.economy), points[bestOf(start.map(mean))]!);
  const found = [
    await search(simulator, "simple feedback", simple, scenario, options),
    await search(simulator, "shipped feedback", options.tuned[options.feedback]!, scenario, options),
  ];
  return found[bestOf(found.map(({ objective }) => objective))]!;
}

interface Tuned {
  /** Controller of the simulator. */
  readonly id: string;
  readonly values: Values;
  /** On the markets that the search ended with. */
  readonly objective: number;
}

async function search(
  simulator: EpisodeSimulator,
  id: string,
  rule: Rule,
  scenario: string,
  options: ControlOptions,
): Promise<Tuned> {
  const own = ruleValues(rule);
  const evaluate: EvaluateCandidates = async (candidates, markets) => {
    const values = candidates.map((candidate) => ({ ...own, ...candidate }));
    return rewardsOf(simulator, id, values, { scenario, split: "selection", ...markets }, options);
  };
  const tuning = { rule, evaluate, budgetEnvSteps: options.budget, horizon: options.economy.horizon, seed: SEED };
  for await (const event of tune(tuning)) {
    if (event.kind !== "result") continue;
    const { values, choice } = event.result;
    return { id, values: { ...own, ...values }, objective: choice.objectives[choice.chosen]! };
  }
  throw new Error("internal: the search ended without a result");
}

/** Rewards of everybody in one scenario, by path. */
interface Played {
  readonly scenario: string;
  readonly constants: readonly Float64Array[];
  readonly own: Float64Array;
  readonly rules: Readonly<Record<string, Float64Array>>;
  readonly intervened: number;
}

function play(simulator: EpisodeSimulator, scenario: string, own: Tuned, options: ControlOptions): Played {
  const markets = { scenario, first: 0, count: options.paths, split: "test" as const };
  const names = [...Object.keys(options.tuned), ...DEGENERATE];
  const feedback = metricsOf(simulator, options.feedback, [undefined], markets, options)[0]!;
  return {
    scenario,
    intervened: mean(feedback.interventionRate),
    constants: rewardsOf(simulator, "any constant", gridPoints(), markets, options),
    own: rewardsOf(simulator, own.id, [own.values], markets, options)[0]!,
    rules: Object.fromEntries(names.map((id) => [id, rewardsOf(simulator, id, [undefined], markets, options)[0]!] as const)),
  };
}

const minus = (a: Float64Array, b: Float64Array) => a.map((value, i) => value - b[i]!);
const interval = (values: Float64Array) => meanInterval(Array.from(values));

function bestOf(rewards: readonly number[]): number {
  return rewards.indexOf(Math.max(...rewards));
}

function summarise(played: readonly Played[], options: ControlOptions): ControlResult {
  const points = gridPoints();
  const common = bestOf(points.map((_, i) => mean(played.map(({ constants }) => mean(constants[i]!)))));
  const rows = played.map(({ scenario, constants, own, rules, intervened }) => {
    const best = bestOf(constants.map(mean));
    return {
      scenario,
      best: points[best]!,
      bestReward: mean(constants[best]!),
      intervened,
      differences: {
        shipped: minus(rules[options.feedback]!, constants[best]!),
        own: minus(own, constants[best]!),
        overCommon: minus(rules[options.feedback]!, constants[common]!),
      },
      degenerate: Object.fromEntries(DEGENERATE.map((id) => [id, closest(rules, id, Object.keys(options.tuned))])),
    };
  });
  const average = (which: "shipped" | "own" | "overCommon") =>
    interval(rows[0]!.differences[which].map((_, path) => mean(rows.map(({ differences }) => differences[which][path]!))));
  return {
    paths: options.paths,
    budget: options.budget,
    feedback: options.feedback,
    common: points[common]!,
    scenarios: rows.map(({ differences, ...row }) => ({
      ...row,
      shipped: interval(differences.shipped),
      own: interval(differences.own),
      overCommon: interval(differences.overCommon),
    })),
    overall: { shipped: average("shipped"), own: average("own"), overCommon: average("overCommon") },
  };
}

/** The tuned rule that is least above a degenerate one. */
function closest(rules: Played["rules"], degenerate: string, tuned: readonly string[]): { rule: string; gap: Interval } {
  const gaps = tuned.map((rule) => ({ rule, gap: interval(minus(rules[rule]!, rules[degenerate]!)) }));
  return gaps.reduce((least, gap) => (gap.gap.mean < least.gap.mean ? gap : least));
}
