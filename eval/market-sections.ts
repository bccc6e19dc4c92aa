import type { Interval } from "../core/statistics.js";
import { type Curve, curvePlot } from "./curve-plot.js";
import { formatPercent } from "./format.js";
import { card, escapeHtml, htmlTable, section } from "./html.js";
import { intervalColumn } from "./interval-cells.js";
import { intervalPlot } from "./interval-plot.js";
import { EVENT_LEVELS, EVENT_METRICS, type EventLevel, METRICS } from "./metric-glossary.js";
import { controllerOf, toneOf } from "./report-roles.js";
import type { Band, Report, SeriesBands } from "./report-schema.js";

/** Prices, supplies and actions over the days, one fold per scenario. */
export function marketSection(report: Report): string {
  const folds = Object.entries(report.series).map(([scenario, bands], index) => {
    const note = report.provenance.scenarioDocs[scenario] ?? "";
    const open = index === 0 ? " open" : "";
    const summary = `<summary>${escapeHtml(scenario)} <span>${escapeHtml(note)}</span></summary>`;
    return `<details${open}>${summary}<div class="inside grid">${scenarioCards(report, bands)}</div></details>`;
  });
  if (folds.length === 0) return "";
  const episodes = Math.max(
    ...Object.values(report.series).flatMap((bands) => Object.values(bands).map((band) => band.episodes)),
  );
  return section(
    "markets",
    "Over time",
    `Lines are medians over the first ${episodes} episodes; bands hold eight episodes of ten (10 to 90 % quantiles). ` +
      "The best rule is drawn without its band.",
    folds.join(""),
  );
}

function scenarioCards(report: Report, bands: Readonly<Record<string, SeriesBands>>): string {
  const curves = (of: (series: SeriesBands) => Band): Curve[] =>
    Object.entries(bands).map(([id, series]) => {
      const { low, middle, high } = of(series);
      const { kind, isBaseline } = controllerOf(report, id);
      const line = { label: id, tone: toneOf(report, id), x: series.days, middle };
      return kind === "learned" || isBaseline ? { ...line, low, high } : line;
    });
  const size = { xLabel: "day", width: 340, height: 260 } as const;
  const price = curvePlot({ ...size, title: "Price", yLabel: "USD", scale: "log", curves: curves((series) => series.price) });
  const supply = curvePlot({ ...size, title: "Supply", yLabel: "%", percent: true, curves: curves((series) => series.supply) });
  const cards = [
    card("Price", price, "market price, logarithmic"),
    card("Supply", supply, "change of the total supply since the first day"),
  ];
  for (const action of Object.keys(Object.values(bands)[0]!.actions)) {
    const { unit = "1", doc = "" } = report.provenance.actions[action] ?? {};
    const plot = curvePlot({
      ...size,
      title: action,
      yLabel: unit === "1" ? "" : unit,
      curves: curves(({ actions }) => actions[action]!),
    });
    cards.push(card(`Action: ${action}`, plot, doc));
  }
  return cards.join("");
}

/** How often the price falls deep, absolute and compared with the baseline. */
export function crashSection(report: Report): string {
  const cards = (Object.keys(EVENT_LEVELS) as EventLevel[]).map((level) => {
    const depth = formatPercent(EVENT_LEVELS[level], 0);
    const rows = report.controllers.map(({ id, aggregate }) => {
      const { probability, low, high } = aggregate.events.maxDrawdown[level];
      return { label: id, tone: toneOf(report, id), mean: probability, low, high };
    });
    const title = `Drawdown of ${depth} or more`;
    return card(
      title,
      intervalPlot({ title, xLabel: "share of episodes, %", rows, width: 330, values: true, bars: true, percent: true }),
    );
  });
  return section(
    "crashes",
    "Crashes",
    `Share of episodes in which the price falls by a half, by 70 % or by 90 %, over all scenarios. The market falls by itself too: the ` +
      `table shows what happens beyond ${report.baseline} under the same shocks.`,
    `<div class="grid">${cards.join("")}</div><h3>Compared with ${escapeHtml(report.baseline)} under the same shocks</h3>${eventTables(report)}`,
  );
}

function eventTables(report: Report): string {
  const names = { head: "controller", cells: report.controllers.map(({ id }) => id) };
  const tables = EVENT_METRICS.map((metric) => {
    const columns = (Object.keys(EVENT_LEVELS) as EventLevel[]).flatMap((level) => {
      const text = `≥ ${formatPercent(EVENT_LEVELS[level], 0)}`;
      const events = report.controllers.map(({ aggregate }) => aggregate.events[metric][level]);
      const differences = report.controllers.map(({ isBaseline }, i) => (isBaseline ? null : events[i]!.minusBaseline));
      const excess = report.controllers.map(({ isBaseline }, i) => (isBaseline ? null : asInterval(events[i]!.excess)));
      return [
        intervalColumn({ text, note: "in all" }, events.map(asInterval), { percent: true }),
        intervalColumn({ text, note: "only here" }, excess, { percent: true }),
        intervalColumn({ text, note: "minus baseline" }, differences, { percent: true, sign: true }),
      ];
    });
    return htmlTable([names, ...columns], `${METRICS[metric].label}: share of episodes`);
  });
  return tables.join("");
}

function asInterval({ probability, low, high }: { probability: number; low: number; high: number }): Interval {
  return { mean: probability, low, high };
}
