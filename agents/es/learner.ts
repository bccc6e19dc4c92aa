import { emptyMoments, mergeMoments } from "../../models/normalizer.js";
import type { AgentPlan } from "../../models/spec.js";
import type { PolicyNetwork } from "../learned/learned-controller.js";
import type { LearnerRun } from "../learner/algorithm.js";
import type { IterationMetrics, Learner } from "../learner/learner.js";
import type { LearnerState } from "../learner/state.js";
import { structureOf } from "../learner/structure-settings.js";
import { trainingEpisodes } from "../learner/training-episodes.js";
import { typicalObservations } from "../learner/typical-observations.js";
import { weightPlaces } from "../learner/weights.js";
import { baseWeights, firstWeights } from "../policy/first-weights.js";
import { loadLearned, networkOf } from "../policy/load-learned.js";
import { planPolicy } from "../policy/plan-policy.js";
import { createPolicyScorer, type PolicyScore, type PolicyScorer } from "../rollout/score-policies.js";
import { cmaSearch } from "./cma-search.js";
import { type Excess, excessOver, penalised } from "./fitness.js";
import { openaiSearch } from "./openai-search.js";
import type { Search, Standing } from "./search.js";
import type { EsSettings } from "./settings.js";

type Run = LearnerRun<EsSettings>;
type Sized = Pick<Run, "settings" | "horizon">;

/** Policies that a generation scores: the candidates and, where something is penalised, the untrained policy. */
const countScored = ({ population, tripPenalty, drawdownPenalty }: EsSettings): number =>
  population + (tripPenalty > 0 || drawdownPenalty > 0 ? 1 : 0);

export const countSteps = ({ settings, horizon }: Sized): number => countScored(settings) * settings.episodes * horizon;

export const countIterations = (run: Sized & Pick<Run, "steps">): number => Math.ceil(run.steps / countSteps(run));

/** Up to so many weights a full covariance is worth its n^2 numbers. */
const MOST_FOR_CMA = 500;

export function planEs({ world, settings }: Pick<Run, "world" | "settings">): {
  readonly agent: AgentPlan;
  /** Of the weights in the padded parameters. */
  readonly places: Int32Array;
  readonly search: Search;
} {
  const agent = planPolicy(world, settings, structureOf(settings, world));
  const places = weightPlaces(agent.actor).map((place) => agent.actorOffset + place);
  const { seed, population, sigma, learningRate, method } = settings;
  const isCma = method === "cma" || (method === "auto" && places.length <= MOST_FOR_CMA);
  const makeSearch = isCma ? cmaSearch : openaiSearch;
  return { agent, places, search: makeSearch({ size: places.length, seed, population, sigma, learningRate }) };
}

interface Context {
  readonly run: Run;
  readonly agent: AgentPlan;
  readonly places: Int32Array;
  readonly search: Search;
  /** The untrained policy: its base, or where it has none what is in force at the start. */
  readonly reference: PolicyNetwork;
  readonly scorer: PolicyScorer;
}

/**
 * Evolution of all weights on the CPU: candidates are scored on shared training markets, new ones in every generation, by their
 * deterministic decisions. The first iteration only measures the observations.
 */
export async function createEs(run: Run): Promise<Learner> {
  const { settings } = run;
  const plan = planEs(run);
  let state = firstState(run, plan);
  const reference = networkOf(plan.agent, state.params);
  const scorer = await openScorer(run, plan.agent, state, false);
  const context: Context = { run, ...plan, reference, scorer };
  return {
    device: "wasm",
    bytes: scorer.bytes,
    depth: 1,
    iterate: async () => {
      const { next, metrics } = state.iteration === 0 ? await measure(context, state) : learn(context, state);
      state = next;
      return metrics;
    },
    state: async () => state,
    observations: async (count) => typicalObservations(state.observationMoments, settings.seed, count),
    restore: (saved) => {
      state = saved;
    },
    dispose: () => scorer.dispose(),
  };
}

function firstState({ world, settings, random }: Run, { agent, search }: Pick<Context, "agent" | "search">): LearnerState {
  const params =
    settings.base === null
      ? firstWeights(agent, world, 0, random, structureOf(settings, world)).fill(0, agent.criticOffset)
      : baseWeights(agent, random);
  return {
    iteration: 0,
    envSteps: 0,
    params,
    observationMoments: emptyMoments(Object.keys(world.observations).length),
    counters: {},
    tensors: search.first(),
  };
}

const openScorer = (run: Run, agent: AgentPlan, state: LearnerState, observe: boolean): Promise<PolicyScorer> => {
  const { world, lane, horizon, settings, numThreads } = run;
  const { seed, episodes } = settings;
  const controllers = { candidate: makeController(run, agent, state) };
  return createPolicyScorer({ world, lane, controllers, horizon, seed, episodes, observe, split: "train", numThreads });
};

