import { mergeMoments } from "../../../models/normalizer.js";
import type { AgentPlan } from "../../../models/spec.js";
import type { Learner } from "../../learner/learner.js";
import { firstWeights } from "../../policy/first-weights.js";
import { collect } from "../../rollout/collect.js";
import { startLanes } from "../../rollout/first-lanes.js";
import { readField } from "../../rollout/lane-block.js";
import { firstProgress } from "../first-state.js";
import type { PpoMetrics } from "../metrics.js";
import type { LearnerProgress, PpoState } from "../state.js";
import { isWhole, notFinite } from "./find-not-finite.js";
import { writeControls, writeScaling } from "./inputs.js";
import { collectJobs } from "./jobs.js";
import { readRollout } from "./measure.js";
import { openContext } from "./open-wasm-context.js";
import { type Updater, updatePolicy, WASM_UPDATER } from "./update.js";
import type { LearnerContext, LearnerOptions } from "./wasm-context.js";
import { copyArrays, restoreArrays } from "./wasm-state.js";

/** PPO on a device. The first iteration only measures the observations: no normaliser exists before it. */
export interface PpoLearner extends Learner<PpoState, PpoMetrics> {
  readonly agent: AgentPlan;
  /** Words of the lanes' memory in a saved state. */
  readonly laneWords: number;
}

/**
 * A learner whose rollouts run on the `wasm` device; its policy is updated there or wherever the updater has it.
 * @param updater belongs to the learner from here on, which disposes of it
 */
export async function createLearner(options: LearnerOptions, updater: Updater = WASM_UPDATER): Promise<PpoLearner> {
  const context = await openContext(options);
  start(context);
  let state = firstProgress(context.programs);
  return {
    device: updater.device,
    agent: context.agent,
    bytes: context.layout.bytes,
    laneWords: context.layout.block.bytes / 4,
    depth: 1,
    iterate: async () => {
      const { next, metrics } = iterate(context, state, updater);
      state = next;
      return metrics;
    },
    state: async () => ({ ...state, ...copyArrays(context) }),
    observations: async (count) => {
      const columns = Object.keys(options.world.observations).map((name) => readField(context.placed, "observation", name));
      return Array.from({ length: Math.min(count, options.ppo.numEnvs) }, (_, lane) => columns.map((column) => column[lane]!));
    },
    restore: (saved) => {
      state = saved;
      restoreArrays(context, saved);
    },
    dispose: () => {
      updater.dispose();
      return context.device.dispose();
    },
  };
}

/** Weights and the first state of all lanes. */
function start(context: LearnerContext): void {
  const { agent, layout, options, placed, jobs, device, programs } = context;
  const { ppo, world, lane, horizon, random } = options;
  context.f32(layout.params, agent.parameterCount).set(firstWeights(agent, world, ppo.logStdInit, random));
  writeControls(context, 0);
  const reset = () => device.run(jobs.reset, layout.block.numChunks);
  startLanes({ ...ppo, placed, programs, params: lane.params, horizon }, reset);
}

function iterate(
  context: LearnerContext,
  state: LearnerProgress,
  updater: Updater,
): { readonly next: LearnerProgress; readonly metrics: PpoMetrics } {
  const { ppo } = context.options;
  writeControls(context, state.clock);
  writeScaling(context, state);
  const sums = collect(context, collectJobs(context.jobs));
  if (!isWhole(context, sums)) throw notFinite(context, state.iteration);
  const warmUp = state.iteration === 0 && ppo.normalizeObservation;
  const update = warmUp ? undefined : updatePolicy(context, state, updater);
  const decisions = ppo.numEnvs * ppo.numSteps;
  const steps = decisions * ppo.decisionInterval;
  const numObservations = state.observationMoments.mean.length;
  const next: LearnerProgress = {
    iteration: state.iteration + 1,
    envSteps: state.envSteps + steps,
    clock: state.clock + ppo.numSteps * ppo.decisionInterval,
    updates: update?.updates ?? state.updates,
    observationMoments: mergeMoments(state.observationMoments, decisions, sums.observation, sums.observationSquares),
    hiddenMoments: mergeMoments(
      state.hiddenMoments,
      decisions,
      sums.observation.subarray(numObservations),
      sums.observationSquares.subarray(numObservations),
    ),
    gainMoments: mergeMoments(state.gainMoments, steps, sums.gain, sums.gainSquares),
  };
  return { next, metrics: { ...readRollout(context, sums, next), ...(update?.metrics ?? NO_UPDATE) } };
}

const NO_UPDATE = {
  policyLoss: 0,
  valueLoss: 0,
  entropy: 0,
  approxKl: 0,
  clipFraction: 0,
  gradNorm: 0,
  learningRate: 0,
  epochs: 0,
};
