import type { Command } from "commander";
import { createRuleScorer } from "../../agents/rollout/score.js";
import { makeRule } from "../../agents/rules/registry.js";
import { type RuleFile, serialiseRuleFile } from "../../agents/rules/rule-file.js";
import { hashOf } from "../../core/digest.js";
import { parseEnvOptions } from "../../env/settings.js";
import { checkDrawnAccounts } from "../../env/start-accounts.js";
import { formatInterval, formatShort } from "../../eval/format.js";
import { type TuneEvent, tune } from "../../train/tune.js";
import { chooseEconomy, ECONOMY_HELP, LISTED_HELP, LISTED_OPTION } from "../economy-option.js";
import { checkWritable, writeWhole } from "../files.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { wholeNumber } from "../options.js";
import { paramsOption } from "../params-option.js";

interface Options {
  readonly economy: string;
  readonly listed?: string;
  readonly params?: string;
  readonly preset?: string;
  readonly objective?: string;
  readonly budget: number;
  readonly seed: number;
  readonly threads?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** As many env-steps as `flyball train` takes by default, so that rules and learned controllers have had the same. */
const DEFAULT_BUDGET = 2_097_152;

export function addTune(program: Command, io: Io): void {
  program
    .command("tune <rule>")
    .description("tunes a fixed rule on the simulator, on markets that no test uses")
    .requiredOption("--economy <name>", "economy to tune for")
    .option(LISTED_OPTION, LISTED_HELP)
    .option("--params <file>", "parameters from flyball calibrate")
    .option("--preset <name>", "named set of parameters")
    .option("--objective <name>", "weight preset of the objective; the economy's first by default")
    .option("--budget <n>", "env-steps that may be simulated", wholeNumber("--budget", 1, 1e12), DEFAULT_BUDGET)
    .option("--seed <n>", "seed of search and markets", wholeNumber("--seed", 0, 4_294_967_295), 1)
    .option("--threads <n>", "worker threads; does not change the result", wholeNumber("--threads", 1, 64))
    .option("--out <file>", "tuned rule file; <rule>.tuned.json by default")
    .option("--json", "print one JSON document: the tuned rule and how the search went")
    .addHelpText("after", "\nExample:\n  flyball tune pid --economy akash --budget 1000000 --out pid.json")
    .addHelpText("after", ECONOMY_HELP)
    .action((id: string, options: Options) => runTune(io, id, options));
}

async function runTune(io: Io, id: string, options: Options): Promise<void> {
  const { economy } = await chooseEconomy(io, options.economy, options.listed);
  const rule = makeRule(id, economy);
  const { lane, horizon, streams } = parseEnvOptions(economy, {
    split: "selection",
    params: paramsOption(io, options.params, economy),
    ...(options.preset === undefined ? {} : { preset: options.preset }),
    ...(options.objective === undefined ? {} : { objective: options.objective }),
  });
  checkDrawnAccounts(economy, lane.params, { seed: options.seed, streams });
  const out = options.out ?? `${id}.tuned.json`;
  checkWritable(io, out);
  const numThreads = options.threads ?? Math.min(64, io.cores);
  const scorer = await createRuleScorer({
    world: economy,
    lane,
    rule,
    horizon,
    seed: options.seed,
    split: "selection",
    numThreads,
  });
  try {
    const events = tune({ rule, evaluate: scorer.score, budgetEnvSteps: options.budget, horizon, seed: options.seed });
    for await (const event of events) {
      if (event.kind === "generation") {
        reportGeneration(io, event);
        continue;
      }
      const { values, used, choice, history, start, chosen } = event.result;
      const about = { rule: id, economy: economy.id, paramsHash: hashOf(lane.params), values };
      const budget = { envSteps: options.budget, used };
      const file: RuleFile = { format: "flyball-rule", version: 1, ...about, budget, seed: options.seed, choice };
      writeWhole(io, out, serialiseRuleFile(file));
      if (options.json) writeJson(io, { ...file, history });
      const gain = `${start ? formatInterval(start) : "-"} -> ${formatInterval(chosen)}`;
      writeLine(io.stderr, `wrote ${out}: mean objective ${gain} over ${choice.episodes} selection markets (95 % intervals)`);
    }
  } finally {
    await scorer.dispose();
  }
}

type Generation = Extract<TuneEvent, { kind: "generation" }>;

function reportGeneration(io: Io, { generation, generations, row, best }: Generation): void {
  const every = io.stderr.isTTY ? 1 : Math.ceil(generations / 5);
  const last = generation + 1 === generations;
  if (!last && generation % every !== 0) return;
  const median = row.median === null ? "-" : formatShort(row.median);
  const parts = [
    `generation ${generation + 1} of ${generations}`,
    `best so far ${best ? formatInterval(best) : "-"}`,
    `median ${median}`,
  ];
  const line = parts.join("  ");
  if (io.stderr.isTTY) io.stderr.write(`\r${line}\x1b[K${last ? "\n" : ""}`);
  else writeLine(io.stderr, line);
}
