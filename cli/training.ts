import type { IterationMetrics } from "../agents/learner/learner.js";
import { NotFiniteError } from "../agents/learner/not-finite.js";
import { describeBytes } from "../core/bytes.js";
import { UserError } from "../core/errors.js";
import type { Interval } from "../core/statistics.js";
import { DeviceLostError } from "../models/webgpu/device-lost.js";
import { encodeCheckpoint } from "../train/checkpoint.js";
import { checkpointOf } from "../train/learner-checkpoint.js";
import { envStepsOf, type TrainEvent, train, workOf } from "../train/train.js";
import type { EvaluationScore, TrainState } from "../train/train-state.js";
import type { WarmStart } from "../train/warm-start.js";
import { InterruptedError, type InterruptSignal } from "./interrupt.js";
import { type Io, writeJson, writeLine } from "./io.js";
import { hasCheckpoint } from "./open-run.js";
import type { RunFolder } from "./run-folder.js";
import { describeRun } from "./run-identity.js";
import { type RunPlan, settingsOf } from "./run-plan.js";
import { createProgress, type Progress } from "./terminal/progress.js";

/** What a training session did; the `--json` document of `train` and `resume`. */
interface TrainSummary {
  readonly economy: string;
  readonly out: string;
  readonly envSteps: number;
  readonly totalSteps: number;
  readonly finished: boolean;
  readonly episodicReturn: number | null;
  readonly seconds: number;
  readonly envStepsPerSecond: number;
  /** Only of runs that evaluate: the best so far. */
  readonly best?: EvaluationScore;
  /** Learning ended because the evaluations did not improve any more. */
  readonly stoppedEarly?: true;
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
  readonly warmStart?: WarmStart | undefined;
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
    sayEvaluations(io, summary, plan);
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

/** How far a session is. */
interface Standing {
  readonly iteration: number;
  readonly envSteps: number;
  readonly episodicReturn: number | null;
  readonly best?: EvaluationScore;
  /** Of the last evaluation, for the progress line. */
  readonly evaluationNotes: readonly string[];
  readonly finished: boolean;
  readonly stoppedEarly: boolean;
}

async function follow(io: Io, session: Session, signal: AbortSignal): Promise<TrainSummary> {
  const { plan, resume, warmStart } = session;
  const { config, economy } = plan;
  const totalSteps = envStepsOf(config, economy);
  const started = io.now();
  const first = resume?.envSteps ?? 0;
  const progress = createProgress(io, totalSteps, first);
  const best = resume?.evaluations?.best;
  let standing: Standing = {
    iteration: resume?.iteration ?? 0,
    envSteps: first,
    episodicReturn: null,
    ...(best ? { best } : {}),
    evaluationNotes: [],
    finished: true,
    stoppedEarly: false,
  };
  const events = train({
    world: economy,
    lane: settingsOf(plan).lane,
    config,
    numThreads: config.threads ?? io.cores,
    signal,
    ...(resume ? { resume } : {}),
    ...(warmStart ? { warmStart } : {}),
  });
  try {
    for await (const event of events) standing = { ...standing, ...react({ io, session, progress, standing }, event) };
  } finally {
    // An error has a line of its own.
    progress.stop();
  }
  const seconds = (io.now() - started) / 1000;
  return {
    economy: economy.id,
    out: session.name,
    envSteps: standing.envSteps,
    totalSteps,
    finished: standing.finished,
    episodicReturn: standing.episodicReturn,
    seconds,
    envStepsPerSecond: seconds > 0 ? Math.round((standing.envSteps - first) / seconds) : 0,
    ...(standing.best ? { best: standing.best } : {}),
    ...(standing.stoppedEarly ? { stoppedEarly: true } : {}),
  };
}

interface Following {
  readonly io: Io;
  readonly session: Session;
  readonly progress: Progress;
  readonly standing: Standing;
}

/** Logs, shows and saves what an event brings. @returns what it changes */
function react({ io, session, progress, standing }: Following, event: TrainEvent): Partial<Standing> {
  const { folder } = session;
  switch (event.kind) {
    case "start":
      session.begin?.();
      writeLine(io.stderr, `training on ${event.device}; ${describeBytes(event.bytes)} of its memory`);
      return {};
    case "iteration": {
      const { iteration, envSteps, episodicReturn, notes } = event.metrics;
      const shown = [returnNote(session, event.metrics), ...notes, ...standing.evaluationNotes];
      logIteration(io, folder, progress, { ...event.metrics, notes: shown });
      return { iteration, envSteps, episodicReturn };
    }
    case "warning":
      progress.stop();
      writeLine(io.stderr, `warning: ${event.warning.message}; ${event.warning.hint}`);
      return {};
    case "evaluation":
      logEvaluation(io, folder, event);
      return { best: event.best, evaluationNotes: evaluationNotes(event) };
    case "best":
      saveCheckpoint(session, "best.bin", event);
      return {};
    case "checkpoint":
      saveCheckpoint(session, "checkpoint.bin", event);
      return { envSteps: event.state.envSteps };
    case "end":
      return { finished: !event.aborted, stoppedEarly: event.stoppedEarly };
  }
}

/** Nothing is said of the return as long as only ruined episodes have ended. */
function returnNote({ plan: { config, economy } }: Session, { envSteps, episodicReturn }: IterationMetrics): string {
  const isKnown = episodicReturn !== null && envSteps >= workOf(config, economy).returnFrom;
  return `return ${isKnown ? episodicReturn.toPrecision(4) : "-"}`;
}

function logIteration(io: Io, folder: RunFolder, progress: Progress, metrics: IterationMetrics): void {
  const { iteration, envSteps, figures, notes } = metrics;
  const stepsPerSecond = progress.update({ envSteps, notes });
  const finite = Object.entries({ ...figures, stepsPerSecond }).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number" && Number.isFinite(entry[1]),
  );
  folder.append({ update: iteration, envSteps, time: io.now(), metrics: Object.fromEntries(finite) });
}

