import { join } from "node:path";
import type { Command } from "commander";
import { ruleInForce } from "../../agents/rules/registry.js";
import { hashOf } from "../../core/digest.js";
import { UserError } from "../../core/errors.js";
import type { Economy } from "../../env/economy.js";
import { findScenarios } from "../../env/registry.js";
import { type EnvOptions, parseEnvOptions } from "../../env/settings.js";
import { checkForesight } from "../../eval/attainable.js";
import { formatEpisodes } from "../../eval/episodes-csv.js";
import { parseForesight } from "../../eval/foresight.js";
import { type ChosenEconomy, chooseEconomy, ECONOMY_HELP, LISTED_HELP, LISTED_OPTION } from "../economy-option.js";
import { type Evaluated, type Evaluation, evaluate } from "../evaluation.js";
import { checkWritable, isFolder, writeWhole } from "../files.js";
import { findControllers } from "../find-controllers.js";
import { readInputJson } from "../input-file.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { BEST_HELP, BEST_OPTION } from "../open-run.js";
import { wholeNumber } from "../options.js";
import { paramsOption } from "../params-option.js";
import { readRunPlan } from "../run-plan.js";
import { renderComparison } from "../terminal/comparison.js";
import { tableWidth } from "../terminal/table.js";

interface Options {
  readonly economy?: string;
  readonly listed?: string;
  readonly params?: string;
  readonly preset?: string;
  readonly objective?: string;
  readonly baseline?: string;
  readonly scenarios: string;
  readonly episodes: number;
  readonly days?: number;
  readonly seed: number;
  readonly block: number;
  readonly threads?: number;
  readonly best?: boolean;
  readonly foresight?: string;
  readonly quick?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function addEvaluate(program: Command, io: Io): void {
  program
    .command("evaluate <controller...>")
    .description("compares controllers on the same test markets: run folders, controller files, rules (`rules` means all)")
    .option("--economy <name>", "economy to simulate; that of the first run folder by default")
    .option("--params <file>", "parameters from flyball calibrate; without --economy those of the run folder")
    .option("--preset <name>", "named set of parameters")
    .option("--objective <name>", "weight preset of the objective; the run folder's, else the economy's first by default")
    .option(LISTED_OPTION, LISTED_HELP)
    .option(
      "--baseline <rule>",
      "what the others are compared with; by default the economy's rule in force, akash-bme for akash",
    )
    .option("--scenarios <list>", "names with commas between, or all", "all")
    .option("--episodes <n>", "per scenario", wholeNumber("--episodes", 2, 100_000), 200)
    .option("--days <n>", "control steps of an episode; the economy's horizon by default", wholeNumber("--days", 2, 10_000))
    .option("--seed <n>", "seed of the test markets", wholeNumber("--seed", 0, 4_294_967_295), 1)
    .option("--block <n>", "block of test markets", wholeNumber("--block", 0, 1023), 0)
    .option("--threads <n>", "worker threads; does not change the result", wholeNumber("--threads", 1, 64))
    .option(BEST_OPTION, BEST_HELP)
    .option("--foresight <file>", "from flyball foresight on the same markets: what share of the attainable gain each gets")
    .option("--quick", "only the comparison: no ablation, no second horizon, no plots over time")
    .option("--out <dir>", "folder for report.json, report.html, episodes.csv and picture.svg")
    .option("--json", "print one JSON document: the report")
    .addHelpText("after", "\nExample:\n  flyball evaluate affine:tuned rules --economy akash --episodes 100 --out report")
    .addHelpText("after", ECONOMY_HELP)
    .action((names: readonly string[], options: Options) => runEvaluate(io, names, options));
}

async function runEvaluate(io: Io, names: readonly string[], options: Options): Promise<void> {
  const evaluation = withForesight(io, await planEvaluation(io, names, options), options.foresight);
  if (options.out !== undefined) checkWritable(io, join(options.out, "report.json"));
  const { report, runs } = await evaluate(io, evaluation);
  if (options.out !== undefined) await writeReport(io, options.out, { report, runs });
  if (options.json) return writeJson(io, report);
  writeLine(io.stdout, renderComparison(report, tableWidth(io.stdout)));
  if (options.out !== undefined) writeLine(io.stdout, `\nreport: ${join(options.out, "report.html")}`);
}

async function planEvaluation(io: Io, names: readonly string[], options: Options): Promise<Evaluation> {
  const { chosen, env } = options.economy === undefined ? await worldOfRun(io, names, options) : await worldOf(io, options);
  const { economy } = chosen;
  const baseline = options.baseline ?? ruleInForce(economy);
  const { lane, horizon } = parseEnvOptions(economy, env);
  const arena = { ...chosen, lane, best: options.best };
  const base = (await findControllers(io, [baseline], arena))[0]!;
  const found = await findControllers(io, names, arena);
  // The baseline may be among the named ones already, for example as one of all rules.
  const controllers = found.some(({ id }) => id === base.id) ? found : [...found, base];
  return {
    economy,
    lane,
    objective: env.objective ?? Object.keys(economy.objectives)[0]!,
    ...presetName(economy, env),
    controllers,
    baseline: base.id,
    scenarios: findScenarios(economy, options.scenarios),
    episodes: options.episodes,
    days: horizon,
    seed: options.seed,
    block: options.block,
    numThreads: options.threads ?? Math.min(64, io.cores),
    full: !options.quick,
  };
}

function withForesight(io: Io, evaluation: Evaluation, path: string | undefined): Evaluation {
  if (path === undefined) return evaluation;
  const { economy, lane, days, seed, block, scenarios } = evaluation;
  const foresight = parseForesight(readInputJson(io, path), path);
  const hashes = { paramsHash: hashOf(lane.params), weightsHash: hashOf(lane.weights) };
  checkForesight(foresight, { economy: economy.id, ...hashes, days, seed, seedBlock: block, scenarios });
  return { ...evaluation, foresight };
}

interface ChosenWorld {
  readonly chosen: ChosenEconomy;
  readonly env: EnvOptions;
}

async function worldOf(io: Io, options: Options): Promise<ChosenWorld> {
  const chosen = await chooseEconomy(io, options.economy!, options.listed);
  return { chosen, env: { params: paramsOption(io, options.params, chosen.economy), ...namedOptions(options) } };
}

/** Economy, parameters, preset and objective of the first run folder that is named, where the command line says nothing else. */
async function worldOfRun(io: Io, names: readonly string[], options: Options): Promise<ChosenWorld> {
  const folder = names.find((name) => isFolder(io, name));
  if (folder === undefined) {
    throw new UserError("E_ECONOMY_MISSING", "no --economy is given and no controller is a run folder", "add --economy NAME");
  }
  if (options.listed !== undefined) {
    throw new UserError("E_ECONOMY_MISSING", `--listed ${options.listed} is given without --economy`, "add --economy NAME");
  }
  const plan = await readRunPlan(io, folder);
  const { economy, preset, params, config } = plan;
  const hasOwn = options.params !== undefined || options.preset !== undefined;
  const values = hasOwn
    ? { params: paramsOption(io, options.params, economy) }
    : { params, ...(preset === null ? {} : { preset }) };
  const objective = config.objective === null ? {} : { objective: config.objective };
  return { chosen: plan, env: { ...values, ...objective, ...namedOptions(options) } };
}

function namedOptions({ preset, objective, days }: Options): EnvOptions {
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(objective === undefined ? {} : { objective }),
    ...(days === undefined ? {} : { horizon: days }),
  };
}

/** The preset that was named; `mature` where nothing changes the default values of an economy that has it. */
function presetName(economy: Economy, { preset, params }: EnvOptions): { readonly preset?: string } {
  if (preset !== undefined) return { preset };
  const isPlain = Object.keys(params ?? {}).length === 0;
  return isPlain && Object.hasOwn(economy.presets, "mature") ? { preset: "mature" } : {};
}

async function writeReport(io: Io, folder: string, { report, runs }: Evaluated): Promise<void> {
  // What draws is a third of all modules: commands that draw nothing start without it.
  const [{ renderPicture }, { renderReport }] = await Promise.all([
    import("../../eval/picture.js"),
    import("../../eval/report-html.js"),
  ]);
  writeWhole(io, join(folder, "report.json"), `${JSON.stringify(report)}\n`);
  writeWhole(io, join(folder, "episodes.csv"), formatEpisodes(runs));
  writeWhole(io, join(folder, "report.html"), renderReport(report));
  writeWhole(io, join(folder, "picture.svg"), renderPicture(report));
}
