import { join } from "node:path";
import { z } from "zod";
import type { Provenance } from "../agents/controller-file.js";
import type { LearnedController } from "../agents/learned.js";
import { learnedOfRun } from "../agents/learned-of-run.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import { hashOf } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import type { Economy } from "../env/economy.js";
import { findEconomy } from "../env/registry.js";
import { type EnvSettings, parseEnvOptions } from "../env/settings.js";
import { type Checkpoint, decodeCheckpoint } from "../train/checkpoint.js";
import { parseConfig, type TrainConfig } from "../train/config.js";
import { policyOf } from "../train/learner-checkpoint.js";
import { exists, isFolder, readJson, readWhole } from "./files.js";
import type { Io } from "./io.js";
import { VERSION } from "./version.js";

const runFileSchema = z.strictObject({
  format: z.literal("flyball-run"),
  version: z.literal(1),
  economy: z.string(),
  preset: z.string().nullable(),
  /** Values that a params file changed; the rest are the preset's. */
  params: z.record(z.string(), z.number()),
  config: z.unknown(),
});

/** What config.json says: everything that a run depends on. */
export interface RunPlan {
  readonly economy: Economy;
  readonly preset: string | null;
  readonly params: Readonly<Record<string, number>>;
  readonly config: TrainConfig;
}

/** The content of config.json. */
export function formatRunPlan({ economy, preset, params, config }: RunPlan): string {
  const file = { format: "flyball-run", version: 1, economy: economy.id, preset, params, config };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** @throws UserError when the folder holds no run or its config.json was damaged */
export function readRunPlan(io: Io, folder: string): RunPlan {
  if (!isFolder(io, folder) || !exists(io, join(folder, "config.json"))) {
    const message = `${folder} is not a run folder: it has no config.json`;
    throw new UserError("E_RUN_MISSING", message, "name a folder that flyball train made with --out");
  }
  const parsed = runFileSchema.safeParse(readJson(io, join(folder, "config.json")));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.join(".") || issue.message.toLowerCase();
    throw new UserError(
      "E_RUN_CONFIG",
      `${folder}/config.json is not what flyball wrote: ${where}`,
      "restore it or train anew",
    );
  }
  const { economy, preset, params, config } = parsed.data;
  return { economy: findEconomy(economy), preset, params, config: parseConfig(config) };
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

/** What a checkpoint must have been made with to be continued: settings and all parameter values. */
export function checkpointIdentity(plan: RunPlan): Readonly<Record<string, string>> {
  const { economy, config } = plan;
  return { economy: economy.id, configHash: hashOf(config), settingsHash: hashOf(settingsOf(plan).lane) };
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
  return decodeCheckpoint(readWhole(io, join(folder, "checkpoint.bin"), 4 * 2 ** 30));
}

/** The controller of a run folder's last checkpoint. */
export function learnedOfFolder(io: Io, folder: string): { controller: LearnedController; provenance: Provenance } {
  const plan = readRunPlan(io, folder);
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
    moments: config.normalizeObservation ? policy.observationMoments : undefined,
  });
  return { controller, provenance: provenanceOf(plan, policy.envSteps) };
}

function provenanceOf({ config }: RunPlan, envSteps: number): Provenance {
  const platform = `${process.platform}-${process.arch}`;
  return { seed: config.seed, envSteps, configHash: hashOf(config), flyball: VERSION, node: process.versions.node, platform };
}
