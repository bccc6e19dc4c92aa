import type { Command } from "commander";
import { UserError } from "../../core/errors.js";
import type { Economy } from "../../env/economy.js";
import { findScenarios } from "../../env/registry.js";
import { type EnvOptions, parseEnvOptions } from "../../env/settings.js";
import { chooseEconomy, ECONOMY_HELP, LISTED_HELP, LISTED_OPTION } from "../economy-option.js";
import { writeWhole } from "../files.js";
import { type FoundController, findControllers } from "../find-controllers.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { BEST_HELP, BEST_OPTION } from "../open-run.js";
import { wholeNumber } from "../options.js";
import { paramsOption } from "../params-option.js";
import { exactTrajectory, floatTrajectory, type Trajectory } from "../trajectory.js";
import { MAX_PLOTTED, plotTrajectories } from "../trajectory-picture.js";

interface Options {
  readonly economy: string;
  readonly listed?: string;
  readonly params?: string;
  readonly preset?: string;
  readonly scenario: string;
  readonly days?: number;
  readonly seed: number;
  readonly best?: boolean;
  readonly exact?: boolean;
  readonly out?: string;
  readonly plot?: string;
  readonly json?: boolean;
}

export function addSimulate(program: Command, io: Io): void {
  program
    .command("simulate <controllers...>")
    .description("runs one trajectory of a rule, run folder or controller file; with --plot, of several on the same market")
    .requiredOption("--economy <name>", "economy to simulate")
    .option(LISTED_OPTION, LISTED_HELP)
    .option("--params <file>", "parameters from flyball calibrate")
    .option("--preset <name>", "named set of parameters")
    .option("--scenario <name>", "held-out scenario", "base")
    .option("--days <n>", "control steps; the economy's horizon by default", wholeNumber("--days", 1, 100_000))
    .option("--seed <n>", "seed of the market", wholeNumber("--seed", 0, 4_294_967_295), 1)
    .option(BEST_OPTION, BEST_HELP)
    .option("--exact", "on the decimal ledger, in whole base units, the books checked every day")
    .option("--out <file>", "CSV file; standard output by default")
    .option("--plot <file>", "SVG picture of price, supply and levers over the days, breakers marked")
    .option("--json", "print one JSON document with the summary")
    .addHelpText("after", "\nExample:\n  flyball simulate affine --economy akash --scenario crash --out crash.csv")
    .addHelpText("after", ECONOMY_HELP)
    .action((names: string[], options: Options) => simulate(io, names, options));
}

async function simulate(io: Io, names: readonly string[], options: Options): Promise<void> {
  const chosen = await chooseEconomy(io, options.economy, options.listed);
  const { economy } = chosen;
  findScenarios(economy, options.scenario);
  const env = envOptions(io, economy, options);
  const arena = { ...chosen, lane: parseEnvOptions(economy, env).lane, best: options.best };
  const found = await findControllers(io, names, arena);
  refuseMany(found, options);
  const runs = found.map(({ id, controller }) => {
    const plan = { economy, controller, seed: options.seed, options: env };
    return { id, controller, trajectory: options.exact ? exactTrajectory(plan) : floatTrajectory(plan) };
  });
  if (options.plot !== undefined) {
    const picture = await plotTrajectories({ economy, scenario: options.scenario, seed: options.seed, runs });
    writeWhole(io, options.plot, picture);
    writeLine(io.stderr, `wrote a picture of ${runs[0]!.trajectory.rows.length} days to ${options.plot}`);
  }
  if (runs.length === 1) writeTable(io, { economy, ...runs[0]! }, options);
}

interface Simulated {
  readonly economy: Economy;
  readonly id: string;
  readonly trajectory: Trajectory;
}

function writeTable(io: Io, { economy, id, trajectory }: Simulated, options: Options): void {
  const csv = formatCsv(trajectory);
  if (options.out !== undefined) writeWhole(io, options.out, csv);
  const about = { economy: economy.id, controller: id, scenario: options.scenario, seed: options.seed };
  if (options.json)
    writeJson(io, { ...about, exact: options.exact === true, ...summarise(trajectory), file: options.out ?? null });
  else if (options.out !== undefined) writeLine(io.stderr, `wrote ${trajectory.rows.length} days to ${options.out}`);
  else if (options.plot === undefined) io.stdout.write(csv);
}

/** A table and a summary are of one controller, a picture of a few. */
function refuseMany(found: readonly FoundController[], { plot, out, json }: Options): void {
  const refuse = (what: string, hint: string) => new UserError("E_USAGE", what, hint);
  if (found.length > MAX_PLOTTED) {
    throw refuse(`a picture shows at most ${MAX_PLOTTED} controllers, got ${found.length}`, "name fewer of them");
  }
  if (found.length > 1 && (plot === undefined || out !== undefined || json)) {
    const asked = out !== undefined ? "--out" : json ? "--json" : "simulate without --plot";
    throw refuse(
      `${asked} takes one controller, got ${found.length}`,
      "name one controller, or give --plot <file> alone for a picture of several",
    );
  }
}

/** Markets of the test split, so that no controller was trained on them. */
function envOptions(io: Io, economy: Economy, { params, preset, days, scenario }: Options): EnvOptions {
  return {
    split: "test",
    scenario,
    params: paramsOption(io, params, economy),
    ...(preset === undefined ? {} : { preset }),
    ...(days === undefined ? {} : { horizon: days }),
  };
}

function formatCsv({ rows }: Trajectory): string {
  const lines = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))];
  return lines.map((cells) => `${cells.join(",")}\n`).join("");
}

function summarise({ rows, terminated }: Trajectory) {
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
  const last = rows.at(-1)!;
  return {
    days: rows.length,
    terminated,
    return: sum("reward") / rows.length,
    lastPrice: last["price"]!,
    lastSupply: last["supply"]!,
    minted: sum("minted"),
    burned: sum("burned"),
    ...("base.supply" in last ? { lastSupplyBaseUnits: last["base.supply"] } : {}),
  };
}
