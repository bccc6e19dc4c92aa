import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { ALGORITHMS } from "../../agents/algorithms.js";
import { hashOf } from "../../core/digest.js";
import { UserError } from "../../core/errors.js";
import { shortName } from "../../env/economy-id.js";
import { listSettings, parseConfig, parseSetting, type TrainConfig } from "../../train/config.js";
import { checkDraws, checkWork } from "../../train/train.js";
import type { WarmStart } from "../../train/warm-start.js";
import { resolveBase } from "../base-rule.js";
import { chooseDevice } from "../choose-device.js";
import { type ConfigFile, chooseEconomyLike, isOf, readConfigFile, sayTaken } from "../config-option.js";
import { DEVICE_HELP, DEVICE_OPTION, type DeviceChoice, parseDevice } from "../device-option.js";
import { ECONOMY_HELP, LISTED_HELP, LISTED_OPTION } from "../economy-option.js";
import { type Io, writeLine } from "../io.js";
import { collect, wholeNumber } from "../options.js";
import { paramsOption } from "../params-option.js";
import { createRunFolder } from "../run-folder.js";
import { formatRunPlan, hyperparametersOf, type RunPlan, settingsOf } from "../run-plan.js";
import { reportTraining, runTraining } from "../training.js";
import { VERSION } from "../version.js";
import { type NamedSource, readWarmStart } from "../warm-start.js";

