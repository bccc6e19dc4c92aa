import seedrandom from "seedrandom";
import { findAlgorithm } from "../agents/algorithms.js";
import type { LearnerRun, Work } from "../agents/learner/algorithm.js";
import type { IterationMetrics, Learner, TrainWarning } from "../agents/learner/learner.js";
import { UserError } from "../core/errors.js";
import { type Split, stream } from "../core/random.js";
import type { LaneOptions } from "../env/lane/uses.js";
import { checkDrawnAccounts } from "../env/start-accounts.js";
import type { World } from "../env/world.js";
import { planTrained } from "./build-controller.js";
import type { Checkpoint } from "./checkpoint.js";
import type { TrainConfig } from "./config.js";
import { createPolicyEvaluator, type PolicyEvaluator, recordEvaluation } from "./evaluate-policy.js";
import { misfit, parseState } from "./learner-checkpoint.js";
import type { EvaluationRecord, EvaluationScore, TrainState } from "./train-state.js";
import { type WarmStart, warmState } from "./warm-start.js";

export interface TrainOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly config: TrainConfig;
  readonly numThreads: number;
  /** State to continue from. */
  readonly resume?: TrainState;
  /** What a new run begins with instead of random weights. */
  readonly warmStart?: WarmStart;
  /** Looked at after every iteration: training ends there when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * What happens in a run, in this order within an iteration. `checkpoint` comes every `checkpointEvery` iterations and at the end, and at
 * the start of a run with `warmStart`;
 * `evaluation` every `evalEvery` iterations, and after the last one, with a `best` behind it where it is the best so far;
 * also after the first where the policy begins as a rule.
 */
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
  | {
      readonly kind: "evaluation";
      readonly score: EvaluationScore;
      readonly isBest: boolean;
      readonly best: EvaluationScore;
      /** Evaluations in a row without a new best. */
      readonly withoutBetter: number;
    }
  | ({ readonly kind: "best" } & Saved)
  | ({ readonly kind: "checkpoint" } & Saved)
  | {
      readonly kind: "end";
      readonly aborted: boolean;
      /** Learning ended because `earlyStop` evaluations in a row brought nothing better. */
      readonly stoppedEarly: boolean;
    };

/** What can be kept of a run. */
interface Saved {
  readonly state: TrainState;
  /** Raw observations that the policy has met, for the recorded decisions of an exported controller. */
  readonly observations: readonly (readonly number[])[];
}

