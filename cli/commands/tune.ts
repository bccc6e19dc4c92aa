import type { Command } from "commander";
import { createRuleScorer } from "../../agents/rollout/score.js";
import { makeRule } from "../../agents/rules/registry.js";
import { type RuleFile, serialiseRuleFile } from "../../agents/rules/rule-file.js";
import { hashOf } from "../../core/digest.js";
import { parseEnvOptions } from "../../env/settings.js";
import { checkDrawnAccounts } from "../../env/start-accounts.js";
import { formatInterval, formatShort } from "../../eval/format.js";
import { type TuneEvent, type TuneResult, tune } from "../../train/tune.js";
import { compareSeeds } from "../../train/tune-seeds.js";
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
  readonly seeds: number;
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
    .option("--seeds <n>", "seeds to tune with, each with the whole budget, from --seed on", wholeNumber("--seeds", 1, 20), 1)
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
  for (let i = 0; i < options.seeds; i++) checkDrawnAccounts(economy, lane.params, { seed: options.seed + i, streams });
  const out = options.out ?? `${id}.tuned.json`;
  checkWritable(io, out);
  const numThreads = options.threads ?? Math.min(64, io.cores);
  const setup = { world: economy, lane, rule, horizon, split: "selection", numThreads } as const;
  const tuned: (TuneResult & { readonly seed: number })[] = [];
  for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
    if (options.seeds > 1) writeLine(io.stderr, `seed ${seed}:`);
    tuned.push({ seed, ...(await tuneSeed(io, setup, seed, options.budget)) });
  }
  const compared =
    tuned.length > 1
      ? await withScorer({ ...setup, seed: options.seed }, ({ score }) => {
          return compareSeeds(tuned, score, tuned[0]!.choice.episodes);
        })
      : undefined;
  const { seed, values, used, choice, history, start, chosen } = tuned[compared?.best ?? 0]!;
  const about = { rule: id, economy: economy.id, paramsHash: hashOf(lane.params), values };
  const budget = { envSteps: options.budget, used };
  const found = { budget, seed, choice, ...(compared ? { seeds: compared.seeds } : {}) };
  const file: RuleFile = { format: "flyball-rule", version: 1, ...about, ...found };
  writeWhole(io, out, serialiseRuleFile(file));
  if (options.json) writeJson(io, { ...file, history });
  if (compared) reportSeeds(io, compared.seeds);
  const gain = `${start ? formatInterval(start) : "-"} -> ${formatInterval(chosen)}`;
  writeLine(io.stderr, `wrote ${out}: mean objective ${gain} over ${choice.episodes} selection markets (95 % intervals)`);
}

type Setup = Omit<Parameters<typeof createRuleScorer>[0], "seed">;
type Scorer = Awaited<ReturnType<typeof createRuleScorer>>;

async function withScorer<T>(setup: Setup & { readonly seed: number }, use: (scorer: Scorer) => Promise<T>): Promise<T> {
  const scorer = await createRuleScorer(setup);
  try {
    return await use(scorer);
  } finally {
    await scorer.dispose();
  }
}

function tuneSeed(io: Io, setup: Setup, seed: number, budgetEnvSteps: number): Promise<TuneResult> {
  const { rule, horizon } = setup;
  return withScorer({ ...setup, seed }, async ({ score }) => {
    for await (const event of tune({ rule, evaluate: score, budgetEnvSteps, horizon, seed })) {
      if (event.kind === "result") return event.result;
      reportGeneration(io, event);
    }
    throw new Error("internal: the search ended without a result");
  });
}

function reportSeeds(io: Io, { episodes, objectives }: NonNullable<RuleFile["seeds"]>): void {
  const means = objectives.map(({ mean }) => mean);
  for (const each of objectives)
    writeLine(io.stderr, `seed ${each.seed}: ${formatInterval(each)} over ${episodes} selection markets`);
  writeLine(io.stderr, `from the worst seed to the best: ${formatShort(Math.max(...means) - Math.min(...means))}`);
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
