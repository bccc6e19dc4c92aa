import { isLearned } from "../agents/controller/controller.js";
import { CLIMB } from "../agents/foresight/climb.js";
import { replayRequests } from "../agents/foresight/replay.js";
import { type Found, type SearchProgress, searchRequests } from "../agents/foresight/search.js";
import { checkTable, createTableGradient, type Market } from "../agents/foresight/table-gradient.js";
import { findBestRule } from "../agents/rollout/best-rule.js";
import { createSimulator } from "../agents/rollout/episodes.js";
import { makeRule, ruleInForce } from "../agents/rules/registry.js";
import type { Rule } from "../agents/rules/rule.js";
import { hashOf } from "../core/digest.js";
import type { Split } from "../core/random.js";
import type { Economy } from "../env/economy.js";
import { RANDOM_SCENARIO, scenarioOverrides } from "../env/params.js";
import { findScenarios } from "../env/registry.js";
import { type EnvOptions, type EnvSettings, parseEnvOptions } from "../env/settings.js";
import { checkDrawnAccounts } from "../env/start-accounts.js";
import { FORESIGHT_FORMAT, FORESIGHT_NOTE, type Foresight } from "../eval/foresight.js";
import { chooseEconomy } from "./economy-option.js";
import { findControllers } from "./find-controllers.js";
import type { InterruptSignal } from "./interrupt.js";
import { type Io, writeLine } from "./io.js";
import { paramsOption } from "./params-option.js";

export interface ForesightOptions {
  readonly listed?: string;
  readonly params?: string;
  readonly preset?: string;
  readonly objective?: string;
  readonly scenarios: string;
  readonly split: Split;
  readonly episodes: number;
  readonly days?: number;
  readonly every: number;
  readonly starts: number;
  readonly iterations: number;
  readonly seed: number;
  readonly block: number;
  readonly threads?: number;
}

interface ForesightPlan {
  readonly economy: Economy;
  readonly env: EnvOptions;
  readonly settings: EnvSettings;
  readonly scenarios: readonly string[];
  /** Every rule of the economy, tuned where tuned values ship. */
  readonly rules: Readonly<Record<string, Rule>>;
  readonly options: ForesightOptions;
  readonly numThreads: number;
}

/** Selection markets of each scenario on which the best rule is chosen. */
const CHOICE_EPISODES = 32;

/** @throws UserError for whatever cannot be searched, before any work */
export async function planForesight(io: Io, name: string, options: ForesightOptions): Promise<ForesightPlan> {
  const chosen = await chooseEconomy(io, name, options.listed);
  const { economy } = chosen;
  const { preset, objective, days, split, block, seed } = options;
  const env: EnvOptions = {
    ...{ split, block, params: paramsOption(io, options.params, economy) },
    ...(preset === undefined ? {} : { preset }),
    ...(objective === undefined ? {} : { objective }),
    ...(days === undefined ? {} : { horizon: days }),
  };
  const settings = parseEnvOptions(economy, env);
  const scenarios = options.scenarios === RANDOM_SCENARIO ? [RANDOM_SCENARIO] : findScenarios(economy, options.scenarios);
  checkDrawnAccounts(economy, settings.lane.params, { seed, streams: settings.streams });
  const found = await findControllers(io, ["rules"], { ...chosen, lane: settings.lane });
  const rules = found.flatMap(({ id, controller }): [string, Rule][] =>
    // Requests that are drawn at random are no rule's.
    isLearned(controller) || controller.id === "random" ? [] : [[id, controller]],
  );
  const numThreads = options.threads ?? Math.min(64, io.cores);
  const markets = scenarios.length * options.episodes * countStarts(options);
  checkTable({ world: economy, lane: settings.lane, horizon: settings.horizon, markets, numThreads, ...TABLE, rules: [] });
  return { economy, env, settings, scenarios, rules: Object.fromEntries(rules), options, numThreads };
}

/** Of a market: the best rule, the rule in force, none, and at random. */
const countStarts = ({ starts }: ForesightOptions): number => 3 + starts;

interface ForesightRun {
  readonly result: Foresight;
  readonly interruptedBy?: InterruptSignal;
}

