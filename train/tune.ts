import seedrandom from "seedrandom";
import type { Rule } from "../agents/rules/rule.js";
import type { RuleFile, TuneGeneration } from "../agents/rules/rule-file.js";
import { tunableValues } from "../agents/rules/rule-values.js";
import { type CmaState, cmaAsk, cmaMean, cmaStart, cmaTell } from "../core/cma-es.js";
import { UserError } from "../core/errors.js";
import { meanInterval } from "../core/mean-interval.js";
import { type Interval, mean, quantileSorted, sorted } from "../core/statistics.js";
import type { Values } from "../env/world.js";

/** Episode ids of one evaluation: every candidate of the batch is simulated on exactly these markets. */
export interface Markets {
  readonly first: number;
  readonly count: number;
}

/**
 * Objective per control step of each candidate (values of the rule's tunable parameters, in any case within their ranges) in each of
 * the `markets` of the selection split, [candidate][market]. A candidate with a NaN among them is one that cannot be scored.
 */
export type EvaluateCandidates = (candidates: readonly Values[], markets: Markets) => Promise<readonly ArrayLike<number>[]>;

export interface TuneOptions {
  readonly rule: Rule;
  readonly evaluate: EvaluateCandidates;
  /** Simulated control steps that may be used, the final choice included. */
  readonly budgetEnvSteps: number;
  /** Control steps of an episode. */
  readonly horizon: number;
  readonly seed: number;
  /** Candidates per generation; default 1.5 times (4 + floor(3 ln n)). */
  readonly population?: number;
  /** First standard deviation as a share of each parameter's range; default 0.15, less for many parameters. */
  readonly sigma?: number;
  /** Episodes of each candidate in a generation; default by the budget. */
  readonly episodes?: number;
}

export interface TuneResult {
  readonly values: Values;
  readonly used: number;
  readonly choice: RuleFile["choice"];
  readonly history: readonly TuneGeneration[];
  /** Mean objectives of the start values and of the chosen ones on the markets of the final choice; null where not finite. */
  readonly start: Interval | null;
  readonly chosen: Interval;
}

type Finalist = RuleFile["choice"]["chosen"];

interface Scored {
  readonly objective: number;
  readonly values: Values;
  /** Objective in each market that it was scored on. */
  readonly returns: ArrayLike<number>;
}

export type TuneEvent =
  | {
      readonly kind: "generation";
      readonly generation: number;
      readonly generations: number;
      readonly row: TuneGeneration;
      /**
       * Mean objective of the best candidate so far on the markets of its generation; null before one is finite. It is the highest of
       * many, so its true mean is rather lower: the final choice, on markets of its own, has little of that lead.
       */
      readonly best: Interval | null;
    }
  | { readonly kind: "result"; readonly result: TuneResult };

/** Share of the budget that the final choice gets. */
const CHOICE_SHARE = 0.15;
/** The search uses episode ids from 0 on, the final choice from here on: they never meet. */
const CHOICE_FIRST = 2 ** 30;
/** With fewer markets a generation learns those markets: on akash, 4 lost to 8 at the same budget by 0.03 of mean objective and more. */
const MIN_EPISODES = 8;
const MAX_EPISODES = 64;
const MIN_GENERATIONS = 5;
const FINALISTS = 4;
/** Confidence level of the intervals that are shown. */
const LEVEL = 0.95;

/**
 * Tunes the rule's tunable parameters by CMA-ES. Every generation meets fresh markets, the same for all of its candidates, so
 * that neither luck nor one set of markets is learned. At the end the last centre of the search, the average of its centres
 * over the last third, the best candidate seen and the start values meet on markets of their own, and the best of them wins.
 * Yields an event per generation, and last the result. Deterministic for a seed.
 * @throws UserError `E_TUNE_RULE` when the rule has nothing to tune, `E_TUNE_BUDGET` when the budget is too small
 */
export async function* tune(options: TuneOptions): AsyncGenerator<TuneEvent, void, void> {
  const { rule, evaluate, budgetEnvSteps, horizon, seed } = options;
  if (rule.tunable.length === 0) {
    throw new UserError("E_TUNE_RULE", `rule ${rule.id} has no tunable parameters`, "choose a tunable rule, see flyball rules");
  }
  let state = startSearch(options);
  const plan = planBudget(budgetEnvSteps, horizon, rule.tunable.length, state.population, options.episodes);
  const random = seedrandom(`tune ${seed}`);
  const history: TuneGeneration[] = [];
  const means: Float64Array[] = [];
  let best: Scored = { objective: Number.NEGATIVE_INFINITY, values: tunableValues(rule), returns: [] };
  for (let generation = 0; generation < plan.generations; generation++) {
    const candidates = cmaAsk(state, random);
    const named = candidates.map(({ values }) => nameValues(rule, values));
    const scored = await score(evaluate, named, { first: generation * plan.episodes, count: plan.episodes });
    best = scored.reduce((top, each) => (each.objective > top.objective ? each : top), best);
    const objectives = scored.map(({ objective }) => objective);
    const losses = objectives.map((objective) => -objective);
    state = cmaTell(state, candidates, losses);
    means.push(cmaMean(state));
    const used = (generation + 1) * state.population * plan.episodes * horizon;
    const row = { used, ...summary(objectives), sigma: state.sigma };
    history.push(row);
    yield { kind: "generation", generation, generations: plan.generations, row, best: intervalOf(best) };
  }
  const finalists = {
    start: tunableValues(rule),
    last: nameValues(rule, means.at(-1)!),
    average: nameValues(rule, averageOf(means.slice(-Math.ceil(means.length / 3)))),
    best: best.values,
  };
  const { choice, ...intervals } = await choose(rule, finalists, evaluate, plan.choiceEpisodes);
  const used = history.at(-1)!.used + FINALISTS * plan.choiceEpisodes * horizon;
  yield { kind: "result", result: { values: finalists[choice.chosen], used, choice, history, ...intervals } };
}

