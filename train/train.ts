import seedrandom from "seedrandom";
import { createLearner, type Learner } from "../agents/ppo/learner.js";
import type { IterationMetrics } from "../agents/ppo/options.js";
import type { LearnerState } from "../agents/ppo/state.js";
import type { LaneOptions } from "../env/lane.js";
import type { World } from "../env/world.js";
import type { TrainConfig } from "./config.js";

export interface TrainOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly config: TrainConfig;
  readonly numThreads: number;
  /** State to continue from. */
  readonly resume?: LearnerState;
  /** Looked at after every iteration: training ends there when it is aborted. */
  readonly signal?: AbortSignal;
}

/** A checkpoint is due whenever `state` is given: every `checkpointEvery` iterations and at the end. */
export type TrainEvent =
  | { readonly kind: "start"; readonly bytes: number; readonly iterations: number; readonly laneWords: number }
  | { readonly kind: "iteration"; readonly metrics: IterationMetrics }
  | { readonly kind: "checkpoint"; readonly state: LearnerState; readonly observations: readonly (readonly number[])[] }
  | { readonly kind: "end"; readonly aborted: boolean };

/** Rollouts that a run needs to reach its steps. */
export function iterationsOf(config: TrainConfig): number {
  return Math.ceil(config.totalSteps / (config.numEnvs * config.numSteps * config.decisionInterval));
}

/**
 * Trains. No console, no file, no clock: the caller does something with the events, and nothing runs on while it does.
 * N iterations are bit for bit N/2 iterations, their state, and N/2 more from there.
 * @throws NotFiniteError when a NaN or infinity turns up; the last checkpoint that was handed out is from before
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { config, signal } = options;
  const learner = await createLearner({
    world: options.world,
    lane: options.lane,
    horizon: config.horizon ?? options.world.horizon,
    ppo: config,
    numThreads: options.numThreads,
    relaxed: config.relaxed,
    random: seedrandom(`weights ${config.seed}`),
  });
  try {
    if (options.resume) learner.restore(options.resume);
    yield* run(learner, config, options.resume?.iteration ?? 0, signal);
  } finally {
    await learner.dispose();
  }
}

async function* run(
  learner: Learner,
  config: TrainConfig,
  done: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainEvent> {
  const iterations = iterationsOf(config);
  yield { kind: "start", bytes: learner.bytes, iterations, laneWords: learner.laneWords };
  let saved = done;
  let iteration = done;
  const checkpoint = (): TrainEvent => ({
    kind: "checkpoint",
    state: learner.state(),
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
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  if (saved !== iteration) yield checkpoint();
  yield { kind: "end", aborted: iteration < iterations };
}

/** Observations handed out with a checkpoint, for the recorded decisions of a controller file. */
const RECORDED = 32;
