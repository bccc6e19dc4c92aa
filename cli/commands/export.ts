import type { Command } from "commander";
import { EXPORT_FORMATS, LATER_FORMATS } from "../../agents/export/formats.js";
import { formatControllerFile, parseControllerFile } from "../../agents/learned/controller-file.js";
import { recordPairs } from "../../agents/rollout/record-pairs.js";
import { observationsOf } from "../../train/learner-checkpoint.js";
import { ECONOMY_FILE_HELP, ECONOMY_FILE_OPTION } from "../economy-option.js";
import { writeWhole } from "../files.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { BEST_HELP, BEST_OPTION, loadTrained, needCheckpoint, openRun } from "../open-run.js";
import { oneOf } from "../options.js";
import { settingsOf } from "../run-plan.js";

interface Options {
  readonly out: string;
  readonly economy?: string;
  readonly best?: boolean;
  readonly format: string;
  readonly json?: boolean;
}

const FORMAT_HELP = EXPORT_FORMATS.map(({ id, doc }) => `${id}: ${doc}`).join("; ");

const parseFormat = oneOf(
  "--format",
  EXPORT_FORMATS.map(({ id }) => id),
  LATER_FORMATS,
);

export function addExport(program: Command, io: Io): void {
  program
    .command("export <dir>")
    .description("writes the controller of a run's last checkpoint to one file")
    .requiredOption("--out <file>", `file, for example ${EXPORT_FORMATS.map(({ fileName }) => fileName).join(" or ")}`)
    .option("--format <name>", FORMAT_HELP, parseFormat, EXPORT_FORMATS[0].id)
    .option(BEST_OPTION, BEST_HELP)
    .option(ECONOMY_FILE_OPTION, ECONOMY_FILE_HELP)
    .option("--json", "print one JSON document about the file")
    .addHelpText("after", "\nExample:\n  flyball export runs/akash --out controller.json")
    .action((folder: string, options: Options) => runExport(io, folder, options));
}

async function runExport(io: Io, folder: string, options: Options): Promise<void> {
  const run = await openRun(io, folder, options.economy, options.best ? "best" : "last");
  const { plan } = run;
  const { economy } = plan;
  const { controller, provenance } = loadTrained(run);
  const observations = observationsOf(needCheckpoint(run), controller.observations.length);
  const selfTest = await recordPairs({ world: economy, lane: settingsOf(plan).lane, controller }, observations);
  // The controller as whoever loads the file will have it, its recorded decisions replayed.
  const file = parseControllerFile(formatControllerFile({ controller, provenance, selfTest }));
  const format = EXPORT_FORMATS.find(({ id }) => id === options.format)!;
  const text = format.render(file, economy);
  writeWhole(io, options.out, text);
  const about = {
    file: options.out,
    format: format.id,
    economy: economy.id,
    bytes: text.length,
    recordedDecisions: selfTest.length,
    provenance,
  };
  if (options.json) writeJson(io, about);
  else
    writeLine(
      io.stderr,
      `wrote ${options.out}: ${Math.ceil(text.length / 1024)} KiB, ${selfTest.length} recorded decisions replayed`,
    );
}
