import { basename, dirname, relative, resolve, sep } from "node:path";
import { parseControllerFile } from "../agents/learned/controller-file.js";
import { CONTROLLER_FORMAT } from "../agents/learned/controller-schema.js";
import { whyUnfit } from "../agents/learned/fitness.js";
import type { LearnedController } from "../agents/learned/learned-controller.js";
import { resizeController } from "../agents/learned/resize-controller.js";
import { sha256Hex } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import { learnerRun } from "../train/train.js";
import { checkShape, startFromController, startFromRun, type WarmStart } from "../train/warm-start.js";
import { exists, isFolder } from "./files.js";
import { readInputFile } from "./input-file.js";
import type { Io } from "./io.js";
import { checkpointFile, loadTrained, needCheckpoint, openRun } from "./open-run.js";
import { type RunOrigin, type RunPlan, settingsOf } from "./run-plan.js";

/** The source that the command line or a configuration names. */
export interface NamedSource {
  /** A run folder or a controller file, as the user wrote it. */
  readonly name: string;
  /** Of a run folder the best checkpoint instead of the last. */
  readonly best: boolean;
  /** What it must still be. */
  readonly sha256?: string | undefined;
}

/** What a new run begins with, and what is written down of it. */
interface Begun {
  readonly warm: WarmStart;
  readonly from: RunOrigin;
}

/**
 * Reads what a run is to begin with and checks that it fits.
 * @throws UserError where there is none, it is damaged, or it is for another economy, network or algorithm
 */
export async function readWarmStart(io: Io, source: NamedSource, plan: RunPlan): Promise<Begun> {
  const { name, best } = source;
  if (!exists(io, name)) {
    throw new UserError(
      "E_FILE_MISSING",
      `--from names ${name}, which does not exist`,
      "name a run folder or a file of flyball export",
    );
  }
  const file = isFolder(io, name) ? checkpointFile(name, best ? "best" : "last") : name;
  if (best && file === name) {
    throw new UserError(
      "E_TRAIN_FROM",
      `--best is given, but ${name} is a file and has one controller only`,
      "leave --best out",
    );
  }
  const warm = file === name ? readController(io, name, plan) : await readRun(io, source, plan);
  const sha256 = sha256Hex(readInputFile(io, file, Number.POSITIVE_INFINITY));
  if (source.sha256 !== undefined && source.sha256 !== sha256) {
    const message = `${file} is not what the run in --config began with: its SHA-256 is ${sha256.slice(0, 12)}…, not ${source.sha256.slice(0, 12)}…`;
    throw new UserError("E_TRAIN_FROM", message, `to begin with it as it is now, give --from ${name}`);
  }
  return { warm, from: { path: resolve(io.cwd, file), sha256 } };
}

function readController(io: Io, name: string, plan: RunPlan): WarmStart {
  const text = new TextDecoder().decode(readInputFile(io, name));
  if (!text.includes(CONTROLLER_FORMAT)) {
    throw new UserError(
      "E_TRAIN_FROM",
      `${name} is neither a run folder nor a controller file`,
      "make one with flyball export RUN --out FILE",
    );
  }
  const { controller: loaded, provenance } = parseControllerFile(text);
  const controller = resizeController(loaded, plan.economy);
  checkFits(name, controller, plan);
  return startFromController(controller, provenance.envSteps);
}

async function readRun(io: Io, { name, best }: NamedSource, plan: RunPlan): Promise<WarmStart> {
  const run = await openRun(io, name, plan, best ? "best" : "last");
  const checkpoint = needCheckpoint(run);
  const { controller } = loadTrained(run);
  const { economy, config } = run.trained;
  checkFits(name, resizeController(controller, plan.economy), plan);
  if (economy.id !== plan.economy.id) {
    const message = `${name} was trained on ${economy.id}, whose statistics are of other fields than those of ${plan.economy.id}`;
    throw new UserError("E_TRAIN_FROM", message, `start from its controller alone (flyball export ${name} --out FILE)`);
  }
  const { algorithm } = plan.config;
  if (config.algorithm !== algorithm) {
    const message = `${name} was trained by ${config.algorithm}, whose state says nothing to ${algorithm}`;
    const hint = `start from its controller alone (flyball export ${name} --out FILE), or add --set algorithm=${config.algorithm}`;
    throw new UserError("E_TRAIN_FROM", message, hint);
  }
  const options = { world: economy, lane: settingsOf(run.trained).lane, config, numThreads: 1 };
  return startFromRun(checkpoint, controller, learnerRun(options));
}

/** @throws UserError naming the first thing that differs, and what to do */
function checkFits(name: string, controller: LearnedController, plan: RunPlan): void {
  const { economy: world, config } = plan;
  const why = whyUnfit(controller, world, settingsOf(plan).lane);
  if (why !== undefined) {
    const message = `a run on ${world.id} cannot begin with ${name}: ${why}`;
    throw new UserError(
      "E_TRAIN_FROM",
      message,
      "train on the economy that it was trained on, as it was then, or leave --from out",
    );
  }
  checkShape(name, controller, { world, config });
}

/** A path in a file, from where that file is, as `--from` would name it. */
export function sourceBeside(io: Io, file: string, path: string): NamedSource {
  const name = relative(io.cwd, resolve(io.cwd, dirname(file), path))
    .split(sep)
    .join("/");
  return { name, best: false };
}

/** What the run of a config.json began with, as `--from` would name it. */
export function sourceIn(io: Io, configPath: string, { path, sha256 }: RunOrigin): NamedSource {
  const { name } = sourceBeside(io, configPath, path);
  const best = basename(name) === basename(checkpointFile("", "best"));
  const isRun = best || basename(name) === basename(checkpointFile("", "last"));
  return { name: isRun ? dirname(name) : name, best, sha256 };
}
