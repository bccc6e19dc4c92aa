import type { Interval } from "../core/statistics.js";
import { formatFixed, formatInterval, formatPercent, formatPercentInterval, formatShort } from "./format.js";
import { card, escapeHtml, htmlTable, responsive, section } from "./html.js";
import { intervalColumn } from "./interval-cells.js";
import { type IntervalRow, intervalPlot } from "./interval-plot.js";
import { clippedSpan } from "./plot-scale.js";
import { controllerOf, learnedControllers, toneOf } from "./report-roles.js";
import type { Pairwise, Report, Summary } from "./report-schema.js";

/** What the learned controllers have shown against the best rule: a sentence and four figures each. */
export function headlineSection(report: Report): string {
  const blocks = report.headlines.map(({ id, bestRule, outcome, title, detail }) => {
    const pair = report.pairwise.find((candidate) => candidate.id === id && candidate.against === bestRule)!;
    const { reasons } = controllerOf(report, id).aggregate;
    const items = reasons.map((reason) => `<li>${escapeHtml(`violates: ${reason}`)}</li>`).join("");
    const list = items === "" ? "" : `<ul class="reasons">${items}</ul>`;
    return `<div class="headline ${outcome}"><h2>${escapeHtml(title)}</h2><p>${escapeHtml(detail)}</p>${tiles(report, pair)}${list}</div>`;
  });
  if (blocks.length > 0) return blocks.join("\n") + seedBlock(report);
  const best = report.controllers[0]!;
  const text = `No learned controller was compared. ${best.id} has the highest mean objective.`;
  return `<div class="headline"><h2>${escapeHtml(text)}</h2></div>`;
}

