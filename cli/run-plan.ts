import { join, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { UserError } from "../core/errors.js";
import { describeIssue } from "../core/schema-issue.js";
import type { Economy } from "../env/economy.js";
import { type EnvSettings, parseEnvOptions } from "../env/settings.js";
import { parseConfig, type TrainConfig } from "../train/config.js";
import { type ChosenEconomy, reopenEconomy } from "./economy-option.js";
import { exists, isFolder } from "./files.js";
import { readInputJson } from "./input-file.js";
import type { Io } from "./io.js";
import type { Hyperparameters } from "./run/event-file.js";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const FORMAT = "flyball-run";
/** Goes up when older runs can no longer go on. */
const VERSION = 2;

const runFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  economy: z.string(),
  /** The user's file that exports the economy: where it was, from the run folder, and the hashes of a `UserModule`. */
  economyFile: z.strictObject({ path: z.string().max(4096), sha256, entrySha256: sha256.optional() }).optional(),
  /** What the run began with instead of random weights: a checkpoint or a controller file, from the run folder, and its digest. */
  from: z.strictObject({ path: z.string().max(4096), sha256 }).optional(),
  preset: z.string().nullable(),
  /** Values that a params file changed; the rest are the preset's. */
  params: z.record(z.string(), z.number()),
  config: z.unknown(),
  /** Settings that `flyball resume` changed: after how many iterations, to what, and what they were. `config` has them already. */
  changes: z
    .array(
      z.strictObject({
        iteration: z.int().min(0),
        set: z.record(z.string(), z.unknown()),
        was: z.record(z.string(), z.unknown()),
      }),
    )
    .optional(),
});

/** The content of config.json, its settings unchecked. */
export type RunFile = Readonly<z.infer<typeof runFileSchema>>;

/** What a run began with: an absolute path in a plan, from the run folder in config.json. */
export type RunOrigin = NonNullable<RunFile["from"]>;

export function isRunFile(loose: unknown): boolean {
  return typeof loose === "object" && loose !== null && (loose as { format?: unknown }).format === FORMAT;
}

/** @throws UserError when a file is not what flyball wrote as config.json */
export function parseRunFile(loose: unknown, path: string): RunFile {
  if (isRunFile(loose) && (loose as { version?: unknown }).version === 1) {
    const message = `${path} is of a run that an earlier version of flyball trained, with a last phase that is gone`;
    throw new UserError(
      "E_RUN_VERSION",
      message,
      "controllers that were exported from it still work; train it anew to go on with it",
    );
  }
  const parsed = runFileSchema.safeParse(loose);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.join(".") || "the file";
  const message = `${path} is not what flyball wrote: ${where}: ${describeIssue(issue)}`;
  throw new UserError("E_RUN_CONFIG", message, "restore it or train anew");
}

/** What config.json says: everything that a run depends on. */
export interface RunPlan extends ChosenEconomy {
  readonly economy: Economy;
  readonly from?: RunOrigin | undefined;
  readonly preset: string | null;
  readonly params: Readonly<Record<string, number>>;
  /** As they are now. */
  readonly config: TrainConfig;
  /** How they came to be so since the run began. */
  readonly changes?: RunFile["changes"];
}

/** The content of config.json in `folder`. */
export function formatRunPlan(io: Io, folder: string, plan: RunPlan): string {
  const { economy, preset, params, config, changes } = plan;
  const seen = (path: string) => relative(resolve(io.cwd, folder), path).split(sep).join("/");
  const economyFile = plan.file && { ...plan.file, path: seen(plan.file.path) };
  const from = plan.from && { ...plan.from, path: seen(plan.from.path) };
  const changed = changes?.length ? { changes } : {};
  const content = {
    format: FORMAT,
    version: VERSION,
    economy: economy.id,
    economyFile,
    from,
    preset,
    params,
    config,
    ...changed,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * @param named the economy's file as the command line names it, or the economy that was loaded from there
 * @throws UserError when the folder holds no run, its config.json was damaged, or its economy's file is not named or has changed
 */
export async function readRunPlan(io: Io, folder: string, named?: string | ChosenEconomy): Promise<RunPlan> {
  if (!isFolder(io, folder) || !exists(io, join(folder, "config.json"))) {
    const message = `${folder} is not a run folder: it has no config.json`;
    throw new UserError("E_RUN_MISSING", message, "name a folder that flyball train made with --out");
  }
  const file = parseRunFile(readInputJson(io, join(folder, "config.json")), `${folder}/config.json`);
  const { economy: id, economyFile, preset, params, config, changes } = file;
  const from = file.from && { ...file.from, path: resolve(io.cwd, folder, file.from.path) };
  // The settings first: nothing of the user's runs for a folder that is refused anyway.
  const settings = parseConfig(config);
  const chosen = await reopenEconomy(io, { folder, id, path: economyFile?.path, pinned: economyFile }, named);
  return { ...chosen, from, preset, params, config: settings, ...(changes ? { changes } : {}) };
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

/** What TensorBoard compares runs by. */
export function hyperparametersOf({ economy, preset, config }: RunPlan): Hyperparameters {
  const settings = Object.entries(config).flatMap(([name, value]) =>
    name === "apg" || name === "es"
      ? Object.entries(value as object).map(([own, inner]) => [`${name}.${own}`, plainSetting(inner)] as const)
      : [[name, plainSetting(value)] as const],
  );
  return { economy: economy.id, preset: preset ?? "default", ...Object.fromEntries(settings) };
}

function plainSetting(value: TrainConfig[keyof TrainConfig]): number | string | boolean {
  if (value === null) return "off";
  if (Array.isArray(value)) return value.join(",");
  // A base rule: its values are in config.json.
  return typeof value === "object" ? String((value as { readonly rule?: unknown }).rule) : (value as number | string | boolean);
}