interface Iteration {
  readonly next: LearnerState;
  readonly metrics: IterationMetrics;
}

/** Observations of the policy as it starts, on episodes that no candidate meets; a warm start may have brought some. */
async function measure({ run, agent, search }: Context, state: LearnerState): Promise<Iteration> {
  const { settings } = run;
  const scorer = await openScorer(run, agent, state, true);
  const episodes = countScored(settings) * settings.episodes;
  const markets = { first: countIterations(run) * settings.episodes, episodes, block: 0 };
  const [score] = scorer.evaluate("candidate", [networkOf(agent, state.params)], markets);
  await scorer.dispose();
  const { count, sums, squares } = score!.observed!;
  const past = state.observationMoments;
  const observationMoments = past.count > 0 ? past : mergeMoments(past, count, sums, squares);
  const next = { ...state, ...advance(run, state), observationMoments };
  const sigma = search.deviation(state.tensors);
  return { next, metrics: readMetrics(run, next, [score!], { sigma, stepNorm: 0, excess: [] }) };
}

const advance = (run: Run, { iteration, envSteps }: LearnerState) => ({
  iteration: iteration + 1,
  envSteps: envSteps + countSteps(run),
});

/** One generation. */
function learn(context: Context, state: LearnerState): Iteration {
  const { run, agent, places, search, reference, scorer } = context;
  const { settings } = run;
  const { population } = settings;
  const { iteration, params, tensors } = state;
  const weights = Float32Array.from(places, (place) => params[place]!);
  const done = Math.min(1, (iteration - 1) / Math.max(1, countIterations(run) - 1));
  const standing: Standing = { weights, tensors, generation: iteration, done };
  const candidates = search.draw(standing);
  const networks = candidates.map((candidate) => networkOf(agent, withWeights(params, places, candidate)));
  const scored = countScored(settings) > population ? [...networks, reference] : networks;
  const { normalizer } = makeController(run, agent, state);
  const { first, each, scenarios } = trainingEpisodes(run.world, iteration, settings);
  const markets = { first, episodes: each, block: 0, scenarios };
  const scores = scorer.evaluate("candidate", scored, markets, normalizer);
  const [tried, untrained] = [scores.slice(0, population), scores[population]];
  const excess = untrained ? tried.map((score) => excessOver(untrained, score)) : [];
  const fitness = tried.map(({ objective }, i) => (excess[i] ? penalised(objective, excess[i], settings) : objective));
  const after = search.learn(standing, candidates, fitness);
  const moved = { params: withWeights(params, places, after.weights), tensors: after.tensors };
  const next = { ...state, ...moved, ...advance(run, state) };
  const stepNorm = Math.hypot(...after.weights.map((weight, i) => weight - weights[i]!));
  return { next, metrics: readMetrics(run, next, tried, { sigma: search.deviation(next.tensors), stepNorm, excess }) };
}

function withWeights(params: Float32Array, places: Int32Array, weights: ArrayLike<number>): Float32Array {
  const result = params.slice();
  for (const [i, place] of places.entries()) result[place] = weights[i]!;
  return result;
}

interface Move {
  readonly sigma: number;
  readonly stepNorm: number;
  readonly excess: readonly Excess[];
}

function readMetrics(
  { horizon }: Run,
  { iteration, envSteps }: LearnerState,
  scores: readonly PolicyScore[],
  { sigma, stepNorm, excess }: Move,
): IterationMetrics {
  const objectives = scores.map(({ objective }) => objective);
  const meanReward = mean(objectives);
  const rewardStd = Math.sqrt(mean(objectives.map((value) => (value - meanReward) ** 2)));
  const episodicReturn = meanReward * horizon;
  const excessOf = (key: keyof Excess) => (excess.length > 0 ? mean(excess.map((one) => one[key])) : null);
  const costs = { excessTrips: excessOf("trips"), excessDrawdowns: excessOf("drawdowns") };
  const figures = { episodicReturn, meanReward, bestReward: Math.max(...objectives), rewardStd, sigma, stepNorm, ...costs };
  return {
    ...{ iteration, envSteps, episodicReturn, figures },
    notes: [`sigma ${sigma.toPrecision(2)}`, `step ${stepNorm.toPrecision(2)}`],
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function makeController(
  { world, lane, settings }: Run,
  agent: AgentPlan,
  { params, observationMoments }: Pick<LearnerState, "params" | "observationMoments">,
) {
  const { normalizeObservation, decisionInterval } = settings;
  const moments = normalizeObservation ? observationMoments : undefined;
  const structure = structureOf(settings, world);
  return loadLearned({ world, lane, objective: "", agent, decisionInterval, parameters: params, structure, moments });
}