/** Levels of both controllers large, their difference with its interval below. */
function tiles(report: Report, { id, aggregate, against }: Pairwise): string {
  const [own, rule] = [id, against].map((name) => controllerOf(report, name).aggregate) as [Summary, Summary];
  const tile = (value: string, label: string) =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(label)}</span></div>`;
  const gain = formatInterval(aggregate, true);
  const bounds = gain.slice(gain.indexOf("["));
  const better = `[${formatPercent(aggregate.probabilityLow, 0)}, ${formatPercent(aggregate.probabilityHigh, 0)}]`;
  return `<div class="tiles">${[
    tile(gain.slice(0, gain.indexOf(" [")), `mean objective per day against ${against} ${bounds}`),
    tile(
      formatPercent(aggregate.probabilityOfImprovement, 0),
      `of markets in which it does better ${better}; median difference ${formatFixed(aggregate.medianGain, 3, true)}`,
    ),
    tile(
      `${formatFixed(own.trips, 2)} against ${formatFixed(rule.trips, 2)}`,
      `breaker trips per episode; difference ${formatInterval(aggregate.trips, true)}`,
    ),
    tile(
      `${formatPercent(own.drawdown.p70)} against ${formatPercent(rule.drawdown.p70)}`,
      `of episodes with a drawdown of 70 % or more; difference ${formatPercentInterval(aggregate.drawdown70, true)}`,
    ),
  ].join("")}</div>`;
}

/** What the parameters stand for, where they are a named set: a result holds for these and no others. */
export function presetBanner({ provenance: { preset } }: Report): string {
  if (preset === undefined) return "";
  return `<p class="banner"><b>Parameters: preset ${escapeHtml(preset.name)}.</b> ${escapeHtml(preset.doc)}. The results hold for these parameters.</p>`;
}

/** Several runs of one config: what another seed may be expected to reach. */
function seedBlock({ trainingSeeds }: Report): string {
  const items = trainingSeeds.map(
    ({ ids, against, lowestSeed, highestSeed, ...interval }) =>
      `<li>${escapeHtml(
        `${ids.join(", ")} minus ${against}, over ${ids.length} training seeds and the markets: ${formatInterval(interval, true)}; seed by seed ${formatFixed(lowestSeed, 3, true)} to ${formatFixed(highestSeed, 3, true)}`,
      )}</li>`,
  );
  return items.length === 0 ? "" : `<ul class="reasons">${items.join("")}</ul>`;
}

/** Everybody against the baseline, and the learned controllers against everybody. */
export function comparisonSection(report: Report): string {
  const { baseline } = report;
  const rows = report.controllers
    .filter(({ isBaseline }) => !isBaseline)
    .map(({ id, aggregate }) => row(report, id, aggregate.minusBaseline));
  const hero = responsive((width) =>
    intervalPlot({
      title: `Mean objective per day minus ${baseline}, with intervals`,
      xLabel: `objective per day, minus ${baseline}`,
      rows,
      width,
      values: true,
    }),
  );
  const direct = learnedControllers(report).map(({ id }) => directPlot(report, id) + bestRulePlot(report, id));
  return section(
    "comparison",
    "Against the rules",
    `Every controller was simulated on the same markets, so what is shown is the mean of paired differences, over all scenarios with equal ` +
      `weight. A dot is the mean, the bar behind it its ${report.provenance.level * 100} % interval; right of zero is better.`,
    `${card(`All controllers against the baseline, ${baseline}`, `${legend(report)}${hero}`)}${direct.join("")}`,
  );
}

function directPlot(report: Report, id: string): string {
  const pairs = report.pairwise.filter((pair) => pair.id === id);
  const rows = pairs.map(({ against, aggregate }) => row(report, against, aggregate));
  rows.sort((a, b) => a.mean - b.mean);
  const plot = responsive((width) =>
    intervalPlot({
      title: `${id} minus each other controller`,
      xLabel: "objective per day, minus the other",
      rows,
      width,
      values: true,
    }),
  );
  return card(`${id} against each of the others`, plot, "The strongest rival is on top.");
}

/** Share of what a search with known shocks found to be had over the baseline. */
export function attainableSection({ attainable, baseline, scenarios, controllers }: Report): string {
  if (!attainable) return "";
  const { gain, gainByScenario, markets, note, finished, every } = attainable;
  const text = (share: Interval | undefined) => (share ? formatPercentInterval(share) : "-");
  const rows = controllers.flatMap(({ id }) => attainable.controllers.filter((one) => one.id === id));
  const column = (head: string, gained: Interval, shares: readonly (Interval | undefined)[]) => ({
    head: `${head}, ${formatInterval(gained, true)}`,
    cells: shares.map(text),
  });
  const table = htmlTable(
    [
      { head: "controller", cells: rows.map(({ id }) => id) },
      column(
        "all",
        gain,
        rows.map(({ share }) => share),
      ),
      ...scenarios.map((name) =>
        column(
          name,
          gainByScenario[name]!,
          rows.map(({ byScenario }) => byScenario[name]?.share),
        ),
      ),
    ],
    "Share of the attainable gain",
  );
  return section(
    "attainable",
    "Share of the attainable gain",
    `Gain over ${baseline} as a share of the gain of requests that were searched for with all shocks known, each of which holds for ${every} ` +
      `days: the ${note}${finished ? "" : "; the search was stopped early"}. ${markets} markets a scenario, intervals by a bootstrap over ` +
      "markets; what there was to gain stands in the head, and no share where that is not clear of 0.",
    table,
  );
}

/** Against the best rule, scenario by scenario. */
function bestRulePlot(report: Report, id: string): string {
  const rule = report.headlines.find((headline) => headline.id === id)?.bestRule;
  const pair = report.pairwise.find((candidate) => candidate.id === id && candidate.against === rule);
  if (!pair) return "";
  const rows = Object.entries(pair.byScenario).map(([scenario, { mean, low, high }]) => ({
    label: scenario,
    tone: toneOf(report, id),
    mean,
    low,
    high,
  }));
  const plot = responsive((width) =>
    intervalPlot({
      title: `${id} minus ${rule} by scenario`,
      xLabel: `objective per day, minus ${rule}`,
      rows,
      width,
      values: true,
    }),
  );
  return card(`${id} against the best rule, ${rule}, in each scenario`, plot);
}

function legend(report: Report): string {
  const learned = learnedControllers(report).map(({ id }) => [toneOf(report, id), id]);
  const items = [...learned, ["rule", "fixed rules"]];
  const list = items.map(([tone, text]) => `<li><i style="background:var(--${tone})"></i>${escapeHtml(text!)}</li>`).join("");
  return `<ul class="legend">${list}</ul>`;
}

/** One small plot per scenario, on a common axis. */
export function scenarioSection(report: Report): string {
  const others = report.controllers.filter(({ isBaseline }) => !isBaseline);
  const domain = clippedSpan(
    others.flatMap(({ byScenario }) => Object.values(byScenario).map(({ minusBaseline }) => minusBaseline)),
  );
  const cards = report.scenarios.map((scenario) => {
    const rows = others.map(({ id, byScenario }) => row(report, id, byScenario[scenario]!.minusBaseline));
    const plot = intervalPlot({
      title: `${scenario}: objective minus ${report.baseline}`,
      xLabel: `minus ${report.baseline}`,
      rows,
      width: 330,
      values: false,
      domain,
    });
    return card(scenario, plot, report.provenance.scenarioDocs[scenario] ?? "");
  });
  return section(
    "scenarios",
    "By scenario",
    `Objective per day minus ${report.baseline}, ${report.provenance.episodes.toLocaleString("en")} episodes each. One axis for all.`,
    `${legend(report)}<div class="grid">${cards.join("")}</div>`,
  );
}

/** Where the difference comes from: terms of the objective, and which action earns it. */
export function sourceSection(report: Report): string {
  const { weights, name } = report.provenance.objective;
  const learned = learnedControllers(report);
  const parts = learned.map(({ id, aggregate }) => {
    const rows = Object.entries(aggregate.termsMinusBaseline)
      .filter(([term]) => weights[term])
      .map(([term, interval]) => {
        return { label: term, tone: toneOf(report, id), ...weigh(interval, weights[term] ?? 0) };
      });
    rows.sort((a, b) => b.mean - a.mean);
    const plot = responsive((width) =>
      intervalPlot({
        title: `${id}: contribution of each term`,
        xLabel: `weight × difference to ${report.baseline}`,
        rows,
        width,
        values: true,
        bars: true,
      }),
    );
    return card(
      `${id}: contribution of each term to its difference from ${report.baseline}`,
      plot,
      "Where no episode ends early, they add up to the difference.",
    );
  });
  const frozen = learned.map(({ id }) => ablationCard(report, id));
  return section(
    "sources",
    "Where the difference comes from",
    `The objective is a weighted sum of terms (preset ${name}, version ${report.provenance.objective.version}).`,
    [...parts, termTable(report), ...frozen].join(""),
  );
}

function ablationCard(report: Report, id: string): string {
  const rows = report.ablation
    .filter((entry) => entry.id === id)
    .map(
      ({ channel, frozenAt, minusFull }): IntervalRow => ({
        label: `${channel} at ${formatShort(frozenAt)}`,
        tone: toneOf(report, id),
        ...minusFull,
      }),
    );
  if (rows.length === 0) return "";
  rows.sort((a, b) => a.mean - b.mean);
  const plot = responsive((width) =>
    intervalPlot({
      title: `${id} with one action frozen`,
      xLabel: "objective per day, minus the full controller",
      rows,
      width,
      values: true,
      bars: true,
    }),
  );
  return card(
    `${id}: what changes when one action is frozen at its mean`,
    plot,
    "Left of zero: freezing it costs, so moving it earns. Right of zero: it would do better left alone.",
  );
}

function termTable(report: Report): string {
  const { weights } = report.provenance.objective;
  const columns = weightedTerms(report).map((term) => {
    const weight = weights[term] ?? 0;
    const weighted = report.controllers.map(({ aggregate }) => weigh(aggregate.terms[term]!, weight));
    return intervalColumn({ text: term, note: `× ${formatShort(weight)}` }, weighted);
  });
  const names = { head: "controller", cells: report.controllers.map(({ id }) => id) };
  const table = htmlTable([names, ...columns], "Weighted terms, mean per day");
  return `<details><summary>Weighted terms of every controller <span>mean per day</span></summary><div class="inside">${table}</div></details>`;
}

/** Terms that the objective counts. */
function weightedTerms(report: Report): string[] {
  return Object.keys(report.controllers[0]!.aggregate.terms).filter(
    (term) => (report.provenance.objective.weights[term] ?? 0) !== 0,
  );
}

function weigh({ mean, low, high }: Interval, weight: number): Interval {
  return { mean: mean * weight, low: Math.min(low * weight, high * weight), high: Math.max(low * weight, high * weight) };
}

function row(report: Report, id: string, { mean, low, high }: Pick<IntervalRow, "mean" | "low" | "high">): IntervalRow {
  return { label: id, tone: toneOf(report, id), mean, low, high };
}
