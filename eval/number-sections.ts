import type { Interval } from "../core/statistics.js";
import { formatFixed, formatInteger, formatPercent, formatShort } from "./format.js";
import { type Cell, type Column, escapeHtml, htmlTable, section } from "./html.js";
import { improvementColumn, intervalColumn } from "./interval-cells.js";
import { METRIC_KEYS, METRICS } from "./metric-glossary.js";
import { controllerOf, isAgainstMost, learnedControllers, verdictWord } from "./report-roles.js";
import type { ControllerReport, Report, Summary } from "./report-schema.js";

/** Every metric of every controller: over all scenarios, then scenario by scenario. */
export function metricSection(report: Report): string {
  const folds = report.scenarios.map((scenario) => {
    const tables = metricTables(report, ({ byScenario }) => byScenario[scenario]!, scenario);
    return `<details><summary>${escapeHtml(scenario)}</summary><div class="inside">${tables}</div></details>`;
  });
  return section(
    "metrics",
    "All numbers",
    `Means over the episodes with ${report.provenance.level * 100} % intervals below. IQM is the mean of the middle half, worst 5 % the mean ` +
      "of the worst twentieth.",
    `${metricTables(report, ({ aggregate }) => aggregate)}${actionTable(report)}${pairTables(report)}${limitTable(report)}` +
      `<h3>By scenario</h3>${folds.join("")}`,
  );
}

function metricTables(report: Report, of: (controller: ControllerReport) => Summary, where = "all scenarios"): string {
  const { controllers, baseline } = report;
  const summaries = controllers.map(of);
  const versus = (value: (summary: Summary) => Interval) =>
    summaries.map((summary, i) => (controllers[i]!.isBaseline ? null : value(summary)));
  const words = summaries.map((aggregate, i) => verdictWord({ ...controllers[i]!, aggregate }));
  const objective = [
    namesOf(report),
    { head: "verdict", cells: words.map((word, i) => verdictCell(word, summaries[i]!)) },
    intervalColumn(
      { text: "objective", note: "mean" },
      summaries.map((summary) => summary.return),
    ),
    intervalColumn(
      { text: "objective", note: "IQM" },
      summaries.map(({ return: { iqm, iqmLow, iqmHigh } }) => ({ mean: iqm, low: iqmLow, high: iqmHigh })),
    ),
    intervalColumn(
      { text: "objective", note: "worst 5 %" },
      summaries.map((summary) => summary.return.worst5),
    ),
    intervalColumn(
      { text: "difference", note: `minus ${baseline}` },
      versus((summary) => summary.minusBaseline),
      { sign: true },
    ),
    improvementColumn(
      { text: "P(better)", note: `than ${baseline}` },
      summaries.map((summary, i) => (controllers[i]!.isBaseline ? null : summary.minusBaseline)),
    ),
  ];
  const metrics = METRIC_KEYS.map((key) => {
    const { label, unit, format } = METRICS[key];
    return intervalColumn(
      { text: label, note: unit },
      summaries.map((summary) => summary.metrics[key]!),
      { percent: format === "percent" },
    );
  });
  return htmlTable(objective, "Objective per day", where) + htmlTable([namesOf(report), ...metrics], "What happened", where);
}

/** A verdict is about the mean; where most markets say otherwise, that is written below it. */
function verdictCell(word: string, summary: Summary): Cell {
  if (!isAgainstMost(summary)) return { text: word, mark: word };
  const most = word === "better" ? "worse" : "better";
  return { text: word, mark: word, note: `on average; ${most} in most markets` };
}

function actionTable(report: Report): string {
  const actions = Object.keys(report.controllers[0]!.aggregate.actions);
  if (actions.length === 0) return "";
  const columns = actions.map((name) => {
    const unit = report.provenance.actions[name]?.unit ?? "1";
    const head = unit === "1" ? name : { text: name, note: unit };
    return intervalColumn(
      head,
      report.controllers.map(({ aggregate }) => aggregate.actions[name]!),
    );
  });
  return htmlTable([namesOf(report), ...columns], "Mean applied action");
}

