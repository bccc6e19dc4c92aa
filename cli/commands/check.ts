import { resolve } from "node:path";
import type { Command } from "commander";
import { buildLanePrograms } from "../../agents/rollout/programs.js";
import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../core/errors.js";
import { checkEnv } from "../../env/check-env.js";
import { isEconomy, STANDARD_FLOWS } from "../../env/economy.js";
import { makeEnv } from "../../env/environment.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { onFile } from "../files.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { loadUserModule, type UserModule } from "../user-module.js";

export function addCheck(program: Command, io: Io): void {
  program
    .command("check <file>")
    .description("compiles the economies that a TypeScript file exports and points at what is wrong")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  flyball check examples/minimal-economy.ts")
    .action((file: string, options: { readonly json?: boolean }) => runCheck(io, file, options));
}

async function runCheck(io: Io, file: string, options: { readonly json?: boolean }): Promise<void> {
  const path = resolve(io.cwd, file);
  const loaded = await loadUserModule(path).catch((error) => onFile(path, "read", () => rethrow(error)));
  const worlds = Object.entries(loaded.exports).filter((entry): entry is [string, World] => isWorld(entry[1]));
  if (worlds.length === 0) {
    const message = `${file} exports no economy: nothing in it has functions, params and state`;
    throw new UserError(
      "E_CHECK_NOTHING",
      message,
      "export the economy as a constant, for example export const mine: Economy = { … }",
    );
  }
  const checked = worlds.map(([name, world]) => ({ export: name, ...checkWorld(loaded, world) }));
  if (options.json) return writeJson(io, { file, economies: checked });
  for (const { id, bytes, params } of checked) {
    writeLine(io.stdout, `${id} is fine: ${params} parameters, one step is ${bytes} bytes of WebAssembly`);
  }
}

function rethrow(error: unknown): never {
  throw error;
}

function isWorld(value: unknown): value is World {
  if (typeof value !== "object" || value === null) return false;
  const { functions, params, state } = value as Partial<World>;
  return typeof functions?.step === "function" && typeof params === "object" && typeof state === "object";
}

/** Compiles, then plays. @throws UserError for the first thing that is wrong, with its place in the file */
function checkWorld(
  loaded: UserModule,
  world: World,
): { readonly id: string; readonly bytes: number; readonly params: number } {
  checkSpecs(world);
  const bytes = locating(loaded, world, () => {
    const { step } = buildLanePrograms(world, parseEnvOptions(world, {}).lane);
    return emitWasm(step, { capacity: 64 }).length;
  });
  const [problem] = checkEnv(makeEnv(world));
  if (problem) {
    throw new UserError("E_CHECK_CONTRACT", `${world.id}: ${problem.message}`, `likely cause: ${problem.likelyCause}`);
  }
  return { id: world.id, bytes, params: Object.keys(world.params).length };
}

/** What a reader and the report rely on: every parameter has unit, range and source; an economy writes the standard flows. */
function checkSpecs(world: World): void {
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
function functionsOf(world: World): readonly AnyFunction[] {
  const collect = (value: unknown): readonly AnyFunction[] => {
    if (typeof value === "function") return [value as AnyFunction];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(collect) : [];
  };
  return [...collect(world.functions), ...collect(world.uses), ...("account" in world ? collect(world.account) : [])];
}
