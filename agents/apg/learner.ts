import { mean } from "../../core/statistics.js";
import { emptyMoments, mergeMoments } from "../../models/normalizer.js";
import type { AgentPlan } from "../../models/spec.js";
import type { PolicyNetwork } from "../learned/learned-controller.js";
import type { PolicyStructure } from "../learned/structure.js";
import { adamStep, cosineDecay } from "../learner/adam.js";
import type { LearnerRun } from "../learner/algorithm.js";
import type { IterationMetrics, Learner } from "../learner/learner.js";
import type { LearnerState } from "../learner/state.js";
import { structureOf } from "../learner/structure-settings.js";
import { type TrainingEpisodes, trainingEpisodes } from "../learner/training-episodes.js";
import { typicalObservations } from "../learner/typical-observations.js";
import { baseWeights } from "../policy/first-weights.js";
import { loadLearned } from "../policy/load-learned.js";
import { planPolicy } from "../policy/plan-policy.js";
import { crashesOf } from "../rollout/episode-metrics.js";
import { createPolicyScorer, type PolicyScore, type PolicyScorer } from "../rollout/score-policies.js";
import { createYearGradient, type Multipliers, type YearGradient } from "./gradient.js";
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
  /** The policy as it starts. */
  readonly base: { readonly scorer: PolicyScorer; readonly network: PolicyNetwork };
}

/**
 * Analytic policy gradients on the CPU: whole training episodes forwards and backwards through policy, breakers and economy (Freeman
 * et al. 2021, Brax). The first iteration only measures the observations, under the base.
 */
export async function createApg(run: Run): Promise<Learner> {
  const { world, lane, horizon, settings, numThreads } = run;
  const structure = structureOf(settings, world);
  const agent = planPolicy(world, settings, structure);
  const { window, maxSlope, smoothJumps, clampMargin, episodes, seed } = settings;
  const gradient = await createYearGradient({
    ...{ world, lane, structure, horizon, maxSlope, smoothJumps, clampMargin, episodes, seed, numThreads },
    network: agent.actor,
    window: window ?? horizon,
  });
  let state = firstState(run, agent);
  const { network, ...controller } = makeController({ run, structure, agent }, state);
  const scorer = await createPolicyScorer({
    ...{ world, lane, horizon, numThreads, episodes, seed, observe: true, split: "train" },
    controllers: { base: { ...controller, network } },
  });
  const context: Context = { run, structure, agent, gradient, base: { scorer, network } };
  return {
    device: "wasm",
    bytes: gradient.bytes + scorer.bytes,
    depth: 1,
    iterate: async () => {
      const { next, metrics } = state.iteration === 0 ? measure(context, state) : learn(context, state);
      state = next;
      return metrics;
    },
    state: async () => state,
    observations: async (count) => typicalObservations(state.observationMoments, seed, count),
    restore: (saved) => {
      state = saved;
    },
    dispose: async () => {
      await gradient.dispose();
      await scorer.dispose();
    },
  };
}

function firstState(run: Run, agent: AgentPlan): LearnerState {
  const params = baseWeights(agent, run.random);
  const size = agent.actor.parameterCount;
  return {
    iteration: 0,
    envSteps: 0,
    params,
    observationMoments: emptyMoments(Object.keys(run.world.observations).length),
    counters: {},
    tensors: {
      "adam.first": new Float64Array(size),
      "adam.second": new Float64Array(size),
      multipliers: Float64Array.of(run.settings.tripMultiplier, run.settings.crashMultiplier),
    },
  };
}

interface Iteration {
  readonly next: LearnerState;
  readonly metrics: IterationMetrics;
}

function measure(context: Context, state: LearnerState): Iteration {
  const { world, settings } = context.run;
  // Drawn episodes that no gradient is taken over.
  const episodes = trainingEpisodes(world, countIterations(context.run), { ...settings, scenarioShare: 0 });
  const { returns, observed } = scoreBase(context, episodes);
  const { count, sums, squares } = observed!;
  const observationMoments = mergeMoments(state.observationMoments, count, sums, squares);
  const next = { ...state, ...advance(context, state), observationMoments };
  return { next, metrics: readMetrics(context, next, returns, { gradNorm: null, learningRate: null }) };
}

