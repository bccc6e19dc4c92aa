import type { IterationMetrics } from "../agents/learner/learner.js";
import { NotFiniteError } from "../agents/learner/not-finite.js";
import { describeBytes } from "../core/bytes.js";
import { UserError } from "../core/errors.js";
import { DeviceLostError } from "../models/webgpu/device-lost.js";
import { encodeCheckpoint } from "../train/checkpoint.js";
import { checkpointOf } from "../train/learner-checkpoint.js";
import { envStepsOf, type TrainEvent, train } from "../train/train.js";
import type { TrainState } from "../train/train-state.js";
import { InterruptedError, type InterruptSignal } from "./interrupt.js";
import { type Io, writeJson, writeLine } from "./io.js";
import { hasCheckpoint } from "./open-run.js";
import type { RunFolder } from "./run-folder.js";
import { describeRun } from "./run-identity.js";
import { type RunPlan, settingsOf } from "./run-plan.js";
import { createProgress, type Progress } from "./terminal/progress.js";

/** What a training session did; the `--json` document of `train` and `resume`. */
export interface TrainSummary {
  readonly economy: string;
  readonly out: string;
  readonly envSteps: number;
  readonly totalSteps: number;
  readonly finished: boolean;
  readonly episodicReturn: number | null;
  readonly seconds: number;
  readonly envStepsPerSecond: number;
  /** Only where a signal cut it short; the exit code says it too. */
  readonly interruptedBy?: InterruptSignal;
}

/** Prints the document of `--json`. @throws InterruptedError when the session was cut short, for the exit code */
export function reportTraining(io: Io, summary: TrainSummary, json: boolean | undefined): void {
  if (json) writeJson(io, summary);
  if (summary.interruptedBy) throw new InterruptedError(summary.interruptedBy);
}

interface Session {
  readonly plan: RunPlan;
  readonly folder: RunFolder;
  /** As the user wrote it, for messages. */
  readonly name: string;
  /** Called once the device is ready: until then nothing of a run that cannot begin is left. */
  readonly begin?: () => void;
  readonly resume?: TrainState | undefined;
}

/** Trains until the end or the first Ctrl-C, writes what must be kept and says how to go on. Closes the folder. */
export async function runTraining(io: Io, session: Session): Promise<TrainSummary> {
  const { plan, folder, name } = session;
  const stop = new AbortController();
  let signal: InterruptSignal | undefined;
  let begun = session.begin === undefined;
  const begin = () => {
    session.begin?.();
    begun = true;
  };
  const release = io.onInterrupt((which) => {
    writeLine(io.stderr, "\nstopping after this iteration; Ctrl-C again quits without saving");
    signal = which;
    stop.abort();
  });
  try {
    const summary = await follow(io, { ...session, begin }, stop.signal);
    const steps = `${summary.envSteps} of ${summary.totalSteps} env-steps`;
    if (summary.finished) writeLine(io.stderr, `trained ${steps} in ${Math.round(summary.seconds)} s; the run is in ${name}`);
    else writeLine(io.stderr, `saved at ${steps}; go on with: flyball resume ${name}`);
    return { ...summary, ...(signal && !summary.finished ? { interruptedBy: signal } : {}) };
  } catch (error) {
    if (error instanceof DeviceLostError) throw lostError(io, error, name);
    if (!(error instanceof NotFiniteError)) throw error;
    const hint = `the last good checkpoint is kept in ${name}; lower learningRate or look at ${plan.economy.id}'s parameters`;
    throw new UserError("E_TRAIN_NOT_FINITE", error.message, hint);
  } finally {
    release();
    if (begun) folder.close();
    else folder.discard();
  }
}

function lostError(io: Io, { message }: DeviceLostError, name: string): UserError {
  const hint = hasCheckpoint(io, name)
    ? `go on from the last checkpoint with: flyball resume ${name}, or elsewhere with --device wasm`
    : "no checkpoint was written yet: start again, with --set checkpointEvery=1 or --device wasm";
  return new UserError("E_DEVICE_LOST", message, hint);
}

async function follow(io: Io, session: Session, signal: AbortSignal): Promise<TrainSummary> {
  const { plan, resume } = session;
  const { config, economy } = plan;
  const totalSteps = envStepsOf(config, economy);
  const started = io.now();
  const first = resume?.envSteps ?? 0;
  const progress = createProgress(io, totalSteps, first);
  let last = { iteration: resume?.iteration ?? 0, envSteps: first, episodicReturn: null as number | null };
  let finished = true;
  const events = train({
    world: economy,
    lane: settingsOf(plan).lane,
    config,
    numThreads: config.threads ?? io.cores,
    signal,
    ...(resume ? { resume } : {}),
  });
  try {
    for await (const event of events) {
      if (event.kind === "start") {
        session.begin?.();
        writeLine(io.stderr, `training on ${event.device}; ${describeBytes(event.bytes)} of its memory`);
      }
      if (event.kind === "iteration") {
        logIteration(io, session.folder, progress, event.metrics);
        last = event.metrics;
      }
      if (event.kind === "warning") {
        progress.stop();
        writeLine(io.stderr, `warning: ${event.warning.message}; ${event.warning.hint}`);
      }
      if (event.kind === "polish") {
        logPolish(io, session.folder, progress, event, last.iteration + 1);
        last = { ...last, envSteps: event.envSteps };
      }
      if (event.kind === "checkpoint") {
        saveCheckpoint(session, event.state, event.observations);
        last = { ...last, envSteps: event.state.envSteps };
      }
      if (event.kind === "end") finished = !event.aborted;
    }
  } finally {
    // An error has a line of its own.
    progress.stop();
  }
  const seconds = (io.now() - started) / 1000;
  return {
    economy: economy.id,
    out: session.name,
    envSteps: last.envSteps,
    totalSteps,
    finished,
    episodicReturn: last.episodicReturn,
    seconds,
    envStepsPerSecond: seconds > 0 ? Math.round((last.envSteps - first) / seconds) : 0,
  };
}

function logIteration(io: Io, folder: RunFolder, progress: Progress, metrics: IterationMetrics): void {
  const { iteration, envSteps, episodicReturn, figures, notes } = metrics;
  const shown = `return ${episodicReturn === null ? "-" : episodicReturn.toPrecision(4)}`;
  const stepsPerSecond = progress.update({ envSteps, notes: [shown, ...notes] });
  const finite = Object.entries({ ...figures, stepsPerSecond }).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number" && Number.isFinite(entry[1]),
  );
  folder.append({ update: iteration, envSteps, time: io.now(), metrics: Object.fromEntries(finite) });
}

type PolishEvent = Extract<TrainEvent, { readonly kind: "polish" }>;

function logPolish(io: Io, folder: RunFolder, progress: Progress, event: PolishEvent, update: number): void {
  const { done, envSteps, score } = event;
  const stepsPerSecond = progress.update({
    envSteps,
    notes: [`polishing ${Math.round(100 * done)} %`, `objective ${score.toPrecision(4)}`],
  });
  folder.append({ update, envSteps, time: io.now(), metrics: { polishObjective: score, stepsPerSecond } });
}

function saveCheckpoint({ plan, folder }: Session, state: TrainState, observations: readonly (readonly number[])[]): void {
  const checkpoint = checkpointOf(state, observations, describeRun(plan));
  folder.write("checkpoint.bin", encodeCheckpoint(checkpoint));
}
