import type { Command } from "commander";
import { runBench } from "../../bench/bench.js";
import { AIM_HEAD, aimRows, hasBlock, noteLines, PROFILE_HEAD, profileRows, replaceBlock } from "../../bench/render.js";
import { UserError } from "../../core/errors.js";
import { findEconomy } from "../../env/registry.js";
import { DEVICE_HELP, DEVICE_OPTION, type DeviceChoice, parseDevice } from "../device-option.js";
import { writeWhole } from "../files.js";
import { readInputText } from "../input-file.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { wholeNumber } from "../options.js";
import { writeTable } from "../terminal/table.js";
import { VERSION } from "../version.js";

interface Options {
  readonly economy: string;
  readonly device: DeviceChoice;
  readonly seconds: number;
  readonly quick?: boolean;
  readonly into?: string;
  readonly json?: boolean;
}

export function addBench(program: Command, io: Io): void {
  program
    .command("bench")
    .description(
      "measures simulation, training and evaluation, compared with plain TensorFlow.js and the probed peak in the same run",
    )
    .option("--economy <name>", "economy to measure with", "akash")
    .option(DEVICE_OPTION, `what to train on besides wasm: ${DEVICE_HELP}`, parseDevice, "auto")
    .option("--seconds <n>", "how long to train in all", wholeNumber("--seconds", 1, 3600), 15)
    .option("--quick", "small sizes and few rounds: a test that all runs, no figures to quote")
    .option("--into <file>", "put the tables between the marks of a Markdown page, such as docs/reference/performance.md")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  flyball bench --json")
    .action((options: Options) => bench(io, options));
}

async function bench(io: Io, options: Options): Promise<void> {
  const economy = findEconomy(options.economy);
  // Before a minute of work, find out whether the page can take the result.
  const page = options.into === undefined ? undefined : readPage(io, options.into);
  const report = await runBench({
    economy,
    quick: options.quick === true,
    device: options.device,
    trainingSeconds: options.seconds,
    version: VERSION,
    onPart: (what) => writeLine(io.stderr, `measuring: ${what}`),
  });
  if (page !== undefined) writeWhole(io, options.into!, replaceBlock(page, report));
  if (options.json) return writeJson(io, report);
  writeTable(io.stdout, { head: AIM_HEAD, rows: aimRows(report), right: [1, 2] });
  writeLine(io.stdout, "");
  writeTable(io.stdout, { head: PROFILE_HEAD, rows: profileRows(report), right: [2, 3] });
  writeLine(io.stdout, "");
  for (const line of noteLines(report)) writeLine(io.stdout, line);
}

function readPage(io: Io, path: string): string {
  const page = readInputText(io, path);
  if (hasBlock(page)) return page;
  const message = `${path} has no marks "begin of flyball bench" and "end of flyball bench"`;
  throw new UserError("E_BENCH_MARKS", message, "take docs/reference/performance.md as a pattern");
}
