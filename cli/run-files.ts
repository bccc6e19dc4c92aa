import { join, relative, resolve, sep } from "node:path";
import { z } from "zod";
import type { Provenance } from "../agents/controller-file.js";
import type { LearnedController } from "../agents/learned.js";
import { learnedOfRun } from "../agents/learned-of-run.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import { hashOf } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import type { Economy } from "../env/economy.js";
import { type EnvSettings, parseEnvOptions } from "../env/settings.js";
import { type Checkpoint, decodeCheckpoint } from "../train/checkpoint.js";
import { parseConfig, type TrainConfig } from "../train/config.js";
import { policyOf } from "../train/learner-checkpoint.js";
import { type ChosenEconomy, reopenEconomy } from "./economy-option.js";
import { exists, isFolder } from "./files.js";
import { readInputFile, readInputJson } from "./input-file.js";
import type { Io } from "./io.js";
import { VERSION } from "./version.js";

const runFileSchema = z.strictObject({
  format: z.literal("flyball-run"),
  version: z.literal(1),
  economy: z.string(),
  /** The user's file that exports the economy: its path from the run folder, and its SHA-256. */
  economyFile: z.strictObject({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  preset: z.string().nullable(),
  /** Values that a params file changed; the rest are the preset's. */
  params: z.record(z.string(), z.number()),
  config: z.unknown(),
});

/** What config.json says: everything that a run depends on. */
export interface RunPlan extends ChosenEconomy {
  readonly economy: Economy;
  readonly preset: string | null;
  readonly params: Readonly<Record<string, number>>;
  readonly config: TrainConfig;
}

/** The content of config.json in `folder`. */
export function formatRunPlan(io: Io, folder: string, { economy, file, preset, params, config }: RunPlan): string {
  const economyFile = file && {
    path: relative(resolve(io.cwd, folder), file.path).split(sep).join("/"),
    sha256: file.sha256,
  };
  const content = { format: "flyball-run", version: 1, economy: economy.id, economyFile, preset, params, config };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** @throws UserError when the folder holds no run, its config.json was damaged, or its economy's file is gone or has changed */
export async function readRunPlan(io: Io, folder: string): Promise<RunPlan> {
  if (!isFolder(io, folder) || !exists(io, join(folder, "config.json"))) {
    const message = `${folder} is not a run folder: it has no config.json`;
    throw new UserError("E_RUN_MISSING", message, "name a folder that flyball train made with --out");
  }
  const parsed = runFileSchema.safeParse(readInputJson(io, join(folder, "config.json")));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.join(".") || issue.message.toLowerCase();
    throw new UserError(
      "E_RUN_CONFIG",
      `${folder}/config.json is not what flyball wrote: ${where}`,
      "restore it or train anew",
    );
  }
  const { economy: id, economyFile, preset, params, config } = parsed.data;
  const file = economyFile && { ...economyFile, path: resolve(io.cwd, folder, economyFile.path) };
  const chosen = await reopenEconomy(io, folder, id, file);
  return { ...chosen, preset, params, config: parseConfig(config) };
}

/** Checked settings of the run's worlds. @throws UserError for an objective, preset or parameter that does not exist */
export function settingsOf({ economy, preset, params, config }: RunPlan): EnvSettings {
  return parseEnvOptions(economy, {
    params,
    ...(preset === null ? {} : { preset }),
    ...(config.objective === null ? {} : { objective: config.objective }),
    ...(config.horizon === null ? {} : { horizon: config.horizon }),
  });
}

export function objectiveName({ economy, config }: RunPlan): string {
  return config.objective ?? Object.keys(economy.objectives)[0]!;
}

/**
 * What a checkpoint must have been made with to be continued: settings and all parameter values. The device is none of it: every
 * device goes on from every other's state, so all of them count as wasm here.
 */
export function checkpointIdentity(plan: RunPlan): Readonly<Record<string, string>> {
  const { economy, config } = plan;
  return {
    economy: economy.id,
    configHash: hashOf({ ...config, device: "wasm" }),
    settingsHash: hashOf(settingsOf(plan).lane),
  };
}

export function hasCheckpoint(io: Io, folder: string): boolean {
  return exists(io, join(folder, "checkpoint.bin"));
}

/** @throws UserError when there is no checkpoint or it is truncated, altered or foreign */
export function readCheckpoint(io: Io, folder: string): Checkpoint {
  if (!hasCheckpoint(io, folder)) {
    const message = `${folder} has no checkpoint yet`;
    throw new UserError("E_RUN_CHECKPOINT", message, `let it run further: flyball resume ${folder}`);
  }
  return decodeCheckpoint(readInputFile(io, join(folder, "checkpoint.bin"), 4 * 2 ** 30));
}

/** The controller of a run folder's last checkpoint. */
export async function learnedOfFolder(
  io: Io,
  folder: string,
): Promise<{ controller: LearnedController; provenance: Provenance }> {
  const plan = await readRunPlan(io, folder);
  const checkpoint = readCheckpoint(io, folder);
  const { economy, config } = plan;
  const agent = planPolicy(economy, config);
  const observations = Object.keys(economy.observations).length;
  const policy = policyOf(checkpoint, { observations, parameters: agent.parameterCount });
  const controller = learnedOfRun({
    world: economy,
    lane: settingsOf(plan).lane,
    objective: objectiveName(plan),
    decisionInterval: config.decisionInterval,
    agent,
    parameters: policy.params,
    polish: policy.polish,
    moments: config.normalizeObservation ? policy.observationMoments : undefined,
  });
  return { controller, provenance: provenanceOf(plan, policy.envSteps) };
}

function provenanceOf({ config }: RunPlan, envSteps: number): Provenance {
  const platform = `${process.platform}-${process.arch}`;
  return { seed: config.seed, envSteps, configHash: hashOf(config), flyball: VERSION, node: process.versions.node, platform };
}
