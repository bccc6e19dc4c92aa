import { resolve } from "node:path";
import { buildLanePrograms } from "../agents/rollout/programs.js";
import type { Program } from "../compiler/ir/program.js";
import { UserError } from "../core/errors.js";
import { ECONOMIES } from "../env/economies/index.js";
import { type Economy, isEconomy } from "../env/economy.js";
import { parseEnvOptions } from "../env/settings.js";
import type { World } from "../env/world.js";
import { onFile } from "./files.js";
import type { Io } from "./io.js";
import { loadUserModule, type ModulePin, type UserModule } from "./user-module.js";
import { checkShape } from "./world-shape.js";

/** A file of the user's and the worlds that it exports, by name. */
interface UserWorlds {
  readonly loaded: UserModule;
  readonly worlds: readonly (readonly [string, World])[];
}

/**
 * Runs the user's file.
 * @param pinned what it must be to be run at all
 * @throws UserError when it cannot be read, parsed or run, is not what was pinned, or exports no economy
 */
export async function loadUserWorlds(io: Io, file: string, pinned?: ModulePin): Promise<UserWorlds> {
  const path = resolve(io.cwd, file);
  const loaded = await loadUserModule(path, pinned).catch((error) => onFile(path, "read", () => rethrow(error)));
  const worlds = Object.entries(loaded.exports).filter((entry): entry is [string, World] => isWorld(entry[1]));
  const taken = worlds.find(([, { id }]) => ECONOMIES.some((shipped) => shipped.id === id));
  if (taken) {
    const hint = "give yours an id of its own: tuned rules and controllers belong to an id";
    throw new UserError("E_ECONOMY_FILE", `${taken[0]} of ${file} has the id ${taken[1].id} of an economy that ships`, hint);
  }
  if (worlds.length > 0) return { loaded, worlds };
  const message = `${file} exports no economy: nothing in it has functions, params and state`;
  const hint = "export the economy as a constant, for example export const mine: Economy = { … }";
  throw new UserError("E_CHECK_NOTHING", message, hint);
}

/** An economy from the user's file, and that file. */
interface UserEconomy {
  readonly economy: Economy;
  readonly file: EconomyFile;
}

/** The user's file that an economy was loaded from. */
export interface EconomyFile extends ModulePin {
  /** Absolute. */
  readonly path: string;
}

/** The one economy that a file exports, compiled once so that its mistakes have places in the file. */
export async function loadUserEconomy(io: Io, file: string, pinned?: ModulePin): Promise<UserEconomy> {
  const { loaded, worlds } = await loadUserWorlds(io, file, pinned);
  const [first, second] = worlds;
  if (second) {
    const names = worlds.map(([name]) => name).join(", ");
    throw new UserError("E_ECONOMY_FILE", `${file} exports more than one economy: ${names}`, "export one of them only");
  }
  const world = first![1];
  checkShape(world);
  if (!isEconomy(world)) {
    const message = `${world.id} of ${file} has no token: it is a world, not an economy`;
    throw new UserError("E_ECONOMY_FILE", message, "give it token, balances, presets and account");
  }
  compileUserWorld(loaded, world);
  const { sha256, entrySha256 } = loaded;
  return { economy: world, file: { path: resolve(io.cwd, file), sha256, entrySha256 } };
}

/** The world's control step. @throws UserError E_STEP_* with the place in the user's file */
export function compileUserWorld(loaded: UserModule, world: World): Program {
  return locating(loaded, world, () => buildLanePrograms(world, parseEnvOptions(world, {}).lane).step);
}

function isWorld(value: unknown): value is World {
  if (typeof value !== "object" || value === null) return false;
  const { functions, params, state } = value as Partial<World>;
  return typeof functions?.step === "function" && typeof params === "object" && typeof state === "object";
}

function rethrow(error: unknown): never {
  throw error;
}

/** Replaces the place within a function's running text by the place in the user's file. */
function locating<T>(loaded: UserModule, world: World, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError) || error.place === undefined) throw error;
    const { line, column, excerpt } = error.place;
    const found = functionsOf(world)
      .filter((fn) => Function.prototype.toString.call(fn).split("\n")[line - 1]?.includes(excerpt))
      .map((fn) => loaded.locate(fn, line, column))
      .find((where) => where !== undefined);
    if (found === undefined) throw error;
    throw new UserError(error.code, `${found}: ${error.what}: ${excerpt}`, error.hint);
  }
}

type AnyFunction = (...args: never[]) => unknown;

/** The world's functions and the helpers among its uses, groups included. */
export function functionsOf(world: World): readonly AnyFunction[] {
  const collect = (value: unknown): readonly AnyFunction[] => {
    if (typeof value === "function") return [value as AnyFunction];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(collect) : [];
  };
  return [...collect(world.functions), ...collect(world.uses), ...("account" in world ? collect(world.account) : [])];
}