type EvaluationEvent = Extract<TrainEvent, { readonly kind: "evaluation" }>;

function logEvaluation(io: Io, folder: RunFolder, { score }: EvaluationEvent): void {
  const { iteration, envSteps, mean, low, high, gain } = score;
  const over = gain && {
    "eval/gain": gain.objective.mean,
    "eval/gain_low": gain.objective.low,
    "eval/gain_high": gain.objective.high,
    "eval/worst_scenario": gain.worst.mean,
    "eval/trips": gain.trips.mean,
    "eval/crashes": gain.crashes.mean,
  };
  const metrics = { "eval/return": mean, "eval/low": low, "eval/high": high, ...over };
  folder.append({ update: iteration, envSteps, time: io.now(), metrics });
}

function evaluationNotes({ score, best, isBest }: EvaluationEvent): readonly string[] {
  const figure = ({ gain, mean }: EvaluationScore) => (gain ? gainText(gain.objective) : mean.toPrecision(4));
  const found = isBest ? "the best" : (score.refused ?? `best ${figure(best)} at update ${best.iteration}`);
  return [`${score.gain ? "gain over base" : "eval"} ${figure(score)} (${found})`];
}

const gainText = ({ mean, low, high }: Interval): string => `${signed(mean)} [${signed(low)}, ${signed(high)}]`;

const signed = (x: number): string => `${x < 0 ? "-" : "+"}${Math.abs(x).toFixed(4).replace(/^0/, "")}`;

function sayEvaluations(io: Io, { best, stoppedEarly }: TrainSummary, { config }: RunPlan): void {
  if (stoppedEarly) {
    const evaluations = config.earlyStop === 1 ? "one evaluation" : `${config.earlyStop} evaluations in a row`;
    writeLine(io.stderr, `learning stopped early: ${evaluations} without a new best`);
  }
  if (!best) return;
  const { iteration, mean, low, high, gain } = best;
  const interval = `${low.toPrecision(4)} .. ${high.toPrecision(4)}`;
  const over = gain ? `; gain over its base ${gainText(gain.objective)}` : "";
  writeLine(
    io.stderr,
    `best evaluation: ${mean.toPrecision(4)} (95 % ${interval})${over} after update ${iteration}, in best.bin`,
  );
}

type SavedEvent = Extract<TrainEvent, { readonly kind: "checkpoint" | "best" }>;

function saveCheckpoint({ plan, folder }: Session, file: string, { state, observations }: SavedEvent): void {
  folder.write(file, encodeCheckpoint(checkpointOf(state, observations, describeRun(plan))));
}
