import { relative, resolve, sep } from "node:path";
import { UserError } from "../core/errors.js";
import type { Economy } from "../env/economy.js";
import { findEconomy, LISTING, REGISTRY } from "../env/registry.js";
import { exists } from "./files.js";
import type { Io } from "./io.js";
import { loadUserEconomy } from "./user-economy.js";

/** The user's file that an economy was loaded from. */
export interface EconomyFile {
  /** Absolute. */
  readonly path: string;
  /** See `UserModule.sha256`. */
  readonly sha256: string;
}

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
function isModule(name: string): boolean {
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
  const { economy, sha256 } = await loadUserEconomy(io, name);
  return { economy: within(economy, economy.id + layer), file: { path: resolve(io.cwd, name), sha256 } };
}

/** The economy of that id when the registry holds the user's alone. */
function within(economy: Economy, id: string): Economy {
  return id === economy.id ? economy : findEconomy(id, { ...REGISTRY, economies: [economy] });
}

/**
 * The economy that a run folder was made with: by its id, or from the user's file as it was then.
 * @throws UserError when the file is gone or has changed since
 */
export async function reopenEconomy(io: Io, folder: string, id: string, file?: EconomyFile): Promise<ChosenEconomy> {
  if (file === undefined) return { economy: findEconomy(id) };
  const shown = shownPath(io, file.path);
  const hint = `put it back as it was (SHA-256 ${file.sha256.slice(0, 16)}…), or train anew`;
  if (!exists(io, file.path)) {
    throw new UserError("E_ECONOMY_FILE_GONE", `${folder} was trained on ${shown}, which is not there any more`, hint);
  }
  const { economy, sha256 } = await loadUserEconomy(io, file.path);
  if (sha256 !== file.sha256) {
    throw new UserError("E_ECONOMY_FILE_CHANGED", `${shown} has changed since ${folder} was trained on it`, hint);
  }
  return { economy: within(economy, id), file };
}

function shownPath(io: Io, path: string): string {
  const short = relative(io.cwd, path);
  return short.startsWith(`..${sep}..`) ? path : short;
}
