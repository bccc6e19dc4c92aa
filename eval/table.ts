import Table from "cli-table3";
import { formatBounds, formatFixed, formatPercent, intervalDecimals } from "./format.js";
import { isAgainstMost } from "./report-roles.js";
import type { ControllerReport, Report } from "./report-schema.js";

/** Widest line, in columns of a terminal. */
export const TABLE_WIDTH = 100;

const COLUMNS = [
  { head: "controller", width: 21, align: "left" },
  { head: "verdict", width: 11, align: "left" },
  { head: "objective", width: 11, align: "right" },
  { head: "minus baseline", width: 28, align: "right" },
  { head: "P(better)", width: 11, align: "right" },
  { head: "DD≥70 %", width: 9, align: "right" },
  { head: "trips", width: 8, align: "right" },
] as const;

/** The comparison as text of at most 100 columns: best first, then the notes and what the learned controllers have shown. */
export function renderTable(report: Report): string {
  const table = new Table({
    head: COLUMNS.map(({ head }) => head),
    colWidths: COLUMNS.map(({ width }) => width - 1),
    colAligns: COLUMNS.map(({ align }) => align),
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 1 },
    chars: PLAIN_LINES,
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  for (const controller of report.controllers) table.push(row(controller));
  return [...introduction(report), table.toString(), "", ...notes(report), ...headlineLines(report)]
    .flatMap((text) => text.split("\n"))
    .map((line) => line.trimEnd())
    .join("\n");
}

function row({ id, isBaseline, aggregate }: ControllerReport): string[] {
  const { minusBaseline: gain, drawdown, trips } = aggregate;
  const decimals = Math.min(4, intervalDecimals(gain));
  return [
    shorten(id, COLUMNS[0].width - 1),
    isBaseline ? "baseline" : `${aggregate.verdict}${isAgainstMost(aggregate) ? "*" : ""}`,
    formatFixed(aggregate.return.mean, 3),
    isBaseline ? "" : `${formatFixed(gain.mean, decimals, true)} ${formatBounds(gain, decimals, true)}`,
    isBaseline ? "" : formatFixed(gain.probabilityOfImprovement, 2),
    formatPercent(drawdown.p70),
    formatFixed(trips, 2),
  ];
}

function introduction({ economy, scenarios, baseline, provenance }: Report): string[] {
  const { episodes, days, level } = provenance;
  return wrap(
    `${economy}: ${scenarios.length} scenarios × ${episodes} episodes × ${days} days, the same markets for every controller. ` +
      `Mean objective per day with ${level * 100} % intervals; baseline ${baseline}; trips per episode.${presetSentence(provenance)}`,
  ).concat("");
}

function presetSentence({ preset }: Report["provenance"]): string {
  return preset === undefined ? "" : ` Parameters: preset ${preset.name}, ${preset.doc}.`;
}

function notes({ controllers, verdicts, provenance: { episodes, level } }: Report): string[] {
  const lines = [
    ...controllers.flatMap(({ id, aggregate }) => aggregate.reasons.map((reason) => `${id} violates: ${reason}.`)),
    ...controllers.flatMap(({ id, caveats = [] }) => caveats.map((caveat) => `${id} ${caveat}.`)),
  ];
  if (episodes < verdicts.minEpisodes) {
    const rare = "so few seldom hold the bad year that decides the mean, and no interval covers what its sample does not hold";
    lines.push(
      `No verdicts: ${episodes} episodes a scenario are too few, at least ${verdicts.minEpisodes} are needed; ${rare}.`,
    );
  } else {
    const alpha = formatFixed(1 - level, 2).replace(/^0/, "");
    const withdrawn =
      verdicts.withdrawn === 0 ? "" : `; ${verdicts.withdrawn} that were clear on their own are undecided for it`;
    lines.push(`Better and worse hold for all ${verdicts.count} verdicts together (Holm, ${alpha})${withdrawn}.`);
  }
  if (controllers.some(({ isBaseline, aggregate }) => !isBaseline && isAgainstMost(aggregate))) {
    lines.push("* on average only: in most markets it is the other way round, see P(better).");
  }
  return [...lines.flatMap((line) => wrap(line)), ""];
}

function headlineLines({ headlines }: Report): string[] {
  if (headlines.length === 0) return wrap("No learned controller was compared with a rule.");
  return headlines.flatMap(({ title, detail }) => wrap(`${title}: ${detail}`));
}

function wrap(text: string): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > TABLE_WIDTH && line !== "") lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function shorten(text: string, width: number): string {
  return text.length <= width - 1 ? text : `${text.slice(0, width - 2)}…`;
}

/** No frame: a line under the head, spaces between the columns. */
export const PLAIN_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "─",
  "mid-mid": "─",
  right: "",
  "right-mid": "",
  middle: " ",
};