function scoreBase({ base }: Context, { first, each, scenarios }: TrainingEpisodes): PolicyScore {
  const [score] = base.scorer.evaluate("base", [base.network], { first, episodes: each, block: 0, scenarios });
  return score!;
}

const advance = ({ run }: Context, { iteration, envSteps }: LearnerState) => ({
  iteration: iteration + 1,
  envSteps: envSteps + countSteps(run),
});

function learn(context: Context, state: LearnerState): Iteration {
  const { run, gradient } = context;
  const { world, settings } = run;
  const { normalizer } = makeController(context, state);
  const episodes = trainingEpisodes(world, state.iteration, settings);
  const multipliers = multipliersOf(state);
  const { objectives, trips, crashes, slopes } = gradient.evaluate(state.params, normalizer, episodes, multipliers);
  const gradNorm = Math.sqrt(slopes.reduce((sum, slope) => sum + slope * slope, 0));
  const learningRate = scheduledRate(run, state.iteration);
  const moved = Number.isFinite(gradNorm)
    ? climb(state, slopes, Math.min(1, settings.maxGradNorm / gradNorm), learningRate)
    : {};
  const base = scoreBase(context, episodes);
  const tensors = {
    ...state.tensors,
    ...moved.tensors,
    multipliers: raiseMultipliers(settings, multipliers, {
      trip: mean(trips) - mean(base.trips),
      crash: mean(crashes) - mean(crashesOf(base)),
    }),
  };
  const next = { ...state, ...moved, ...advance(context, state), tensors };
  const { trip, crash } = multipliers;
  const gain = mean(objectives) - mean(base.returns);
  const figures = { gradNorm, learningRate, gain, tripMultiplier: trip, crashMultiplier: crash };
  return { next, metrics: readMetrics(context, next, objectives, figures) };
}

function multipliersOf({ tensors }: LearnerState): Multipliers {
  const [trip, crash] = tensors["multipliers"]!;
  return { trip: trip!, crash: crash! };
}

/** Dual ascent: a multiplier grows while there is more of what it stands for than under the base. */
function raiseMultipliers(settings: ApgSettings, { trip, crash }: Multipliers, excess: Multipliers): Float64Array {
  const { tripMultiplier, crashMultiplier, multiplierRate } = settings;
  const raised = (now: number, start: number, by: number) => Math.max(0, now + multiplierRate * start * by);
  return Float64Array.of(raised(trip, tripMultiplier, excess.trip), raised(crash, crashMultiplier, excess.crash));
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
): Partial<Pick<LearnerState, "params" | "tensors">> {
  const before = { first: Float64Array.from(tensors["adam.first"]!), second: Float64Array.from(tensors["adam.second"]!) };
  const { params: moved, moments } = adamStep(params, before, { slopes, scale, learningRate, step: iteration });
  return { params: moved, tensors: { "adam.first": moments.first, "adam.second": moments.second } };
}

function readMetrics(
  { run }: Context,
  { iteration, envSteps }: LearnerState,
  objectives: ArrayLike<number>,
  figures: Readonly<Record<string, number | null>> & { readonly gradNorm: number | null },
): IterationMetrics {
  const meanReward = mean(objectives);
  const episodicReturn = meanReward * run.horizon;
  return {
    ...{ iteration, envSteps, episodicReturn },
    figures: { episodicReturn, meanReward, ...figures },
    notes: figures.gradNorm === null ? ["measures"] : [`gradient ${figures.gradNorm.toPrecision(2)}`],
  };
}

function makeController(
  { run, structure, agent }: Pick<Context, "run" | "structure" | "agent">,
  { params, observationMoments }: LearnerState,
) {
  const { world, lane, settings } = run;
  const moments = settings.normalizeObservation ? observationMoments : undefined;
  const { decisionInterval } = settings;
  return loadLearned({ world, lane, objective: "", agent, decisionInterval, parameters: params, structure, moments });
}
