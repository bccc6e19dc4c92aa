import type { Command } from "commander";
import { CLIMB } from "../../agents/foresight/climb.js";
import type { Split } from "../../core/random.js";
import { LEVEL } from "../../eval/compare.js";
import { FORESIGHT_NOTE, type Foresight, type ForesightRow, summarizeForesight } from "../../eval/foresight.js";
import { formatInterval, formatPercent, formatPercentInterval } from "../../eval/format.js";
import { ECONOMY_HELP, LISTED_HELP, LISTED_OPTION } from "../economy-option.js";
import { checkWritable, writeWhole } from "../files.js";
import { type ForesightOptions, findForesight, planForesight } from "../foresight.js";
import { InterruptedError } from "../interrupt.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { oneOf, wholeNumber } from "../options.js";
import { renderTable, tableWidth } from "../terminal/table.js";

interface Options extends ForesightOptions {
  readonly out?: string;
  readonly json?: boolean;
}

const SPLITS: readonly Split[] = ["test", "selection"];

export function addForesight(program: Command, io: Io): void {
  program
    .command("foresight <economy>")
    .description("searches for the best requests in markets whose shocks are all known: how much there is to gain, at least")
    .option(LISTED_OPTION, LISTED_HELP)
    .option("--params <file>", "parameters from flyball calibrate")
    .option("--preset <name>", "named set of parameters")
    .option("--objective <name>", "weight preset of the objective; the economy's first by default")
    .option("--scenarios <list>", "names with commas between, all, or random for parameters drawn as in training", "all")
    .option("--split <name>", `markets: ${SPLITS.join(" or ")}`, oneOf("--split", SPLITS), "test")
    .option("--episodes <n>", "per scenario", wholeNumber("--episodes", 2, 10_000), 20)
    .option("--days <n>", "control steps of an episode; the economy's horizon by default", wholeNumber("--days", 2, 10_000))
    .option("--every <n>", "control steps that a request holds for", wholeNumber("--every", 1, 10_000), 7)
    .option(
      "--starts <n>",
      "starts at random, besides the requests of best rule, rule in force and none",
      wholeNumber("--starts", 0, 100),
      1,
    )
    .option(
      "--iterations <n>",
      "gradients from each start at most; it ends sooner where it has converged",
      wholeNumber("--iterations", 1, 100_000),
      CLIMB.iterations,
    )
    .option("--seed <n>", "seed of markets and starts", wholeNumber("--seed", 0, 4_294_967_295), 1)
    .option("--block <n>", "block of markets", wholeNumber("--block", 0, 1023), 0)
    .option("--threads <n>", "worker threads; does not change the result", wholeNumber("--threads", 1, 64))
    .option("--out <file>", "result, for flyball evaluate --foresight")
    .option("--json", "print one JSON document: the result")
    .addHelpText("after", "\nExample:\n  flyball foresight akash --scenarios base,crash --episodes 10 --out foresight.json")
    .addHelpText("after", ECONOMY_HELP)
    .action((name: string, options: Options) => runForesight(io, name, options));
}

async function runForesight(io: Io, name: string, options: Options): Promise<void> {
  const plan = await planForesight(io, name, options);
  if (options.out !== undefined) checkWritable(io, options.out);
  const { result, interruptedBy } = await findForesight(io, plan);
  if (options.out !== undefined) writeWhole(io, options.out, `${JSON.stringify(result)}\n`);
  if (options.json) writeJson(io, { ...result, summary: summarizeForesight(result, LEVEL) });
  else writeLine(io.stdout, describe(result, tableWidth(io.stdout)));
  if (options.out !== undefined) {
    const use = options.split === "test" ? `; use it with: flyball evaluate ... --foresight ${options.out}` : "";
    writeLine(io.stderr, `wrote ${options.out}${use}`);
  }
  if (interruptedBy) throw new InterruptedError(interruptedBy);
}

/** Per scenario and over all. */
function describe(result: Foresight, width: number | undefined): string {
  const { all, byScenario } = summarizeForesight(result, LEVEL);
  const names = Object.keys(byScenario);
  const rows = [...names.map((name) => rowText(name, byScenario[name]!)), ...(names.length > 1 ? [rowText("all", all)] : [])];
  const head = [
    "scenario",
    `in force: ${result.ruleInForce}`,
    `best rule: ${result.bestRule}`,
    "best found",
    "found - best rule",
  ];
  const markets = result.scenarios[names[0]!]!.bestFound.length;
  const notes = [
    `Best found is the ${FORESIGHT_NOTE}.`,
    `Mean objective per day over ${markets} markets a scenario, ${LEVEL * 100} % intervals; ${formatPercent(result.converged, 0)} of the searches converged.`,
    ...(result.ruleIsBetter > 0
      ? [`In ${result.ruleIsBetter} markets no search reached the better rule, whose value counts there.`]
      : []),
    ...(result.finished ? [] : ["The search was stopped: markets that it had not come to count with the better rule."]),
    ...(all.share
      ? [`Share of the attainable gain over the rule in force that the best rule gets: ${formatPercentInterval(all.share)}.`]
      : []),
  ];
  return [renderTable([...head, "share"], rows, [1, 2, 3, 4, 5], width), "", ...notes].join("\n");
}

function rowText(name: string, { ruleInForce, bestRule, bestFound, foundMinusBestRule, share }: ForesightRow): string[] {
  const figures = [ruleInForce, bestRule, bestFound].map((interval) => formatInterval(interval));
  return [name, ...figures, formatInterval(foundMinusBestRule, true), share ? formatPercent(share.mean, 0) : "-"];
}
