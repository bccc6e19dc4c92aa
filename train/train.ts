import seedrandom from "seedrandom";
import { learnedOfRun } from "../agents/learned-of-run.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import type { Polish } from "../agents/policy/polish.js";
import type { LearnerOptions } from "../agents/ppo/context.js";
import type { Learner } from "../agents/ppo/learner.js";
import { openLearner } from "../agents/ppo/open-learner.js";
import type { IterationMetrics } from "../agents/ppo/options.js";
import type { LearnerState } from "../agents/ppo/state.js";
import type { LaneOptions } from "../env/lane.js";
import type { World } from "../env/world.js";
import type { TrainConfig } from "./config.js";
import { type PolishPlan, type PolishProgress, planPolish, polishPolicy } from "./polish.js";

export interface TrainOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly config: TrainConfig;
  readonly numThreads: number;
  /** State to continue from. */
  readonly resume?: TrainState;
  /** Looked at after every iteration: training ends there when it is aborted. */
  readonly signal?: AbortSignal;
}

/** What a run has come to: the learner, and the polish once that is done. */
export interface TrainState extends LearnerState {
  readonly polish: Polish | null;
}

/** A checkpoint is due whenever `state` is given: every `checkpointEvery` iterations and at the end. */
export type TrainEvent =
  | {
      readonly kind: "start";
      /** What trains, for people. */
      readonly device: string;
      readonly bytes: number;
      readonly iterations: number;
      readonly laneWords: number;
    }
  | { readonly kind: "iteration"; readonly metrics: IterationMetrics }
  | ({ readonly kind: "polish" } & PolishProgress)
  | { readonly kind: "checkpoint"; readonly state: TrainState; readonly observations: readonly (readonly number[])[] }
  | { readonly kind: "end"; readonly aborted: boolean };

/** Rollouts that PPO makes of a run's steps; the rest is for polishing. */
export function iterationsOf(config: TrainConfig, world: World): number {
  const steps = config.totalSteps - (planPolish(config, world)?.envSteps ?? 0);
  return Math.ceil(steps / (config.numEnvs * config.numSteps * config.decisionInterval));
}

/** Env-steps of a whole run: totalSteps, rounded up to whole rollouts. */
export function envStepsOf(config: TrainConfig, world: World): number {
  const { numEnvs, numSteps, decisionInterval } = config;
  const polish = planPolish(config, world)?.envSteps ?? 0;
  return polish + iterationsOf(config, world) * numEnvs * numSteps * decisionInterval;
}

/**
 * Trains. No console, no file, no clock: the caller does something with the events, and nothing runs on while it does.
 * N iterations are bit for bit N/2 iterations, their state, and N/2 more from there.
 * @throws NotFiniteError when a NaN or infinity turns up; the last checkpoint that was handed out is from before
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { device } = options.config;
  const learner = await openLearner(device === "auto" ? "wasm" : device, learnerOptions(options));
  try {
    if (options.resume) learner.restore(options.resume);
    yield* run(learner, options);
  } finally {
    await learner.dispose();
  }
}

/** The learner of a run, but for its device. */
export function learnerOptions({ world, lane, config, numThreads }: TrainOptions): LearnerOptions {
  return {
    world,
    lane,
    horizon: config.horizon ?? world.horizon,
    // The learning rate reaches 0 where PPO ends and polishing begins.
    ppo: { ...config, totalSteps: config.totalSteps - (planPolish(config, world)?.envSteps ?? 0) },
    numThreads,
    relaxed: config.relaxed,
    random: seedrandom(`weights ${config.seed}`),
  };
}

async function* run(learner: Learner, options: TrainOptions): AsyncGenerator<TrainEvent> {
  const { config, world, signal, resume } = options;
  const iterations = iterationsOf(config, world);
  const { device, bytes, laneWords } = learner;
  yield { kind: "start", device, bytes, iterations, laneWords };
  let iteration = resume?.iteration ?? 0;
  let saved = iteration;
  const checkpoint = (polish: Polish | null = null, envSteps = learner.state().envSteps): TrainEvent => ({
    kind: "checkpoint",
    state: { ...learner.state(), envSteps, polish },
    observations: learner.observations(RECORDED),
  });
  while (iteration < iterations && !signal?.aborted) {
    const metrics = learner.iterate();
    iteration++;
    yield { kind: "iteration", metrics };
    if (iteration % config.checkpointEvery === 0 || iteration === iterations) {
      saved = iteration;
      yield checkpoint();
    }
    // Lets signals and timers in: the iteration itself blocks the thread.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (saved !== iteration) yield checkpoint();
  const plan = resume?.polish ? undefined : planPolish(config, world);
  if (!plan || iteration < iterations) {
    yield { kind: "end", aborted: iteration < iterations };
    return;
  }
  const polish = yield* runPolish(learner.state(), plan, options);
  if (polish) yield checkpoint(polish, learner.state().envSteps + plan.envSteps);
  yield { kind: "end", aborted: !polish };
}

/** Polishing is short and its result follows from the last iteration's checkpoint: an interrupted one starts over. */
async function* runPolish(
  state: LearnerState,
  plan: PolishPlan,
  { world, lane, config, numThreads, signal }: TrainOptions,
): AsyncGenerator<TrainEvent, Polish | undefined> {
  const controller = learnedOfRun({
    world,
    lane,
    objective: config.objective ?? "",
    agent: planPolicy(world, config),
    decisionInterval: config.decisionInterval,
    parameters: state.params,
    moments: config.normalizeObservation ? state.observationMoments : undefined,
  });
  const search = polishPolicy({ world, lane, config, plan, controller, numThreads, signal });
  while (true) {
    const { done, value } = await search.next();
    if (done) return value;
    yield { kind: "polish", ...value, envSteps: state.envSteps + value.envSteps };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Observations handed out with a checkpoint, for the recorded decisions of a controller file. */
const RECORDED = 32;
