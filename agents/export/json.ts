import { formatControllerFile, SELF_TEST_TOLERANCE } from "../learned/controller-file.js";
import type { ExportFormat } from "./format.js";

export const json: ExportFormat = {
  id: "json",
  doc: "controller file that flyball simulates and evaluates",
  fileName: "controller.json",
  page: [
    "Data only, with everything that the decisions depend on: interface, normaliser, network, breakers, provenance. Whoever loads it replays",
    `its recorded decisions first and refuses a difference above ${SELF_TEST_TOLERANCE} of an action's band. The keys are in`,
    "[file-formats.md](file-formats.md#controller-file).",
    "",
    "```text",
    "flyball simulate controller.json --economy akash --days 30",
    "```",
  ].join("\n"),
  render: formatControllerFile,
};