function startSearch({ rule, population, sigma }: TuneOptions): CmaState {
  const specs = rule.tunable.map((name) => rule.params[name]!);
  const n = specs.length;
  // The effects of many parameters add up, so each starts with a smaller share of its range.
  const share = sigma ?? 0.15 * Math.min(1, Math.sqrt(25 / n));
  return cmaStart({
    mean: specs.map(({ value }) => value),
    low: specs.map(({ low }) => low),
    high: specs.map(({ high }) => high),
    sigma: share,
    sigmas: rule.tunable.map((name, i) => {
      const step = rule.firstSteps?.[name];
      return step === undefined ? undefined : step / (specs[i]!.high - specs[i]!.low);
    }),
    // Half as many again as the usual default, since objectives are noisy.
    population: population ?? Math.floor(1.5 * (4 + Math.floor(3 * Math.log(n)))),
  });
}

interface Plan {
  readonly generations: number;
  /** Per candidate and generation. */
  readonly episodes: number;
  /** Per finalist. */
  readonly choiceEpisodes: number;
}

/** Splits the budget: first enough generations for the number of parameters, then more episodes for each candidate. */
export function planBudget(
  budgetEnvSteps: number,
  horizon: number,
  parameters: number,
  population: number,
  given?: number,
): Plan {
  const least = (MIN_GENERATIONS * population + FINALISTS) * MIN_EPISODES * horizon;
  if (!(budgetEnvSteps >= least)) {
    const message = `a budget of ${budgetEnvSteps} env-steps is too small for ${parameters} parameters, at least ${least} are needed`;
    throw new UserError("E_TUNE_BUDGET", message, "give more with --budget");
  }
  const total = Math.floor(budgetEnvSteps / horizon);
  const choiceEpisodes = Math.max(MIN_EPISODES, Math.floor((CHOICE_SHARE * total) / FINALISTS));
  const search = total - FINALISTS * choiceEpisodes;
  const wanted = 24 + Math.floor(0.4 * parameters);
  const episodes = given ?? Math.min(Math.max(Math.floor(search / (population * wanted)), MIN_EPISODES), MAX_EPISODES);
  return { generations: Math.floor(search / (population * episodes)), episodes, choiceEpisodes };
}

/** The finalist with the highest mean objective; the start values win a tie. */
async function choose(
  rule: Rule,
  finalists: Readonly<Record<Finalist, Values>>,
  evaluate: EvaluateCandidates,
  episodes: number,
): Promise<Pick<TuneResult, "choice" | "start" | "chosen">> {
  const names = Object.keys(finalists) as Finalist[];
  const markets = { first: CHOICE_FIRST, count: episodes };
  const scored = await score(evaluate, Object.values(finalists), markets);
  const top = scored.reduce((highest, each) => (each.objective > highest.objective ? each : highest));
  const chosen = intervalOf(top);
  if (chosen === null) {
    const message = `rule ${rule.id} has no finite objective on the selection markets, whatever its parameters`;
    throw new UserError("E_TUNE_OBJECTIVE", message, "check the economy's parameters with flyball simulate");
  }
  const objectives = Object.fromEntries(names.map((name, i) => [name, finite(scored[i]!.objective)]));
  const choice = { chosen: names[scored.indexOf(top)]!, episodes, objectives } as RuleFile["choice"];
  return { choice, start: intervalOf(scored[names.indexOf("start")]!), chosen };
}

/** The candidates with their mean objectives; -Infinity for those that cannot be scored. */
async function score(evaluate: EvaluateCandidates, candidates: readonly Values[], markets: Markets): Promise<Scored[]> {
  const all = await evaluate(candidates, markets);
  if (all.length !== candidates.length) {
    throw new Error(`evaluate returned ${all.length} candidates' returns for ${candidates.length} candidates`);
  }
  return all.map((returns, i) => {
    const objective = mean(returns);
    return { values: candidates[i]!, returns, objective: Number.isFinite(objective) ? objective : Number.NEGATIVE_INFINITY };
  });
}

function intervalOf({ objective, returns }: Scored): Interval | null {
  return Number.isFinite(objective) ? meanInterval(returns, LEVEL) : null;
}

function summary(objectives: readonly number[]): { best: number | null; median: number | null } {
  const ranked = sorted(objectives);
  return { best: finite(ranked.at(-1)!), median: finite(quantileSorted(ranked, 0.5)) };
}

function averageOf(points: readonly Float64Array[]): Float64Array {
  return points[0]!.map((_, i) => mean(points.map((point) => point[i]!)));
}

function nameValues(rule: Rule, values: Float64Array): Values {
  return Object.fromEntries(rule.tunable.map((name, i) => [name, values[i]!]));
}

function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
