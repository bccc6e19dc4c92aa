import { join } from "node:path";
import type { Provenance } from "../agents/learned/controller-file.js";
import type { LearnedController } from "../agents/learned/learned-controller.js";
import { hashOf } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import { buildController, planTrained } from "../train/build-controller.js";
import { type Checkpoint, decodeCheckpoint } from "../train/checkpoint.js";
import { policyOf } from "../train/learner-checkpoint.js";
import type { ChosenEconomy } from "./economy-option.js";
import { exists } from "./files.js";
import { readInputFile } from "./input-file.js";
import type { Io } from "./io.js";
import { checkRunIdentity, describeRun } from "./run-identity.js";
import { type RunPlan, readRunPlan, settingsOf } from "./run-plan.js";
import { VERSION } from "./version.js";

/** Lanes of 262,144 worlds and the moments of the largest networks. */
const MAX_CHECKPOINT_BYTES = 4 * 2 ** 30;

/** A run folder that was read whole and found to be of one piece. */
export interface OpenRun {
  /** The folder as the user wrote it. */
  readonly folder: string;
  readonly plan: RunPlan;
  /** What the checkpoint was made with: the plan itself unless a setting was changed since. */
  readonly trained: RunPlan;
  readonly which: WhichCheckpoint;
  /** Absent when the run ended before its first. */
  readonly checkpoint: Checkpoint | undefined;
}

/** The last one that was written, or that of the best evaluation. */
type WhichCheckpoint = "last" | "best";

const CHECKPOINT_FILES: Readonly<Record<WhichCheckpoint, string>> = { last: "checkpoint.bin", best: "best.bin" };

export const checkpointFile = (folder: string, which: WhichCheckpoint): string => join(folder, CHECKPOINT_FILES[which]);

/** Of the commands that act with a run's controller. */
export const BEST_OPTION = "--best";
export const BEST_HELP = "of run folders take the checkpoint of the best evaluation, not the last; needs a run with evalEvery";

/**
 * The one way into a run folder, for every command: config.json, the economy and the checkpoint belong together.
 * @param named as in {@link readRunPlan}
 * @throws UserError when they do not, or one of them is missing, damaged or foreign
 */
export async function openRun(
  io: Io,
  folder: string,
  named?: string | ChosenEconomy,
  which: WhichCheckpoint = "last",
): Promise<OpenRun> {
  const plan = await readRunPlan(io, folder, named);
  const file = checkpointFile(folder, which);
  if (!exists(io, file)) return { folder, plan, trained: plan, which, checkpoint: undefined };
  const checkpoint = decodeCheckpoint(readInputFile(io, file, MAX_CHECKPOINT_BYTES));
  const trained = checkRunIdentity(folder, plan, checkpoint, which === "best");
  return { folder, plan, trained, which, checkpoint };
}

export function hasCheckpoint(io: Io, folder: string): boolean {
  return exists(io, join(folder, "checkpoint.bin"));
}

/** @throws UserError when there is none */
export function needCheckpoint({ folder, checkpoint, which }: OpenRun): Checkpoint {
  if (checkpoint) return checkpoint;
  if (which === "best") {
    const hint = "leave --best out for the last checkpoint, or train with --set evalEvery=10";
    throw new UserError("E_RUN_CHECKPOINT", `${folder} has no best.bin: no evaluation was made during its training`, hint);
  }
  throw new UserError("E_RUN_CHECKPOINT", `${folder} has no checkpoint yet`, `let it run further: flyball resume ${folder}`);
}

/** The controller of a run's checkpoint. */
export function loadTrained(run: OpenRun): { readonly controller: LearnedController; readonly provenance: Provenance } {
  const { plan } = run;
  const { economy, config } = plan;
  const observations = Object.keys(economy.observations).length;
  const { parameterCount: parameters } = planTrained(economy, config);
  const policy = policyOf(needCheckpoint(run), { observations, parameters });
  const controller = buildController({ world: economy, lane: settingsOf(plan).lane, config }, policy);
  return { controller, provenance: provenanceOf(plan, policy.envSteps) };
}

/** Settings in which runs of one kind may differ: the seed, and what does not change the kind of the result. */
const FREE_IN_KIND: readonly string[] = ["seed", "device", "threads", "checkpointEvery"];

/** The same for runs that differ in the training seed alone. */
export function hashSettings({ trained, which, checkpoint }: OpenRun): string {
  const config = Object.fromEntries(Object.entries(trained.config).filter(([name]) => !FREE_IN_KIND.includes(name)));
  const { economy, economySha256 = null, fromSha256 = null, settingsHash } = describeRun(trained);
  const changes = (trained.changes ?? []).map(({ iteration, set }) => ({ iteration, set }));
  // A run that was stopped half-way is another controller than one that ended; where each stops by itself, none is half-way.
  const envSteps = which === "best" || trained.config.earlyStop > 0 ? null : checkpoint?.header["envSteps"];
  return hashOf({ economy, economySha256, fromSha256, settingsHash, config, changes, which, envSteps });
}

function provenanceOf({ config }: RunPlan, envSteps: number): Provenance {
  const platform = `${process.platform}-${process.arch}`;
  return { seed: config.seed, envSteps, configHash: hashOf(config), flyball: VERSION, node: process.versions.node, platform };
}
