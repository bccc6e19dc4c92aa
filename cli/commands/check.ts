import type { Command } from "commander";
import type { Hazard } from "../../compiler/analysis/hazards.js";
import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../core/errors.js";
import type { BreakerLimits } from "../../env/breakers/limits.js";
import { checkEnv } from "../../env/check-env.js";
import { describeHazard, describeOperand } from "../../env/check-world.js";
import { type Economy, isEconomy } from "../../env/economy.js";
import { makeEnv } from "../../env/environment.js";
import { worldHazards } from "../../env/hazards.js";
import { createExactLane } from "../../env/lane/exact.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { compileUserWorld, functionsOf, loadUserWorlds } from "../user-economy.js";
import type { UserModule } from "../user-module.js";
import { checkShape } from "../world-shape.js";

export function addCheck(program: Command, io: Io): void {
  program
    .command("check <file>")
    .description("runs a TypeScript file of yours, compiles and plays the economies that it exports, points at what is wrong")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  flyball check examples/minimal-economy.ts")
    .action((file: string, options: { readonly json?: boolean }) => runCheck(io, file, options));
}

async function runCheck(io: Io, file: string, options: { readonly json?: boolean }): Promise<void> {
  const { loaded, worlds } = await loadUserWorlds(io, file);
  const checked = worlds.map(([name, world]) => ({ export: name, ...checkWorld(loaded, world) }));
  if (options.json) return writeJson(io, { file, economies: checked });
  for (const { id, bytes, params, warnings } of checked) {
    for (const warning of warnings) writeLine(io.stderr, `warning: ${warning}`);
    writeLine(io.stdout, `${id} is fine: ${params} parameters, one step is ${bytes} bytes of WebAssembly`);
  }
}

/** The decimal ledger takes a millisecond a day. */
const LEDGER_DAYS = 60;

interface Checked {
  readonly id: string;
  /** Of one control step in WebAssembly. */
  readonly bytes: number;
  readonly params: number;
  readonly warnings: readonly string[];
}

/** Compiles, then plays. @throws UserError for the first thing that is wrong, with its place in the file */
function checkWorld(loaded: UserModule, world: World): Checked {
  checkShape(world);
  const bytes = emitWasm(compileUserWorld(loaded, world), { capacity: 64 }).length;
  const problem = checkEnv(makeEnv(world)).find(({ severity }) => severity === "error");
  if (problem) {
    throw new UserError("E_CHECK_CONTRACT", `${world.id}: ${problem.message}`, `likely cause: ${problem.likelyCause}`);
  }
  if (isEconomy(world)) {
    keepBooks(world, {});
    keepBooks(world, TIGHT);
  }
  const warnings = worldHazards(world).map((hazard) => describeWarning(loaded, world, hazard));
  return { id: world.id, bytes, params: Object.keys(world.params).length, warnings };
}

/** So tight that whoever does not look at the limits of a step is seen, even if it asks for little. */
const TIGHT: Partial<BreakerLimits> = { dailySupplyCap: 1e-6 };

/** Lives on the ledger, where a millionth of a token that goes astray is seen. */
function keepBooks(economy: Economy, limits: Partial<BreakerLimits>): void {
  const lane = createExactLane(economy, parseEnvOptions(economy, { limits }));
  const { actions } = economy;
  lane.reset(1, 0);
  for (let day = 0; day < LEDGER_DAYS; day++) {
    // All controls at one end of their bands, two days later at the other.
    lane.step(
      actions.kind === "discrete"
        ? [day % actions.count]
        : Object.values(actions.fields).map(({ low, high }) => (day % 4 < 2 ? high : low)),
    );
    if (Number(lane.read("lane", "terminated")) === 1) return;
  }
}

/** `mine.ts:12:5: s.x / p.y divides by 0 .. 0.2` */
function describeWarning(loaded: UserModule, world: World, hazard: Hazard): string {
  const { source, line, column, text } = hazard.origin;
  const place = functionsOf(world)
    .filter((fn) => Function.prototype.toString.call(fn) === source)
    .map((fn) => loaded.locate(fn, line, column))
    .find((where) => where !== undefined);
  return place === undefined ? describeHazard(hazard) : `${place}: ${text} ${describeOperand(hazard)}`;
}
