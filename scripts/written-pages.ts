import { renderExportFormats } from "../agents/export/formats.js";
import { CONTROLLER_JSON_SCHEMA } from "../agents/learned/controller-schema.js";
import { benchJsonSchema } from "../bench/schema.js";
import { renderCommands } from "../cli/command-page.js";
import { economiesJsonSchema } from "../cli/economies-schema.js";
import type { Io } from "../cli/io.js";
import { createProgram } from "../cli/run.js";
import { renderAssumptions } from "../env/assumptions.js";
import { ASSUMPTIONS, LAYERS } from "../env/assumptions-pages.js";
import { reportJsonSchema } from "../eval/report-schema.js";
import { CONFIG_JSON_SCHEMA } from "../train/config.js";

/**
 * The text of every page under docs/ that follows from the code alone, by its path from there.
 * @param io nothing is written to it
 */
export function writtenPages(io: Io): Readonly<Record<string, string>> {
  return {
    "reference/assumptions.md": renderAssumptions(ASSUMPTIONS, LAYERS),
    "reference/export-formats.md": renderExportFormats(),
    "reference/cli.md": renderCommands(createProgram(io)),
    "schemas/bench.schema.json": json(benchJsonSchema()),
    "schemas/config.schema.json": json(CONFIG_JSON_SCHEMA),
    "schemas/controller.schema.json": json(CONTROLLER_JSON_SCHEMA),
    "schemas/economies.schema.json": json(economiesJsonSchema()),
    "schemas/report.schema.json": json(reportJsonSchema()),
  };
}

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
