import { resolve } from "node:path";
import { buildLanePrograms } from "../agents/rollout/programs.js";
import type { Program } from "../compiler/ir.js";
import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { type Economy, isEconomy, STANDARD_FLOWS } from "../env/economy.js";
import { parseEnvOptions } from "../env/settings.js";
import type { World } from "../env/world.js";
import { onFile } from "./files.js";
import type { Io } from "./io.js";
import { loadUserModule, type UserModule } from "./user-module.js";

/** A file of the user's and the worlds that it exports, by name. */
export interface UserWorlds {
  readonly loaded: UserModule;
  readonly worlds: readonly (readonly [string, World])[];
}

/** Runs the user's file. @throws UserError when it cannot be read, parsed or run, or exports no economy */
export async function loadUserWorlds(io: Io, file: string): Promise<UserWorlds> {
  const path = resolve(io.cwd, file);
  const loaded = await loadUserModule(path).catch((error) => onFile(path, "read", () => rethrow(error)));
  const worlds = Object.entries(loaded.exports).filter((entry): entry is [string, World] => isWorld(entry[1]));
  if (worlds.length > 0) return { loaded, worlds };
  const message = `${file} exports no economy: nothing in it has functions, params and state`;
  const hint = "export the economy as a constant, for example export const mine: Economy = { … }";
  throw new UserError("E_CHECK_NOTHING", message, hint);
}

/** The one economy that a file exports, compiled once so that its mistakes have places in the file. */
export async function loadUserEconomy(io: Io, file: string): Promise<{ readonly economy: Economy; readonly sha256: string }> {
  const { loaded, worlds } = await loadUserWorlds(io, file);
  const [first, second] = worlds;
  if (second) {
    const names = worlds.map(([name]) => name).join(", ");
    throw new UserError("E_ECONOMY_FILE", `${file} exports more than one economy: ${names}`, "export one of them only");
  }
  const world = first![1];
  checkSpecs(world);
  if (!isEconomy(world)) {
    const message = `${world.id} of ${file} has no token: it is a world, not an economy`;
    throw new UserError("E_ECONOMY_FILE", message, "give it token, balances, presets and account");
  }
  compileUserWorld(loaded, world);
  return { economy: world, sha256: loaded.sha256 };
}

/** The world's control step. @throws UserError E_STEP_* with the place in the user's file */
export function compileUserWorld(loaded: UserModule, world: World): Program {
  return locating(loaded, world, () => buildLanePrograms(world, parseEnvOptions(world, {}).lane).step);
}

/**
 * What a reader and the report rely on: every parameter has unit, range and source, every objective a weight of each term, and an
 * economy writes the standard flows.
 */
export function checkSpecs(world: World): void {
  checkWeights(world);
  for (const [name, { value, low, high, unit, source, doc }] of Object.entries(world.params)) {
    const complaint = (what: string) =>
      new UserError(
        "E_CHECK_PARAM",
        `parameter ${name} of ${world.id} ${what}`,
        "give every parameter value, low, high, unit, source and doc",
      );
    if (!(value >= low && value <= high)) throw complaint(`is ${value}, which is not within its range ${low} to ${high}`);
    for (const [what, text] of Object.entries({ unit, source, doc })) if (!text) throw complaint(`has no ${what}`);
  }
  const missing = isEconomy(world) ? Object.keys(STANDARD_FLOWS).find((name) => !(name in world.flows)) : undefined;
  if (missing) {
    const message = `${world.id} has a token but no flow ${missing}`;
    throw new UserError("E_CHECK_FLOW", message, `write ${Object.keys(STANDARD_FLOWS).join(", ")} in every step`);
  }
}

function checkWeights({ id, objectives, terms }: World): void {
  const names = Object.keys(terms);
  for (const [objective, weights] of Object.entries(objectives)) {
    const complain = (what: string, hint: string) => {
      throw new UserError("E_CHECK_WEIGHT", `objective ${objective} of ${id} ${what}`, hint);
    };
    const missing = names.find((term) => !Number.isFinite(weights[term]));
    if (missing) complain(`has no weight of ${missing}`, `give each term a number, 0 to leave it out: ${names.join(", ")}`);
    const unknown = Object.keys(weights).find((term) => !names.includes(term));
    if (unknown) complain(`weighs ${unknown}, which is no term`, suggest(unknown, names));
  }
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
    if (!(error instanceof UserError)) throw error;
    const place = / \(([^()]*) (\d+):(\d+): (.*)\)$/s.exec(error.message);
    if (!place) throw error;
    const [whole, , line, column, excerpt] = place;
    const found = functionsOf(world)
      .filter((fn) => Function.prototype.toString.call(fn).split("\n")[Number(line) - 1]?.includes(excerpt!))
      .map((fn) => loaded.locate(fn, Number(line), Number(column)))
      .find((where) => where !== undefined);
    if (found === undefined) throw error;
    throw new UserError(error.code, `${found}: ${error.message.slice(0, -whole.length)}: ${excerpt}`, error.hint);
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
