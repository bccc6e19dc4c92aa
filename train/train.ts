import seedrandom from "seedrandom";
import { loadLearned } from "../agents/policy/load-learned.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import type { Polish } from "../agents/policy/polish.js";
import type { LearnerOptions } from "../agents/ppo/context.js";
import type { Learner } from "../agents/ppo/learner.js";
import { openLearner } from "../agents/ppo/open-learner.js";
import type { IterationMetrics } from "../agents/ppo/options.js";
import type { LearnerState } from "../agents/ppo/state.js";
import type { LaneOptions } from "../env/lane/uses.js";
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
  const checkpoint = async (polish: Polish | null = null, polishSteps = 0): Promise<TrainEvent> => {
    const state = await learner.state();
    const envSteps = state.envSteps + polishSteps;
    return { kind: "checkpoint", state: { ...state, envSteps, polish }, observations: await learner.observations(RECORDED) };
  };
  while (iteration < iterations && !signal?.aborted) {
    // Up to the next checkpoint iterations may overlap: a state is only that of a moment when nothing is under way.
    const until = Math.min(iterations, (Math.floor(iteration / config.checkpointEvery) + 1) * config.checkpointEvery);
    const inFlight: Promise<IterationMetrics>[] = [];
    let called = iteration;
    while (iteration < until && !(signal?.aborted && inFlight.length === 0)) {
      while (called < until && inFlight.length < learner.depth && !signal?.aborted) {
        inFlight.push(underWay(learner.iterate()));
        called++;
      }
      const metrics = await inFlight.shift()!;
      iteration++;
      yield { kind: "iteration", metrics };
      // Lets signals and timers in: an iteration may block the thread.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (iteration === until) {
      saved = iteration;
      yield await checkpoint();
    }
  }
  if (saved !== iteration) yield await checkpoint();
  const plan = resume?.polish ? undefined : planPolish(config, world);
  if (!plan || iteration < iterations) {
    yield { kind: "end", aborted: iteration < iterations };
    return;
  }
  const polish = yield* runPolish(await learner.state(), plan, options);
  if (polish) yield await checkpoint(polish, plan.envSteps);
  yield { kind: "end", aborted: !polish };
}

/** A failure is seen when its turn comes, not when it happens. */
function underWay<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Polishing is short and its result follows from the last iteration's checkpoint: an interrupted one starts over. */
async function* runPolish(
  state: LearnerState,
  plan: PolishPlan,
  { world, lane, config, numThreads, signal }: TrainOptions,
): AsyncGenerator<TrainEvent, Polish | undefined> {
  const controller = loadLearned({
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