/** How a run's steps are spent. */
export function workOf(config: TrainConfig, world: World): Work {
  const horizon = config.horizon ?? world.horizon;
  return findAlgorithm(config.algorithm).work({ settings: config, horizon, steps: config.totalSteps });
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

/**
 * Checks the first random draws of a run before the start: those of training and those of evaluations on the way.
 * @throws UserError `E_PARAM_ACCOUNT` for a draw that starts an account below 0
 */
export function checkDraws(config: TrainConfig, world: World, { params }: LaneOptions): void {
  const check = (split: Split, block: number) => {
    const streams = { scenario: stream("scenario", split, block), reset: stream("reset", split, block) };
    checkDrawnAccounts(world, params, { seed: config.seed, streams });
  };
  check("train", 0);
  check("selection", 0);
}

/** Env-steps of a whole run: totalSteps, rounded up to whole iterations. */
export function envStepsOf(config: TrainConfig, world: World): number {
  const { iterations, stepsPerIteration, envSteps = iterations * stepsPerIteration } = workOf(config, world);
  return envSteps;
}

/**
 * Trains. No console, no file, no clock: the caller does something with the events, and nothing runs on while it does.
 * N iterations are bit for bit N/2 iterations, their state, and N/2 more from there.
 * @throws UserError as {@link checkWork} and {@link checkDraws}; NotFiniteError when a NaN or infinity turns up; the last checkpoint that was handed out is from before
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { device, algorithm } = options.config;
  checkWork(options.config, options.world);
  if (options.resume === undefined) checkDraws(options.config, options.world, options.lane);
  const learner = await findAlgorithm(algorithm).open(device === "auto" ? "wasm" : device, learnerRun(options));
  const { config, world, resume, numThreads } = options;
  const evaluator = createPolicyEvaluator(options, numThreads);
  try {
    if (resume) learner.restore(resume);
    else if (options.warmStart) learner.restore(warmState(await learner.state(), options.warmStart, options));
    const { iterations } = workOf(config, world);
    const { iteration = 0, evaluations } = resume ?? {};
    yield* run({ learner, options, iterations, evaluator, iteration, evaluations });
  } finally {
    await evaluator.dispose();
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
    steps: config.totalSteps,
    numThreads,
    random: seedrandom(`weights ${config.seed}`),
  };
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
  const policy = { observations, parameters: planTrained(world, config).parameterCount };
  const state = parseState(checkpoint, policy, algorithm.stateShape(run));
  const why = algorithm.whyImpossible(state, run);
  if (why) throw misfit(why);
  return state;
}

/** The state from which a run goes on with changed settings: evaluations count anew for `earlyStop`. */
export function reopenState(state: TrainState): TrainState {
  const { evaluations } = state;
  return evaluations ? { ...state, evaluations: { ...evaluations, withoutBetter: 0 } } : state;
}

/** A learner in a run, with what the run knows beyond it. */
interface Session {
  readonly learner: Learner;
  readonly options: TrainOptions;
  readonly iterations: number;
  readonly evaluator: PolicyEvaluator;
  /** Of the last evaluation, those before a resume included. */
  evaluations: EvaluationRecord | undefined;
  iteration: number;
}

async function* run(session: Session): AsyncGenerator<TrainEvent> {
  const { learner, options, iterations } = session;
  const { device, bytes } = learner;
  yield { kind: "start", device, bytes, iterations };
  // From here on the run goes on without what it began with.
  if (options.warmStart && !options.resume) yield await checkpoint(session);
  yield* learn(session);
  const stoppedEarly = isStoppedEarly(session);
  yield { kind: "end", aborted: session.iteration < iterations && !stoppedEarly, stoppedEarly };
}

/** Whether the evaluations have gone without a new best for as long as `earlyStop` allows. */
function isStoppedEarly({ iteration, iterations, evaluations, options: { config } }: Session): boolean {
  const { evalEvery, earlyStop } = config;
  return evalEvery > 0 && earlyStop > 0 && iteration < iterations && (evaluations?.withoutBetter ?? 0) >= earlyStop;
}

async function currentState({ learner, evaluations }: Session): Promise<TrainState> {
  const state = await learner.state();
  return evaluations ? { ...state, evaluations } : state;
}

async function checkpoint(session: Session): Promise<TrainEvent> {
  const state = await currentState(session);
  return { kind: "checkpoint", state, observations: await session.learner.observations(RECORDED) };
}

/** All iterations, with the checkpoints and evaluations that are due between them. */
async function* learn(session: Session): AsyncGenerator<TrainEvent> {
  const { iterations, options } = session;
  const { config, signal } = options;
  const algorithm = findAlgorithm(config.algorithm);
  const watch = algorithm.watch(config);
  const { settles = [] } = workOf(config, options.world);
  // A policy that begins as a rule has to beat it: the rule's score comes first.
  const startsAtRule = config.evalEvery > 0 && algorithm.structure(config, options.world).base !== null;
  const told = new Set<string>();
  let saved = session.iteration;
  while (session.iteration < iterations && !signal?.aborted && !isStoppedEarly(session)) {
    // Up to the next break iterations may overlap: a state is only that of a moment when nothing is under way.
    const isDue = (every: number) => every > 0 && (session.iteration % every === 0 || session.iteration === iterations);
    const next = (every: number) => (every > 0 ? (Math.floor(session.iteration / every) + 1) * every : iterations);
    const isFirst = startsAtRule && session.iteration === 0;
    const settlesNext = settles.find((iteration) => iteration > session.iteration) ?? iterations;
    const until = Math.min(settlesNext, next(config.checkpointEvery), isFirst ? 1 : next(config.evalEvery));
    for await (const metrics of iterate(session, until)) {
      yield { kind: "iteration", metrics };
      for (const warning of watch(metrics)) {
        if (told.has(warning.code)) continue;
        told.add(warning.code);
        yield { kind: "warning", warning };
      }
      // Lets signals and timers in: an iteration may block the thread.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (session.iteration < until) continue;
    const isSettled = settles.includes(session.iteration);
    if (isFirst || isSettled || isDue(config.evalEvery)) yield* evaluate(session);
    if (isSettled || isStoppedEarly(session)) await session.learner.settle?.();
    if (!isDue(config.checkpointEvery)) continue;
    saved = session.iteration;
    yield await checkpoint(session);
  }
  if (saved !== session.iteration) yield await checkpoint(session);
}

/** Iterations up to `until`, or as far as those reach that were under way when the signal came. */
async function* iterate(session: Session, until: number): AsyncGenerator<IterationMetrics> {
  const { learner, options } = session;
  const { signal } = options;
  const inFlight: Promise<IterationMetrics>[] = [];
  let called = session.iteration;
  while (session.iteration < until && !(signal?.aborted && inFlight.length === 0)) {
    while (called < until && inFlight.length < learner.depth && !signal?.aborted) {
      inFlight.push(underWay(learner.iterate()));
      called++;
    }
    const metrics = await inFlight.shift()!;
    session.iteration++;
    yield metrics;
  }
}

/** Scores the policy of this moment on the selection markets. */
async function* evaluate(session: Session): AsyncGenerator<TrainEvent> {
  const { learner, evaluator } = session;
  const score = await evaluator.evaluate(await currentState(session));
  const record = recordEvaluation(session.evaluations, score);
  session.evaluations = record;
  const isBest = record.best === score;
  yield { kind: "evaluation", score, isBest, best: record.best, withoutBetter: record.withoutBetter };
  if (!isBest) return;
  await learner.keep?.();
  yield { kind: "best", state: await currentState(session), observations: await learner.observations(RECORDED) };
}

/** A failure is seen when its turn comes, not when it happens. */
function underWay<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Observations handed out with a checkpoint, for the recorded decisions of a controller file. */
const RECORDED = 32;
