import type { Command } from "commander";
import { startLearned, startRule } from "../../agents/plain-controller.js";
import { UserError } from "../../core/errors.js";
import type { Economy } from "../../env/economy.js";
import { makeEnv } from "../../env/environment.js";
import { findEconomy, findScenarios } from "../../env/registry.js";
import { clip } from "../../env/spaces.js";
import { type Contestant, findContestant } from "../contestants.js";
import { writeWhole } from "../files.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { wholeNumber } from "../options.js";
import { paramsOption } from "../params-option.js";

interface Options {
  readonly economy: string;
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
    .option("--params <file>", "parameters from flyball calibrate")
    .option("--preset <name>", "named set of parameters")
    .option("--scenario <name>", "held-out scenario", "base")
    .option("--days <n>", "control steps; the economy's horizon by default", wholeNumber("--days", 1, 100_000))
    .option("--seed <n>", "seed of the market", wholeNumber("--seed", 0, 4_294_967_295), 1)
    .option("--exact", "on the decimal ledger, in whole base units")
    .option("--out <file>", "CSV file; standard output by default")
    .option("--json", "print one JSON document with the summary")
    .addHelpText("after", "\nExample:\n  flyball simulate affine --economy akash --scenario crash --out crash.csv")
    .action((name: string, options: Options) => simulate(io, name, options));
}

function simulate(io: Io, name: string, options: Options): void {
  const economy = findEconomy(options.economy);
  findScenarios(economy, options.scenario);
  const contestant = findContestant(io, name, economy);
  const trajectory = runTrajectory(io, economy, contestant, options);
  const csv = `${trajectory.header.join(",")}\n${trajectory.rows.map((row) => `${row.join(",")}\n`).join("")}`;
  if (options.out !== undefined) writeWhole(io, options.out, csv);
  const summary = { ...summarise(economy, contestant, options, trajectory), file: options.out ?? null };
  if (options.json) writeJson(io, summary);
  else if (options.out === undefined) io.stdout.write(csv);
  else writeLine(io.stderr, `wrote ${trajectory.rows.length} days to ${options.out}`);
}

interface Trajectory {
  readonly header: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly terminated: boolean;
}

/** Plain float64 functions as they stand; markets of the test split, so that no controller was trained on them. */
function runTrajectory(io: Io, economy: Economy, contestant: Contestant, options: Options): Trajectory {
  if (options.exact) throw new UserError("E_EXACT", "--exact is not there yet", "leave it out");
  const env = makeEnv(economy, {
    split: "test",
    scenario: options.scenario,
    params: paramsOption(io, options.params, economy),
    ...(options.preset === undefined ? {} : { preset: options.preset }),
    ...(options.days === undefined ? {} : { horizon: options.days }),
  });
  const { spec } = env;
  const controller = contestant.kind === "rule" ? startRule(contestant.rule, economy) : startLearned(contestant.controller);
  const space = spec.actionSpace;
  let { observation } = env.reset({ seed: options.seed });
  const rows: (readonly number[])[] = [];
  let header: readonly string[] = [];
  for (;;) {
    const wish = controller.act(observation);
    const step = env.step(space.kind === "box" ? clip(space, wish) : wish[0]!);
    const { requested, applied, breakers, flows, terms, day } = step.info;
    const row = {
      day,
      ...flows,
      ...prefixed("requested.", requested),
      ...prefixed("applied.", applied),
      ...prefixed("breaker.", breakers),
      ...prefixed("term.", terms),
      reward: step.reward,
      ...Object.fromEntries(spec.constraints.map(({ name }, i) => [`cost.${name}`, step.costs[i]!])),
    };
    header = Object.keys(row);
    rows.push(Object.values(row));
    observation = step.observation;
    if (step.terminated || step.truncated) return { header, rows, terminated: step.terminated };
  }
}

function prefixed(prefix: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

function summarise(economy: Economy, contestant: Contestant, options: Options, { header, rows, terminated }: Trajectory) {
  const column = (name: string) => rows.map((row) => row[header.indexOf(name)]!);
  const price = column("price");
  const supply = column("supply");
  const reward = column("reward").reduce((sum, value) => sum + value, 0);
  return {
    economy: economy.id,
    controller: contestant.id,
    scenario: options.scenario,
    seed: options.seed,
    days: rows.length,
    terminated,
    return: reward / rows.length,
    lastPrice: price.at(-1)!,
    lastSupply: supply.at(-1)!,
    minted: column("minted").reduce((sum, value) => sum + value, 0),
    burned: column("burned").reduce((sum, value) => sum + value, 0),
  };
}
