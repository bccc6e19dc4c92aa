import type { Command } from "commander";
import type { Economy } from "../../env/economy.js";
import { findScenarios } from "../../env/registry.js";
import { type EnvOptions, parseEnvOptions } from "../../env/settings.js";
import { chooseEconomy, ECONOMY_HELP, LISTED_HELP, LISTED_OPTION } from "../economy-option.js";
import { writeWhole } from "../files.js";
import { findController } from "../find-controllers.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { wholeNumber } from "../options.js";
import { paramsOption } from "../params-option.js";
import { exactTrajectory, floatTrajectory, type Trajectory } from "../trajectory.js";

interface Options {
  readonly economy: string;
  readonly listed?: string;
  readonly params?: string;
  readonly preset?: string;
  readonly scenario: string;
  readonly days?: number;
  readonly seed: number;
  readonly exact?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function addSimulate(program: Command, io: Io): void {
  program
    .command("simulate <controller>")
    .description("runs one trajectory of a rule, run folder or controller file")
    .requiredOption("--economy <name>", "economy to live in")
    .option(LISTED_OPTION, LISTED_HELP)
    .option("--params <file>", "parameters from flyball calibrate")
    .option("--preset <name>", "named set of parameters")
    .option("--scenario <name>", "held-out scenario", "base")
    .option("--days <n>", "control steps; the economy's horizon by default", wholeNumber("--days", 1, 100_000))
    .option("--seed <n>", "seed of the market", wholeNumber("--seed", 0, 4_294_967_295), 1)
    .option("--exact", "on the decimal ledger, in whole base units, the books checked every day")
    .option("--out <file>", "CSV file; standard output by default")
    .option("--json", "print one JSON document with the summary")
    .addHelpText("after", "\nExample:\n  flyball simulate affine --economy akash --scenario crash --out crash.csv")
    .addHelpText("after", ECONOMY_HELP)
    .action((name: string, options: Options) => simulate(io, name, options));
}

async function simulate(io: Io, name: string, options: Options): Promise<void> {
  const chosen = await chooseEconomy(io, options.economy, options.listed);
  const { economy } = chosen;
  findScenarios(economy, options.scenario);
  const env = envOptions(io, economy, options);
  const found = await findController(io, name, { ...chosen, lane: parseEnvOptions(economy, env).lane });
  const plan = { economy, controller: found.controller, seed: options.seed, options: env };
  const trajectory = options.exact ? exactTrajectory(plan) : floatTrajectory(plan);
  const csv = formatCsv(trajectory);
  if (options.out !== undefined) writeWhole(io, options.out, csv);
  const about = { economy: economy.id, controller: found.id, scenario: options.scenario, seed: options.seed };
  if (options.json)
    writeJson(io, { ...about, exact: options.exact === true, ...summarise(trajectory), file: options.out ?? null });
  else if (options.out === undefined) io.stdout.write(csv);
  else writeLine(io.stderr, `wrote ${trajectory.rows.length} days to ${options.out}`);
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