/** Searches, says how far it is, and plays what was found in the plain simulator. */
export async function findForesight(io: Io, plan: ForesightPlan): Promise<ForesightRun> {
  const { economy, settings, options, scenarios, rules, numThreads } = plan;
  const { lane, horizon } = settings;
  const { seed, episodes } = options;
  const contest = { world: economy, lane, rules, horizon, seed, episodes: CHOICE_EPISODES, numThreads };
  const bestRule = await findBestRule(contest);
  writeLine(
    io.stderr,
    `best rule: ${bestRule}, of ${Object.keys(rules).length} on ${CHOICE_EPISODES} selection markets a scenario`,
  );
  const markets = scenarios.flatMap((scenario) => Array.from({ length: episodes }, (_, episode) => ({ scenario, episode })));
  const { found, ...search } = await searchAll(io, plan, rules[bestRule]!, markets);
  const scores = await scoreRules(plan, { ruleInForce: makeRule(ruleInForce(economy), economy), bestRule: rules[bestRule]! });
  const values = found.map((one, i) => (one ? replay(plan, markets[i]!, one) : Number.NEGATIVE_INFINITY));
  const rivals = markets.map((_, i) => Math.max(scores.ruleInForce[i]!, scores.bestRule[i]!));
  const bestFound = values.map((value, i) => Math.max(value, rivals[i]!));
  const climbs = found.flatMap((one) => one?.climbs ?? []);
  const result: Foresight = {
    ...{ format: FORESIGHT_FORMAT, version: 1, note: FORESIGHT_NOTE, economy: economy.id },
    ...{ paramsHash: hashOf(lane.params), weightsHash: hashOf(lane.weights), days: horizon },
    ...{ seed, split: options.split, block: options.block, every: options.every },
    ...{ starts: countStarts(options), iterations: options.iterations, finished: search.interruptedBy === undefined },
    converged: climbs.length === 0 ? 0 : climbs.filter(({ isConverged }) => isConverged).length / climbs.length,
    ...{ ruleInForce: ruleInForce(economy), bestRule },
    ruleIsBetter: values.filter((value, i) => value < rivals[i]!).length,
    scenarios: Object.fromEntries(
      scenarios.map((scenario, s) => {
        const own = (all: readonly number[]) => all.slice(s * episodes, (s + 1) * episodes);
        const rivals = { ruleInForce: own(scores.ruleInForce), bestRule: own(scores.bestRule) };
        return [scenario, { ...rivals, bestFound: own(bestFound) }];
      }),
    ),
  };
  return { result, ...search };
}

const replay = ({ economy, env, options }: ForesightPlan, market: Market, { knots }: Found): number =>
  replayRequests({ world: economy, env, seed: options.seed, every: options.every }, market, knots);

interface SearchEnd {
  readonly found: readonly (Found | undefined)[];
  readonly interruptedBy?: InterruptSignal;
}

async function searchAll(io: Io, plan: ForesightPlan, best: Rule, markets: readonly Market[]): Promise<SearchEnd> {
  const { economy, settings, options, numThreads } = plan;
  const { every, starts, iterations, seed, split, block } = options;
  const rules = [best, makeRule(ruleInForce(economy), economy), makeRule("none", economy)];
  const gradient = await createTableGradient({
    ...{ world: economy, lane: settings.lane, horizon: settings.horizon, rules },
    ...{ every, seed, split, block, numThreads, ...TABLE },
    ...{ markets: markets.length * countStarts(options), randomise: plan.scenarios[0] === RANDOM_SCENARIO },
  });
  writeLine(
    io.stderr,
    `${markets.length} markets from ${countStarts(options)} starts each, ${Math.round(gradient.bytes / 2 ** 20)} MiB`,
  );
  const climb = { ...CLIMB, iterations };
  const search = searchRequests({ gradient, rules: rules.length, randomStarts: starts, markets, seed, climb });
  let interruptedBy: InterruptSignal | undefined;
  const release = io.onInterrupt((signal) => {
    writeLine(io.stderr, "\nstopping; what was found so far counts. Ctrl-C again quits without it");
    interruptedBy = signal;
  });
  try {
    const report = progressTo(io);
    for (const progress of search.steps()) {
      report(progress);
      // Signals are only heard between the steps.
      await new Promise(setImmediate);
      if (interruptedBy) break;
    }
    return { found: search.found(), ...(interruptedBy ? { interruptedBy } : {}) };
  } finally {
    release();
    await gradient.dispose();
  }
}

/** As of gradients through the economy. */
const TABLE = { maxSlope: 10, smoothJumps: true };

/** A line that is written over in a terminal; elsewhere ten of them. */
function progressTo(io: Io): (progress: SearchProgress) => void {
  const started = io.now();
  let shown = 0;
  return ({ done, of, gradients, expected }) => {
    const share = gradients / expected;
    const isLast = done === of;
    if (!io.stderr.isTTY && share < (shown + 1) / 10 && !isLast) return;
    shown = Math.floor(10 * share);
    const left = ((io.now() - started) / 1000) * (1 / share - 1);
    const line = `${done} of ${of} searches done, about ${isLast ? 0 : Math.ceil(left)} s left`;
    if (io.stderr.isTTY) io.stderr.write(`\r${line}\x1b[K${isLast ? "\n" : ""}`);
    else writeLine(io.stderr, line);
  };
}

type Scores<Key extends string> = Readonly<Record<Key, readonly number[]>>;

/** Of each rule the mean objective of every market, scenario after scenario. */
async function scoreRules<Key extends string>(plan: ForesightPlan, rules: Readonly<Record<Key, Rule>>): Promise<Scores<Key>> {
  const { economy, settings, options, scenarios, numThreads } = plan;
  const { episodes, seed, split, block } = options;
  const { lane, horizon } = settings;
  const simulator = await createSimulator({
    ...{ world: economy, lane, controllers: rules, maxLanes: scenarios.length * episodes, maxHorizon: horizon, numThreads },
  });
  const randomise = scenarios[0] === RANDOM_SCENARIO;
  const batches = scenarios.map((scenario) => ({ overrides: scenarioOverrides(economy, scenario), episodes }));
  const scores = Object.keys(rules).map((id) => {
    const results = simulator.run(id, { batches, horizon, seed, split, block, randomise });
    return [id, results.flatMap(({ metrics }) => [...metrics.return])];
  });
  await simulator.dispose();
  return Object.fromEntries(scores) as Scores<Key>;
}
