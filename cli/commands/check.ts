import type { Command } from "commander";
import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import type { ZeroDivisor } from "../../compiler/zero-divisors.js";
import { UserError } from "../../core/errors.js";
import { checkEnv } from "../../env/check-env.js";
import { describeBounds, describeDivisor } from "../../env/check-world.js";
import { worldZeroDivisors } from "../../env/divisors.js";
import { makeEnv } from "../../env/environment.js";
import type { World } from "../../env/world.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { checkSpecs, compileUserWorld, functionsOf, loadUserWorlds } from "../user-economy.js";
import type { UserModule } from "../user-module.js";

export function addCheck(program: Command, io: Io): void {
  program
    .command("check <file>")
    .description("compiles the economies that a TypeScript file exports and points at what is wrong")
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

interface Checked {
  readonly id: string;
  /** Of one control step in WebAssembly. */
  readonly bytes: number;
  readonly params: number;
  readonly warnings: readonly string[];
}

/** Compiles, then plays. @throws UserError for the first thing that is wrong, with its place in the file */
function checkWorld(loaded: UserModule, world: World): Checked {
  checkSpecs(world);
  const bytes = emitWasm(compileUserWorld(loaded, world), { capacity: 64 }).length;
  const problem = checkEnv(makeEnv(world)).find(({ severity }) => severity === "error");
  if (problem) {
    throw new UserError("E_CHECK_CONTRACT", `${world.id}: ${problem.message}`, `likely cause: ${problem.likelyCause}`);
  }
  const warnings = worldZeroDivisors(world).map((divisor) => describeWarning(loaded, world, divisor));
  return { id: world.id, bytes, params: Object.keys(world.params).length, warnings };
}

/** `mine.ts:12:5: s.x / p.y divides by 0 .. 0.2` */
function describeWarning(loaded: UserModule, world: World, divisor: ZeroDivisor): string {
  const { source, line, column, text } = divisor.origin;
  const place = functionsOf(world)
    .filter((fn) => Function.prototype.toString.call(fn) === source)
    .map((fn) => loaded.locate(fn, line, column))
    .find((where) => where !== undefined);
  return place === undefined ? describeDivisor(divisor) : `${place}: ${text} ${describeBounds(divisor)}`;
}
