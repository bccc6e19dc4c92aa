import { relative, resolve, sep } from "node:path";
import { UserError } from "../core/errors.js";
import type { Economy } from "../env/economy.js";
import { findEconomy, LISTING, REGISTRY } from "../env/registry.js";
import type { Io } from "./io.js";
import { type EconomyFile, loadUserEconomy } from "./user-economy.js";
import { checkPin, type ModulePin } from "./user-module.js";

/** An economy that comes with flyball, or one that the user wrote. */
export interface ChosenEconomy {
  readonly economy: Economy;
  readonly file?: EconomyFile | undefined;
}

/** For the help of every command that takes an economy. */
export const ECONOMY_HELP =
  "\nAn economy is an id that `flyball economies` lists (bittensor@16 has 16 subnets), or a .ts, .mts, .js or .mjs file of yours\n" +
  "that exports one. Such a file is code: it is run, with your rights.";

export const LISTED_OPTION = "--listed <kind>";
export const LISTED_HELP = `layer of a listed company on top: ${LISTING.kinds.join(", ")}`;

/** Whether a name means a file of the user's. */
export function isModule(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name);
}

/**
 * Finds the economy that a command names, or runs the user's file that exports it.
 * @param listed kind of the listed layer, as `--listed` gives it
 * @throws UserError when there is none
 */
export async function chooseEconomy(io: Io, name: string, listed?: string): Promise<ChosenEconomy> {
  const layer = listed === undefined ? "" : `+${listed}`;
  if (!isModule(name)) return { economy: findEconomy(name + layer) };
  const { economy, file } = await loadUserEconomy(io, name);
  return { economy: within(economy, economy.id + layer), file };
}

/** The economy of that id when the registry holds the user's alone. */
function within(economy: Economy, id: string): Economy {
  return id === economy.id ? economy : findEconomy(id, { ...REGISTRY, economies: [economy] });
}

/** For the option of commands that open a run. */
export const ECONOMY_FILE_OPTION = "--economy <file>";
export const ECONOMY_FILE_HELP = "your economy's file, if the run was trained on one: it is code and is run as such";

/** What a run folder says of its economy. */
interface RecordedEconomy {
  /** The folder as the user wrote it. */
  readonly folder: string;
  readonly id: string;
  /** Where the user's file was when the run began, from the folder. Shown, never opened: the folder may come from anyone. */
  readonly path?: string | undefined;
  readonly pinned?: ModulePin | undefined;
}

/**
 * The economy that a run was trained on: by its id, or from the file that the user names.
 * @param named the file that the command line names, or the economy that was loaded from it
 * @throws UserError when the run needs a file and none is named, or it is not the one that the run was trained on
 */
export async function reopenEconomy(
  io: Io,
  recorded: RecordedEconomy,
  named: string | ChosenEconomy | undefined,
): Promise<ChosenEconomy> {
  const { folder, id, pinned } = recorded;
  if (pinned === undefined) {
    if (typeof named !== "string") return { economy: findEconomy(id) };
    const message = `${folder} was trained on ${id}, which ships with flyball, not on ${named}`;
    throw new UserError("E_ECONOMY_FILE_NAME", message, "leave --economy out");
  }
  if (typeof named === "string") {
    const { economy, file } = await loadUserEconomy(io, named, pinned);
    return { economy: within(economy, id), file };
  }
  if (named?.file === undefined) throw unnamedFile(io, recorded);
  checkPin(named.file.path, named.file.sha256, pinned.sha256);
  if (named.economy.id === id) return named;
  throw new UserError(
    "E_CONTROLLER_ECONOMY",
    `${folder} was trained on ${id}, not on ${named.economy.id}`,
    "name its own --economy",
  );
}

function unnamedFile(io: Io, { folder, path = "" }: RecordedEconomy): UserError {
  const shown = relative(io.cwd, resolve(io.cwd, folder, path))
    .split(sep)
    .join("/");
  const typed = /^[\w./@+-]+$/.test(shown) ? shown : JSON.stringify(shown);
  const message = `${folder} was trained on an economy of your own (${shown}), whose code is run only when you name it`;
  return new UserError("E_ECONOMY_FILE_NAME", message, `if you trust that file, give --economy ${typed}`);
}
