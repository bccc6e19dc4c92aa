import { emptyMoments, mergeMoments } from "../../models/normalizer.js";
import type { AgentPlan } from "../../models/spec.js";
import { readField } from "../rollout/lane-block.js";
import { collect } from "./collect.js";
import type { LearnerContext, LearnerOptions } from "./context.js";
import { initialise } from "./initialise.js";
import { writeControls, writeScaling } from "./inputs.js";
import { readRollout } from "./measure.js";
import { isWhole, notFinite } from "./not-finite.js";
import { openContext } from "./open-context.js";
import type { IterationMetrics } from "./options.js";
import type { LearnerState } from "./state.js";
import { copyArrays, restoreArrays } from "./transfer.js";
import { type Updater, updatePolicy, WASM_UPDATER } from "./update.js";

/** Lanes and policy on a device, and what learns there. It holds threads and memory: {@link Learner.dispose} releases them. */
export interface Learner {
  /** What learns, for people. */
  readonly device: string;
  readonly agent: AgentPlan;
  readonly bytes: number;
  /** Words of the lanes' memory in a saved state. */
  readonly laneWords: number;
  /** How many iterations are worth having under way: a device that computes beside the host never waits for it with two. */
  readonly depth: number;
  /**
   * One rollout and one update. The first one only measures the observations: no normaliser exists before it. Iterations run in
   * the order of the calls, also when one is called before the one before it has settled.
   */
  readonly iterate: () => Promise<IterationMetrics>;
  /** After all iterations that were called. */
  readonly state: () => Promise<LearnerState>;
  /** Raw observations that the first lanes decide on next, for recorded decisions. */
  readonly observations: (count: number) => Promise<number[][]>;
  readonly restore: (state: LearnerState) => void;
  readonly dispose: () => Promise<void>;
}

/**
 * A learner whose rollouts run on the `wasm` device; its policy is updated there or wherever the updater has it.
 * @param updater belongs to the learner from here on, which disposes of it
 */
export async function createLearner(options: LearnerOptions, updater: Updater = WASM_UPDATER): Promise<Learner> {
  const context = await openContext(options);
  initialise(context);
  let state: Progress = freshProgress(context);
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

type Progress = Pick<
  LearnerState,
  "iteration" | "envSteps" | "clock" | "updates" | "observationMoments" | "hiddenMoments" | "gainMoments"
>;

function freshProgress({ programs }: LearnerContext): Progress {
  const { observation, hidden } = programs.lane.records;
  return {
    iteration: 0,
    envSteps: 0,
    clock: 0,
    updates: 0,
    observationMoments: emptyMoments(Object.keys(observation.fields).length),
    hiddenMoments: emptyMoments(Object.keys(hidden.fields).length),
    gainMoments: emptyMoments(2),
  };
}

function iterate(
  context: LearnerContext,
  state: Progress,
  updater: Updater,
): { readonly next: Progress; readonly metrics: IterationMetrics } {
  const { ppo } = context.options;
  writeControls(context, state.clock);
  writeScaling(context, state);
  const sums = collect(context);
  if (!isWhole(context, sums)) throw notFinite(context, state.iteration);
  const warmUp = state.iteration === 0 && ppo.normalizeObservation;
  const update = warmUp ? undefined : updatePolicy(context, state, updater);
  const decisions = ppo.numEnvs * ppo.numSteps;
  const steps = decisions * ppo.decisionInterval;
  const numObservations = state.observationMoments.mean.length;
  const next: Progress = {
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