interface Options {
  readonly out?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly listed?: string;
  readonly params?: string;
  readonly preset?: string;
  readonly config?: string;
  readonly from?: string;
  readonly best?: boolean;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

export function addTrain(program: Command, io: Io): void {
  program
    .command("train <economy>")
    .description("trains a controller, with PPO unless --set algorithm names another")
    .option("--out <dir>", "run folder; runs/<economy> or the next free number by default")
    .option("--seed <n>", "seed of weights, markets and exploration", wholeNumber("--seed", 0, 4_294_967_295))
    .option("--steps <n>", "env-steps in all", wholeNumber("--steps", 1, 1e12))
    .option(DEVICE_OPTION, DEVICE_HELP, parseDevice)
    .option("--threads <n>", "worker threads; does not change the result", wholeNumber("--threads", 1, 64))
    .option("--params <file>", "parameters from flyball calibrate")
    .option("--preset <name>", "named set of parameters")
    .option(LISTED_OPTION, LISTED_HELP)
    .option("--config <file>", "JSON file with settings, or a run's config.json: then its preset, params and listing too")
    .option("--from <run>", "begin with the weights and normaliser of a run folder or a controller file, not at random")
    .option("--best", "of the run in --from take the checkpoint of the best evaluation, not the last")
    .option("--set <key=value>", "one setting; may be given many times", collect)
    .option("--json", "print one JSON document at the end")
    .addHelpText(
      "after",
      `\nExample:\n  flyball train akash --steps 500000 --set learningRate=0.001 --out runs/quick\n  flyball train akash --config runs/quick/config.json --seed 2 --out runs/again\n  flyball train akash --from runs/quick --params fitted.json --out runs/tuned-in\n${ECONOMY_HELP}\n\n${settingsHelp()}`,
    )
    .action(async (name: string, options: Options) => {
      const { plan, out, warmStart } = await planRun(io, name, options);
      const folder = createRunFolder(io, out, hyperparametersOf(plan));
      const begin = () => {
        folder.write("config.json", formatRunPlan(io, out, plan));
        folder.write("manifest.json", manifest(io, plan, options));
      };
      const summary = await runTraining(io, { plan, folder, name: out, begin, warmStart });
      reportTraining(io, summary, options.json);
    });
}

interface Planned {
  readonly plan: RunPlan;
  /** The run's folder. */
  readonly out: string;
  readonly warmStart: WarmStart | undefined;
}

/** Everything is checked here, before a folder is made or a thread started; what `auto` chose is written down for resume. */
async function planRun(io: Io, name: string, options: Options): Promise<Planned> {
  const file = options.config === undefined ? undefined : readConfigFile(io, options.config);
  const chosen = await chooseEconomyLike(io, name, options.listed, file?.run);
  const { economy } = chosen;
  const like = file?.run && isOf(file.run, chosen) ? file.run : undefined;
  const preset = options.preset ?? like?.preset ?? null;
  const params = options.params === undefined ? (like?.params ?? {}) : paramsOption(io, options.params, economy);
  const given = givenSettings(options);
  if (file) sayTaken(io, file, { economy: economy.id, preset, params, given });
  const asked = { ...chosen, preset, params, config: chooseConfig(io, file, given) };
  const { lane } = settingsOf(asked);
  checkWork(asked.config, economy);
  checkDraws(asked.config, economy, lane);
  const out = options.out ?? freeFolder(io, `runs/${shortName(economy.id)}`);
  // The search for the best rule takes seconds: a folder that cannot be had is refused before.
  if (typeof asked.config["base"] === "string") createRunFolder(io, out).discard();
  const cold = { ...asked, config: await resolveBase(io, asked) };
  const source = sourceOf(options) ?? file?.from;
  const begun = source && (await readWarmStart(io, source, cold));
  if (begun)
    writeLine(
      io.stderr,
      `beginning with ${source.name}${source.best ? " (best.bin)" : ""}, SHA-256 ${begun.from.sha256.slice(0, 12)}`,
    );
  const plan = { ...cold, from: begun?.from };
  const config = { ...plan.config, device: await chooseDevice(io, plan) };
  return { plan: { ...plan, config }, out, warmStart: begun?.warm };
}

function sourceOf({ from, best = false }: Options): NamedSource | undefined {
  if (from !== undefined) return { name: from, best };
  if (best) throw new UserError("E_TRAIN_FROM", "--best is given without --from", "add --from RUN, or leave --best out");
  return undefined;
}

/** Settings of the command line: `--set`, then the options of their own. */
function givenSettings({ set = [], seed, steps, device, threads }: Options): Readonly<Record<string, unknown>> {
  const settings = Object.fromEntries(set.map(parseSetting).map(({ key, value }) => [key, value]));
  const own = { seed, totalSteps: steps, device, threads };
  return { ...settings, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
}

function chooseConfig(io: Io, file: ConfigFile | undefined, given: Readonly<Record<string, unknown>>): TrainConfig {
  const parsed = parseConfig({ ...file?.settings, ...given });
  return { ...parsed, threads: parsed.threads ?? Math.min(64, io.cores) };
}

function manifest(io: Io, plan: RunPlan, options: Options): string {
  const content = {
    flyball: VERSION,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform}-${process.arch}`,
    cores: io.cores,
    started: new Date(io.now()).toISOString(),
    economy: plan.economy.id,
    economyFile: plan.file ?? null,
    from: plan.from ?? null,
    seed: plan.config.seed,
    configHash: hashOf(plan.config),
    paramsHash: hashOf(settingsOf(plan).lane.params),
    paramsFile: options.params ?? null,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function freeFolder(io: Io, name: string): string {
  let folder = name;
  for (let n = 2; existsSync(resolve(io.cwd, folder)); n++) folder = `${name}-${n}`;
  return folder;
}

function settingsHelp(): string {
  const lines = (of: string | null) =>
    listSettings()
      .filter(({ algorithm }) => algorithm === of)
      .map(({ key, fallback, doc }) => {
        const value = fallback === null ? "" : Array.isArray(fallback) ? fallback.join(",") : String(fallback);
        return `  ${key.padEnd(22)}${value.padEnd(10)}${doc}`;
      });
  const own = ALGORITHMS.flatMap(({ id }) => [`Settings of ${id}:`, ...lines(id)]);
  return ["Settings for --set and --config, with their defaults:", ...lines(null), ...own].join("\n");
}
