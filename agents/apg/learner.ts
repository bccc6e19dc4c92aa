import { emptyMoments, mergeMoments } from "../../models/normalizer.js";
import type { AgentPlan } from "../../models/spec.js";
import type { PolicyStructure } from "../learned/structure.js";
import { adamStep, cosineDecay } from "../learner/adam.js";
import type { LearnerRun } from "../learner/algorithm.js";
import type { IterationMetrics, Learner } from "../learner/learner.js";
import type { LearnerState } from "../learner/state.js";
import { structureOf } from "../learner/structure-settings.js";
import { typicalObservations } from "../learner/typical-observations.js";
import { baseWeights } from "../policy/first-weights.js";
import { loadLearned } from "../policy/load-learned.js";
import { planPolicy } from "../policy/plan-policy.js";
import { createPolicyScorer } from "../rollout/score-policies.js";
import { createYearGradient, type YearGradient } from "./gradient.js";
import type { ApgSettings } from "./settings.js";

type Run = LearnerRun<ApgSettings>;

export const countSteps = ({ settings, horizon }: Pick<Run, "settings" | "horizon">): number => settings.episodes * horizon;

export const countIterations = (run: Pick<Run, "settings" | "horizon" | "steps">): number =>
  Math.ceil(run.steps / countSteps(run));

interface Context {
  readonly run: Run;
  readonly structure: PolicyStructure;
  readonly agent: AgentPlan;
  readonly gradient: YearGradient;
}

/**
 * Analytic policy gradients on the CPU: whole training episodes forwards and backwards through policy, breakers and economy (Freeman
 * et al. 2021, Brax). The first iteration only measures the observations, under the base.
 */
export async function createApg(run: Run): Promise<Learner> {
  const { world, lane, horizon, settings, numThreads } = run;
  const structure = structureOf(settings);
  const agent = planPolicy(world, settings, structure);
  const { window, ruinWidth, maxSlope, episodes, seed } = settings;
  const gradient = await createYearGradient({
    ...{ world, lane, structure, horizon, ruinWidth, maxSlope, episodes, seed, numThreads },
    network: agent.actor,
    window: window ?? horizon,
  });
  const context: Context = { run, structure, agent, gradient };
  let state = firstState(context);
  return {
    device: "wasm",
    bytes: gradient.bytes,
    depth: 1,
    iterate: async () => {
      const { next, metrics } = state.iteration === 0 ? await measure(context, state) : learn(context, state);
      state = next;
      return metrics;
    },
    state: async () => state,
    observations: async (count) => typicalObservations(state.observationMoments, seed, count),
    restore: (saved) => {
      state = saved;
    },
    dispose: () => gradient.dispose(),
  };
}

function firstState({ run, agent }: Context): LearnerState {
  const params = baseWeights(agent, run.world, run.random);
  const size = agent.actor.parameterCount;
  return {
    iteration: 0,
    envSteps: 0,
    params,
    observationMoments: emptyMoments(Object.keys(run.world.observations).length),
    counters: {},
    tensors: { "adam.first": new Float64Array(size), "adam.second": new Float64Array(size) },
  };
}

interface Iteration {
  readonly next: LearnerState;
  readonly metrics: IterationMetrics;
}

async function measure(context: Context, state: LearnerState): Promise<Iteration> {
  const { run } = context;
  const { world, lane, horizon, settings, numThreads } = run;
  const controller = makeController(context, state);
  const scorer = await createPolicyScorer({
    ...{ world, lane, horizon, numThreads, observe: true, split: "train" },
    controllers: { base: controller },
    seed: settings.seed,
    episodes: settings.episodes,
  });
  // Episodes that no gradient is taken over.
  const markets = { first: countIterations(run) * settings.episodes, episodes: settings.episodes, block: 0 };
  const [score] = scorer.evaluate("base", [controller.network], markets);
  await scorer.dispose();
  const { count, sums, squares } = score!.observed!;
  const observationMoments = mergeMoments(state.observationMoments, count, sums, squares);
  const next = { ...state, ...advance(context, state), observationMoments };
  return { next, metrics: readMetrics(context, next, score!.returns, { gradNorm: null, learningRate: null }) };
}

const advance = ({ run }: Context, { iteration, envSteps }: LearnerState) => ({
  iteration: iteration + 1,
  envSteps: envSteps + countSteps(run),
});

function learn(context: Context, state: LearnerState): Iteration {
  const { run, gradient } = context;
  const { settings } = run;
  const { normalizer } = makeController(context, state);
  const { objectives, slopes } = gradient.evaluate(state.params, normalizer, state.iteration * settings.episodes);
  const gradNorm = Math.sqrt(slopes.reduce((sum, slope) => sum + slope * slope, 0));
  const learningRate = scheduledRate(run, state.iteration);
  const moved = Number.isFinite(gradNorm)
    ? climb(state, slopes, Math.min(1, settings.maxGradNorm / gradNorm), learningRate)
    : {};
  const next = { ...state, ...moved, ...advance(context, state) };
  return { next, metrics: readMetrics(context, next, objectives, { gradNorm, learningRate }) };
}

/** Half a cosine from the learning rate to a twentieth of it. */
function scheduledRate(run: Run, iteration: number): number {
  const share = Math.min(1, (iteration - 1) / Math.max(1, countIterations(run) - 1));
  return run.settings.learningRate * cosineDecay(share);
}

/** @param scale of the gradient */
function climb(
  { iteration, params, tensors }: LearnerState,
  slopes: Float64Array,
  scale: number,
  learningRate: number,
): Pick<LearnerState, "params" | "tensors"> {
  const before = { first: Float64Array.from(tensors["adam.first"]!), second: Float64Array.from(tensors["adam.second"]!) };
  const { params: moved, moments } = adamStep(params, before, { slopes, scale, learningRate, step: iteration });
  return { params: moved, tensors: { "adam.first": moments.first, "adam.second": moments.second } };
}

function readMetrics(
  { run }: Context,
  { iteration, envSteps }: LearnerState,
  objectives: ArrayLike<number>,
  figures: { readonly gradNorm: number | null; readonly learningRate: number | null },
): IterationMetrics {
  const meanReward = Array.from(objectives).reduce((sum, value) => sum + value, 0) / objectives.length;
  const episodicReturn = meanReward * run.horizon;
  return {
    ...{ iteration, envSteps, episodicReturn },
    figures: { episodicReturn, meanReward, ...figures },
    notes: figures.gradNorm === null ? ["measures"] : [`gradient ${figures.gradNorm.toPrecision(2)}`],
  };
}

function makeController({ run, structure, agent }: Context, { params, observationMoments }: LearnerState) {
  const { world, lane, settings } = run;
  const moments = settings.normalizeObservation ? observationMoments : undefined;
  const { decisionInterval } = settings;
  return loadLearned({ world, lane, objective: "", agent, decisionInterval, parameters: params, structure, moments });
}
