import type { ExportFormat } from "./format.js";
import { json } from "./json.js";
import { module } from "./module.js";

/** Every format of `flyball export`, the default first. `--format`, its help and docs/reference/export-formats.md follow from this list. */
export const EXPORT_FORMATS: readonly [ExportFormat, ...ExportFormat[]] = [json, module];

/** Formats of later versions: named, so that asking for one is answered. */
export const LATER_FORMATS: readonly string[] = ["tfjs", "onnx", "solidity", "rules"];

/** docs/reference/export-formats.md */
export function renderExportFormats(): string {
  const sections = EXPORT_FORMATS.flatMap(({ id, doc, fileName, page }) => [
    `## ${id}`,
    "",
    `A ${doc}: \`flyball export runs/akash --format ${id} --out ${fileName}\`.`,
    "",
    page,
    "",
  ]);
  return [
    "# Export formats",
    "",
    "Written from the formats themselves by `npm run docs`; a test fails when this page is out of date.",
    "",
    "`flyball export` writes the controller of a run's last checkpoint. Before it writes any format it replays the recorded decisions.",
    "",
    ...sections,
  ].join("\n");
}
