import { emptyMoments, mergeMoments, type RunningMoments } from "../../models/normalizer.js";
import type { AgentPlan } from "../../models/spec.js";
import type { LearnerRun } from "../learner/algorithm.js";
import { drawNormals } from "../learner/draw-normals.js";
import type { IterationMetrics, Learner } from "../learner/learner.js";
import type { LearnerState } from "../learner/state.js";
import { typicalObservations } from "../learner/typical-observations.js";
import { moved, weightPlaces } from "../learner/weights.js";
import { firstWeights } from "../policy/first-weights.js";
import { loadLearned, networkOf } from "../policy/load-learned.js";
import { planPolicy } from "../policy/plan-policy.js";
import { createPolicyScorer, type PolicyScore, type PolicyScorer } from "../rollout/score-policies.js";
import { searchStep, standardDeviation } from "./directions.js";
import type { RandomSearchSettings } from "./settings.js";

type Run = LearnerRun<RandomSearchSettings>;

/** Env-steps of an iteration. */
export const countSteps = ({ settings, horizon }: Pick<Run, "settings" | "horizon">): number =>
  2 * settings.numDirections * settings.episodes * horizon;

/** Augmented random search on the CPU: candidates are scored on shared training markets, by their deterministic decisions. */
export async function createRandomSearch(run: Run): Promise<Learner> {
  const { world, lane, horizon, settings, numThreads, random } = run;
  const agent = planPolicy(world, settings);
  let state = firstState(agent, run, firstWeights(agent, world, 0, random));
  const scorer = await createPolicyScorer({
    world,
    lane,
    controllers: { candidate: makeController(run, agent, state) },
    horizon,
    seed: settings.seed,
    split: "train",
    episodes: settings.episodes,
    observe: true,
    numThreads,
  });
  return {
    device: "wasm",
    bytes: scorer.bytes,
    depth: 1,
    iterate: async () => {
      const { next, metrics } = iterate(state, run, agent, scorer);
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

const firstState = (agent: AgentPlan, { world }: Run, params: Float32Array): LearnerState => ({
  iteration: 0,
  envSteps: 0,
  params: withoutCritic(agent, params),
  observationMoments: emptyMoments(Object.keys(world.observations).length),
  counters: {},
  tensors: {},
});

/** Random search has no critic and no exploration of its own. */
const withoutCritic = (agent: AgentPlan, params: Float32Array): Float32Array => params.slice().fill(0, agent.criticOffset);

/** The first iteration only measures the observations, where they are normalised. */
function iterate(
  state: LearnerState,
  run: Run,
  agent: AgentPlan,
  scorer: PolicyScorer,
): { readonly next: LearnerState; readonly metrics: IterationMetrics } {
  const { settings, horizon } = run;
  const { seed, numDirections, topDirections, episodes, stepSize, deltaStd } = settings;
  const places = weightPlaces(agent.actor);
  const deltas = Array.from({ length: numDirections }, (_, i) => drawNormals(seed, state.iteration, i, places.length));
  const candidates = deltas.flatMap((delta) =>
    [deltaStd, -deltaStd].map((by) => networkOf(agent, moved(state.params, places, delta, by))),
  );
  const { normalizer } = makeController(run, agent, state);
  const markets = { first: state.iteration * episodes, episodes, block: 0 };
  const scores = scorer.evaluate("candidate", candidates, markets, normalizer);
  const objectives = scores.map(({ objective }) => objective);
  const tried = deltas.map((delta, i) => ({ delta, plus: objectives[2 * i]!, minus: objectives[2 * i + 1]! }));
  const measures = settings.normalizeObservation && state.iteration === 0;
  const step = measures ? new Float64Array(places.length) : searchStep(tried, topDirections, stepSize);
  const next = {
    ...state,
    iteration: state.iteration + 1,
    envSteps: state.envSteps + countSteps(run),
    params: moved(state.params, places, step, 1),
    observationMoments: mergeAll(state.observationMoments, scores),
  };
  return { next, metrics: readMetrics(next, objectives, step, horizon) };
}

function readMetrics(
  { iteration, envSteps }: LearnerState,
  objectives: readonly number[],
  step: Float64Array,
  horizon: number,
): IterationMetrics {
  const meanReward = objectives.reduce((sum, value) => sum + value, 0) / objectives.length;
  const bestReward = Math.max(...objectives);
  const episodicReturn = meanReward * horizon;
  const stepNorm = Math.sqrt(step.reduce((sum, x) => sum + x * x, 0));
  return {
    iteration,
    envSteps,
    episodicReturn,
    figures: { episodicReturn, meanReward, bestReward, rewardStd: standardDeviation(objectives), stepNorm },
    notes: [`best ${(bestReward * horizon).toPrecision(4)}`, `step ${stepNorm.toPrecision(2)}`],
  };
}

/** In the order of the candidates: the same for every number of threads. */
const mergeAll = (past: RunningMoments, scores: readonly PolicyScore[]): RunningMoments =>
  scores.reduce(
    (moments, { observed }) => (observed ? mergeMoments(moments, observed.count, observed.sums, observed.squares) : moments),
    past,
  );

function makeController({ world, lane, settings }: Run, agent: AgentPlan, { params, observationMoments }: LearnerState) {
  const { normalizeObservation, decisionInterval } = settings;
  const moments = normalizeObservation ? observationMoments : undefined;
  return loadLearned({ world, lane, objective: "", agent, decisionInterval, parameters: params, moments });
}