function pairTables(report: Report): string {
  const tables = learnedControllers(report).map(({ id }) => {
    const pairs = report.pairwise.filter((pair) => pair.id === id);
    const columns: Column[] = [
      { head: "against", cells: pairs.map(({ against }) => against) },
      intervalColumn(
        { text: "objective", note: "per day" },
        pairs.map(({ aggregate }) => aggregate),
        { sign: true },
      ),
      improvementColumn(
        "P(better)",
        pairs.map(({ aggregate }) => aggregate),
      ),
      withLevels(
        intervalColumn(
          { text: "breaker trips", note: "per episode; difference" },
          pairs.map(({ aggregate }) => aggregate.trips),
          { sign: true },
        ),
        pairs.map(({ against }) => [id, against].map((name) => formatFixed(controllerOf(report, name).aggregate.trips, 2))),
      ),
      withLevels(
        intervalColumn(
          { text: "drawdown ≥ 70 %", note: "of episodes; difference" },
          pairs.map(({ aggregate }) => aggregate.drawdown70),
          { percent: true, sign: true },
        ),
        pairs.map(({ against }) =>
          [id, against].map((name) => formatPercent(controllerOf(report, name).aggregate.drawdown.p70)),
        ),
      ),
      {
        head: { text: "pairing", note: "saves variance" },
        cells: pairs.map(({ aggregate }) => `${formatFixed(aggregate.varianceReduction, 1)} ×`),
      },
    ];
    return htmlTable(columns, `${id} minus each other controller`);
  });
  return tables.join("");
}

/** A column of differences with the levels of both before them. */
function withLevels({ head, cells }: Column, levels: readonly (readonly string[])[]): Column {
  const withBoth = (cell: Cell | string, i: number): Cell | string =>
    typeof cell === "string" ? cell : { text: levels[i]!.join(" against "), note: `${cell.text} ${cell.note ?? ""}` };
  return { head, cells: cells.map(withBoth) };
}

function limitTable(report: Report): string {
  const limits = report.controllers[0]!.aggregate.limits;
  const columns = limits.map(({ constraint, limit, unit, kind }, i): Column => {
    const entries = report.controllers.map(({ aggregate }) => aggregate.limits[i]!);
    const { head, cells } = intervalColumn(
      { text: `${constraint} ≤ ${formatShort(limit)}${unit === "1" ? "" : ` ${unit}`}`, note: LIMIT_WORDS[kind] ?? kind },
      entries,
    );
    const mark = (cell: Cell) => ({ ...cell, text: `${cell.text} exceeds`, mark: "worse" });
    return { head, cells: cells.map((cell, k) => (entries[k]!.exceeded && typeof cell !== "string" ? mark(cell) : cell)) };
  });
  return columns.length === 0 ? "" : htmlTable([namesOf(report), ...columns], "Costs with a limit");
}

const LIMIT_WORDS: Readonly<Record<string, string>> = {
  step: "mean per step",
  expectation: "mean sum over an episode",
  probability: "share of episodes",
};

/** The comparison over each horizon. */
export function horizonSection(report: Report): string {
  if (report.horizons.length < 2) return "";
  const tables = learnedControllers(report).map(({ id }) => {
    const rivals = report.pairwise.filter((pair) => pair.id === id).map(({ against }) => against);
    const columns = report.horizons.flatMap(({ days, pairwise }) => {
      const pairs = rivals.map((rival) => pairwise.find((pair) => pair.id === id && pair.against === rival)?.aggregate ?? null);
      const text = `${formatInteger(days)} days`;
      return [
        intervalColumn({ text, note: "objective per day" }, pairs, { sign: true }),
        improvementColumn({ text, note: "P(better)" }, pairs),
      ];
    });
    return htmlTable([{ head: "against", cells: rivals }, ...columns], `${id} minus each other controller`, "other horizons");
  });
  return section(
    "horizons",
    "Other horizons",
    "Whether the gain is borrowed from the time after the episode: the same comparison over longer episodes.",
    tables.join(""),
  );
}

function namesOf(report: Report): Column {
  return { head: "controller", cells: report.controllers.map(({ id }) => id) };
}
