import { canonicalJson } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import { baseName, parseEconomyId } from "../env/economy-id.js";
import { parseConfig } from "../train/config.js";
import { type ChosenEconomy, chooseEconomy, isModule } from "./economy-option.js";
import { readInputJson } from "./input-file.js";
import { type Io, writeLine } from "./io.js";
import { isRunFile, parseRunFile, type RunFile } from "./run-plan.js";
import { type NamedSource, sourceBeside, sourceIn } from "./warm-start.js";

type Values = Readonly<Record<string, unknown>>;

/** What `--config` names: settings alone, or the config.json of a run with all else that the run depends on. */
export interface ConfigFile {
  /** As the user wrote it. */
  readonly path: string;
  readonly settings: Values;
  /** What a run with them begins with. */
  readonly from?: NamedSource | undefined;
  readonly run?: RunFile;
}

/** @throws UserError when it cannot be read or is neither settings nor a run's config.json */
export function readConfigFile(io: Io, path: string): ConfigFile {
  const loose = readInputJson(io, path);
  const run = isRunFile(loose) ? parseRunFile(loose, path) : undefined;
  const { from, settings } = run
    ? { from: run.from && sourceIn(io, path, run.from), settings: run.config }
    : splitFrom(io, path, loose);
  // Checked alone first, so that a file that holds no object is not silently spread.
  parseConfig(settings);
  return { path, settings: settings as Values, from, ...(run ? { run } : {}) };
}

/** Settings that were written by hand may name a run or a controller to begin with: `from`, a path from where the file is. */
function splitFrom(io: Io, path: string, loose: unknown): { readonly from?: NamedSource; readonly settings: unknown } {
  if (typeof loose !== "object" || loose === null || !("from" in loose)) return { settings: loose };
  const { from, ...settings } = loose;
  if (typeof from === "string" && from !== "") return { from: sourceBeside(io, path, from), settings };
  const message = `from in ${path} must be the path of a run folder or a controller file, got ${JSON.stringify(from)}`;
  throw new UserError("E_CONFIG_VALUE", message, 'write it like {"from": "runs/base"}, from where the file is');
}

/**
 * The economy that the command line names, with the version, subnets and listing of the run's where it says none.
 * @throws UserError as {@link chooseEconomy}
 */
export async function chooseEconomyLike(
  io: Io,
  name: string,
  listed: string | undefined,
  run: RunFile | undefined,
): Promise<ChosenEconomy> {
  if (!run) return chooseEconomy(io, name, listed);
  const recorded = parseEconomyId(run.economy);
  if (isModule(name)) {
    const chosen = await chooseEconomy(io, name, listed);
    const isLayered = listed === undefined && recorded.listed !== undefined && isOf(run, chosen);
    return isLayered ? chooseEconomy(io, name, recorded.listed) : chosen;
  }
  const given = parseEconomyId(name);
  if (given.name !== recorded.name || run.economyFile) return chooseEconomy(io, name, listed);
  const version = given.version ?? recorded.version;
  const subnets = given.subnets ?? recorded.subnets;
  const id = `${given.name}${version === undefined ? "" : `-v${version}`}${subnets === undefined ? "" : `@${subnets}`}`;
  return chooseEconomy(io, id, listed ?? given.listed ?? recorded.listed);
}

/** Whether a run's preset and params are those of the economy. */
export function isOf(run: RunFile, { economy }: ChosenEconomy): boolean {
  return baseName(run.economy) === baseName(economy.id);
}

/** What of a run's config.json a new run takes. */
interface Taken {
  readonly economy: string;
  readonly preset: string | null;
  readonly params: Values;
  /** Settings of the command line. */
  readonly given: Values;
}

/** Says what was taken from a run's config.json, and each difference that the command line made. */
export function sayTaken(io: Io, { path, settings, run }: ConfigFile, { economy, preset, params, given }: Taken): void {
  if (!run) return;
  const differs = (left: unknown, right: unknown) => canonicalJson(left ?? null) !== canonicalJson(right ?? null);
  const pairs: readonly (readonly [name: string, now: unknown, file: unknown])[] = [
    ["economy", economy, run.economy],
    ["preset", preset, run.preset],
    ["params", params, run.params],
    ...Object.entries(given).map(([name, value]) => [name, value, settings[name]] as const),
  ];
  const won = pairs.filter(([, now, file]) => differs(now, file));
  const lost = new Set(won.map(([name]) => name));
  const kept = Object.keys(settings).filter((name) => !lost.has(name)).length;
  const taken = [
    `${kept} settings`,
    ...(lost.has("economy") ? [] : [`economy ${run.economy}`]),
    ...(run.preset === null || lost.has("preset") ? [] : [`preset ${run.preset}`]),
    ...(Object.keys(run.params).length === 0 || lost.has("params") ? [] : [`params ${Object.keys(run.params).join(", ")}`]),
  ];
  writeLine(io.stderr, `took from ${path}: ${taken.join("; ")}`);
  for (const [name, now, file] of won) {
    writeLine(io.stderr, `${name} is ${show(now)} by the command line, not ${show(file)} as in ${path}`);
  }
}

const show = (value: unknown): string => JSON.stringify(value ?? null);
