import seedrandom from "seedrandom";
import { findAlgorithm } from "../agents/algorithms.js";
import type { LearnerRun, Work } from "../agents/learner/algorithm.js";
import type { IterationMetrics, Learner, TrainWarning } from "../agents/learner/learner.js";
import type { LearnerState } from "../agents/learner/state.js";
import { loadLearned } from "../agents/policy/load-learned.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import type { Polish } from "../agents/policy/polish.js";
import { UserError } from "../core/errors.js";
import type { LaneOptions } from "../env/lane/uses.js";
import type { World } from "../env/world.js";
import type { Checkpoint } from "./checkpoint.js";
import type { TrainConfig } from "./config.js";
import { misfit, stateOf } from "./learner-checkpoint.js";
import { type PolishPlan, type PolishProgress, planPolish, polishPolicy } from "./polish.js";
import type { TrainState } from "./train-state.js";

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

/** A checkpoint is due whenever `state` is given: every `checkpointEvery` iterations and at the end. */
export type TrainEvent =
  | {
      readonly kind: "start";
      /** What trains, for people. */
      readonly device: string;
      readonly bytes: number;
      readonly iterations: number;
    }
  | { readonly kind: "iteration"; readonly metrics: IterationMetrics }
  | { readonly kind: "warning"; readonly warning: TrainWarning }
  | ({ readonly kind: "polish" } & PolishProgress)
  | { readonly kind: "checkpoint"; readonly state: TrainState; readonly observations: readonly (readonly number[])[] }
  | { readonly kind: "end"; readonly aborted: boolean };

/** Env-steps that are left for the algorithm when those for polishing are kept. */
function learningSteps(config: TrainConfig, world: World): number {
  return config.totalSteps - (planPolish(config, world)?.envSteps ?? 0);
}

/** How a run's steps are spent, polishing apart. */
export function workOf(config: TrainConfig, world: World): Work {
  const horizon = config.horizon ?? world.horizon;
  return findAlgorithm(config.algorithm).work({ settings: config, horizon, steps: learningSteps(config, world) });
}

/**
 * Checks before the start that a run learns at all.
 * @throws UserError `E_TRAIN_STEPS` with the steps that would do
 */
export function checkWork(config: TrainConfig, world: World): void {
  const { iterations, stepsPerIteration, minIterations, sizes } = workOf(config, world);
  if (iterations >= minIterations) return;
  const made = iterations === 1 ? "one iteration" : `${iterations} iterations`;
  throw new UserError(
    "E_TRAIN_STEPS",
    `totalSteps=${config.totalSteps} is ${made} of ${stepsPerIteration} env-steps, which only measures the observations: nothing would be learned`,
    `use --steps ${minIterations * stepsPerIteration} or more, or a lower ${sizes}`,
  );
}

/** Env-steps of a whole run: totalSteps, rounded up to whole iterations. */
export function envStepsOf(config: TrainConfig, world: World): number {
  const { iterations, stepsPerIteration } = workOf(config, world);
  return iterations * stepsPerIteration + (planPolish(config, world)?.envSteps ?? 0);
}

/**
 * Trains. No console, no file, no clock: the caller does something with the events, and nothing runs on while it does.
 * N iterations are bit for bit N/2 iterations, their state, and N/2 more from there.
 * @throws UserError as {@link checkWork}; NotFiniteError when a NaN or infinity turns up; the last checkpoint that was handed out is from before
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { device, algorithm } = options.config;
  checkWork(options.config, options.world);
  const learner = await findAlgorithm(algorithm).open(device === "auto" ? "wasm" : device, learnerRun(options));
  try {
    if (options.resume) learner.restore(withoutPolish(options.resume, options));
    yield* run(learner, options);
  } finally {
    await learner.dispose();
  }
}

/** What a run gives to its algorithm. */
export function learnerRun({ world, lane, config, numThreads }: TrainOptions): LearnerRun {
  return {
    world,
    lane,
    horizon: config.horizon ?? world.horizon,
    settings: config,
    steps: learningSteps(config, world),
    numThreads,
    random: seedrandom(`weights ${config.seed}`),
  };
}

/** The learner's own state: polishing has added its env-steps at the end. */
function withoutPolish(state: TrainState, { world, config }: Pick<TrainOptions, "world" | "config">): LearnerState {
  const polishSteps = state.polish ? (planPolish(config, world)?.envSteps ?? 0) : 0;
  return { ...state, envSteps: state.envSteps - polishSteps };
}

/**
 * The state that a run of these options is to go on from.
 * @throws UserError `E_CHECKPOINT_FIT` where it cannot have come to it: an array is missing or of another length, holds what no run
 * leaves there, or the counters do not belong together
 */
export function readState(checkpoint: Checkpoint, options: Omit<TrainOptions, "resume">): TrainState {
  const { world, config } = options;
  const algorithm = findAlgorithm(config.algorithm);
  const run = learnerRun(options);
  const observations = Object.keys(world.observations).length;
  const policy = { observations, parameters: planPolicy(world, config).parameterCount };
  const state = stateOf(checkpoint, policy, algorithm.stateShape(run));
  const why = algorithm.whyImpossible(withoutPolish(state, options), run);
  if (why) throw misfit(why);
  return state;
}

async function* run(learner: Learner, options: TrainOptions): AsyncGenerator<TrainEvent> {
  const { config, world, signal, resume } = options;
  const { iterations } = workOf(config, world);
  const { device, bytes } = learner;
  yield { kind: "start", device, bytes, iterations };
  const watch = findAlgorithm(config.algorithm).watch(config);
  const told = new Set<string>();
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
      for (const warning of watch(metrics)) {
        if (told.has(warning.code)) continue;
        told.add(warning.code);
        yield { kind: "warning", warning };
      }
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
