import type { Interval } from "../core/statistics.js";
import { formatFixed, formatInteger, formatInterval, formatPercent, formatPercentInterval, formatShort } from "./format.js";
import { type Cell, escapeHtml, htmlTable, section } from "./html.js";
import { METRIC_KEYS, METRICS } from "./metric-glossary.js";
import { learnedControllers, verdictWord } from "./report-roles.js";
import type { ControllerReport, Report, Summary } from "./report-schema.js";

/** Every metric of every controller: over all scenarios, then scenario by scenario. */
export function metricSection(report: Report): string {
  const folds = report.scenarios.map((scenario) => {
    const table = metricTable(report, ({ byScenario }) => byScenario[scenario]!);
    return `<details><summary>${escapeHtml(scenario)}</summary><div class="inside">${table}</div></details>`;
  });
  return section(
    "metrics",
    "All numbers",
    `Means over the episodes with ${report.provenance.level * 100} % intervals below. IQM is the mean of the middle half, worst 5 % the mean ` +
      "of the worst twentieth.",
    `${metricTable(report, ({ aggregate }) => aggregate)}${actionTable(report)}${pairTable(report)}${limitTable(report)}` +
      `<h3>By scenario</h3>${folds.join("")}`,
  );
}

function metricTable(report: Report, of: (controller: ControllerReport) => Summary): string {
  const metrics = METRIC_KEYS.map((key) => METRICS[key]);
  const head = ["controller", "verdict", "objective", "IQM", "worst 5 %", `minus ${report.baseline}`, "P(better)"];
  const rows = report.controllers.map((controller) => {
    const summary = of(controller);
    const { return: objective, minusBaseline } = summary;
    const word = verdictWord({ ...controller, aggregate: summary });
    return [
      controller.id,
      { text: word, mark: word },
      numberCell(objective),
      numberCell({ mean: objective.iqm, low: objective.iqmLow, high: objective.iqmHigh }),
      numberCell(objective.worst5),
      controller.isBaseline ? "" : numberCell(minusBaseline, true),
      controller.isBaseline ? "" : chance(minusBaseline),
      ...METRIC_KEYS.map((key) => metricCell(summary.metrics[key]!, METRICS[key].format)),
    ];
  });
  return htmlTable([...head, ...metrics.map(({ label, unit }) => `${label}, ${unit}`)], rows);
}

function actionTable(report: Report): string {
  const actions = Object.keys(report.controllers[0]!.aggregate.actions);
  if (actions.length === 0) return "";
  const head = actions.map((name) => {
    const unit = report.provenance.actions[name]?.unit ?? "1";
    return unit === "1" ? name : `${name}, ${unit}`;
  });
  const rows = report.controllers.map(({ id, aggregate }) => [
    id,
    ...actions.map((name) => numberCell(aggregate.actions[name]!)),
  ]);
  return htmlTable(["controller", ...head], rows, "Mean applied action");
}

function pairTable(report: Report): string {
  const tables = learnedControllers(report).map(({ id }) => {
    const rows = report.pairwise
      .filter((pair) => pair.id === id)
      .map(({ against, aggregate }) => [
        against,
        numberCell(aggregate, true),
        chance(aggregate),
        numberCell(aggregate.trips, true),
        metricCell(aggregate.drawdown70, "percent", true),
        `${formatFixed(aggregate.varianceReduction, 1)} ×`,
      ]);
    const head = ["against", "objective", "P(better)", "breaker trips", "drawdowns ≥ 70 %", "variance saved by pairing"];
    return htmlTable(head, rows, `${id} minus each other controller`);
  });
  return tables.join("");
}

function limitTable(report: Report): string {
  const limits = report.controllers[0]!.aggregate.limits;
  if (limits.length === 0) return "";
  const head = ["controller", ...limits.map(({ constraint, limit, unit }) => `${constraint} ≤ ${formatShort(limit)} ${unit}`)];
  const rows = report.controllers.map(({ id, aggregate }) => [
    id,
    ...aggregate.limits.map((entry): Cell => {
      const cell = numberCell(entry);
      return entry.exceeded ? { ...cell, text: `${cell.text} exceeds`, mark: "worse" } : cell;
    }),
  ]);
  return htmlTable(head, rows, "Costs with a limit");
}

/** The comparison over each horizon. */
export function horizonSection(report: Report): string {
  if (report.horizons.length < 2) return "";
  const tables = learnedControllers(report).map(({ id }) => {
    const pairsAt = report.horizons.map(({ pairwise }) => pairwise.filter((pair) => pair.id === id));
    const rows = pairsAt[0]!.map(({ against }) => [
      against,
      ...pairsAt.flatMap((pairs): (Cell | string)[] => {
        const pair = pairs.find((candidate) => candidate.against === against)?.aggregate;
        return pair ? [numberCell(pair, true), chance(pair)] : ["not run", ""];
      }),
    ]);
    const head = report.horizons.flatMap(({ days }) => [`${formatInteger(days)} days`, "P(better)"]);
    return htmlTable(["against", ...head], rows, `${id} minus each other controller, objective per day`);
  });
  return section(
    "horizons",
    "Other horizons",
    "Whether the gain is borrowed from the time after the episode: the same comparison over longer episodes.",
    tables.join(""),
  );
}

function numberCell(interval: Interval, sign = false): Cell {
  return split(formatInterval(interval, sign), "");
}

function metricCell(interval: Interval, format: "number" | "percent", sign = false): Cell {
  return format === "percent" ? split(formatPercentInterval(interval, sign), " %") : numberCell(interval, sign);
}

function chance(pair: { probabilityOfImprovement: number; probabilityLow: number; probabilityHigh: number }): Cell {
  const { probabilityOfImprovement: mean, probabilityLow: low, probabilityHigh: high } = pair;
  return { text: formatPercent(mean), note: `[${formatPercent(low)}, ${formatPercent(high)}]` };
}

function split(text: string, suffix: string): Cell {
  return { text: text.slice(0, text.indexOf(" [")) + suffix, note: text.slice(text.indexOf("["), text.indexOf("]") + 1) };
}
