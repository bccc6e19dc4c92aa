import { ruleInForce } from "../agents/rules/registry.js";
import type { Interval } from "../core/statistics.js";
import { table } from "../env/assumptions.js";
import { formatInterval, formatPercent, formatPercentInterval, formatShort } from "../eval/format.js";
import type { EconomyReport } from "./economy-report.js";
import { type SignTest, signHolds } from "./experiments.js";
import { type Fact, type FallShares, factPasses } from "./facts.js";
import { FINALITY_MATTERS, finalityMatters } from "./finality.js";
import { halfDaysAgree } from "./half-days.js";
import { realFallShare } from "./reference.js";
import { scalesExactly } from "./scaling.js";

/** The part of the page that is the same for every economy. @param details page with what only this economy has, from `docs/` */
export function renderEconomy(report: EconomyReport, details?: string): string[] {
  const { spec } = report;
  return [
    `## ${spec.economy.id}`,
    "",
    `${spec.economy.doc}. Rule in force: \`${ruleInForce(spec.economy)}\`, ${spec.ruleDoc}.`,
    "",
    ...spec.notes.flatMap((note) => [note, ""]),
    ...(details ? [`More of this economy: [${details}](${details}).`, ""] : []),
    ...factSection(report),
    ...fallSection(report),
    ...signSection(report),
    ...stepSection(report),
  ];
}

export const verdictText = (passed: boolean): string => (passed ? "pass" : "**FAIL**");

function factSection({ spec, counts, facts }: EconomyReport): string[] {
  const { id } = spec.economy;
  return [
    `### What ${id} looks like`,
    "",
    `${counts.paths} paths of ${counts.years} years in base, ruined ones included (${formatPercentInterval(facts.ruined)} of them): mean of the paths with its 95 % interval, where the middle 80 % of the`,
    "paths lie, a range that is held to be plausible, and what is known of the real one.",
    "",
    ...table(["figure", "simulated", "80 % of the paths", "target", "", "real"], facts.facts.map(factRow)),
    "",
    ...plot(id, "prices", "Price and exogenous path with bands"),
    ...plot(id, "volatility", "Histogram of annual volatility"),
    ...plot(id, "clustering", "Autocorrelation of absolute returns by lag, simulated and real"),
    ...plot(id, "series", `${spec.plotted.label} over time with its band`),
  ];
}

const plot = (id: string, name: string, alt: string) => [`![${alt} in ${id}](validation/${id}-${name}.svg)`, ""];

function factRow(fact: Fact): string[] {
  const { name, percent, mean, low, high, target, real } = fact;
  const show = (value: number) => (percent ? formatPercent(value) : formatShort(value));
  const range = target
    ? `${target.high === Number.POSITIVE_INFINITY ? `at least ${show(target.low)}` : `${show(target.low)} to ${show(target.high)}`} (${target.why})`
    : "";
  const passed = factPasses(fact);
  const interval = percent ? formatPercentInterval(mean) : formatInterval(mean);
  return [
    name,
    isPoint(mean) ? show(mean.mean) : interval,
    `${show(low)} … ${show(high)}`,
    range,
    passed === undefined ? "" : verdictText(passed),
    real,
  ];
}

function fallSection({ spec, counts, facts }: EconomyReport): string[] {
  const { quantiles, reached, firstYear } = facts.falls;
  const row = (name: string, shares: readonly FallShares[], of: "price" | "exogenous") => [
    name,
    ...shares.map((share) => formatPercentInterval(share[of])),
  ];
  const real = firstYear.map(({ depth }) => formatPercent(realFallShare(depth) ?? Number.NaN, 0));
  const deepest = quantiles.map(({ probability, fall }) => `${formatPercent(fall, 0)} (${formatPercent(probability, 0)})`);
  return [
    `### How deep prices of ${spec.economy.token.symbol} fall`,
    "",
    `Largest fall from the peak, without circuit breakers. Quantiles over the paths of ${counts.years} years: ${deepest.join(", ")}.`,
    "",
    ...table(
      ["share of the paths", ...reached.map(({ depth }) => `≥ ${formatPercent(depth, 0)}`)],
      [
        row(`price, ${counts.years} years`, reached, "price"),
        row(`exogenous path alone, ${counts.years} years`, reached, "exogenous"),
        row("price, first year", firstYear, "price"),
        row("exogenous path alone, first year", firstYear, "exogenous"),
        ["Ether (real), all windows of 365 days", ...real],
      ],
    ),
    "",
    ...plot(spec.economy.id, "drawdowns", "Probability of a fall from the peak"),
  ];
}

function signSection({ spec, counts, signs }: EconomyReport): string[] {
  const row = (sign: SignTest) => [
    sign.experiment,
    sign.text,
    isPoint(sign.effect) ? formatShort(sign.effect.mean) : formatInterval(sign.effect, true),
    `${formatPercentInterval(sign.share)} of ${sign.pairs}`,
    verdictText(signHolds(sign)),
  ];
  const head = ["change", "what must follow", "mean effect", "pairs in that direction", ""];
  const part = (kind: SignTest["kind"]) => table(head, signs.filter((sign) => sign.kind === kind).map(row));
  return [
    `### Comparative statics of ${spec.economy.id}`,
    "",
    `${counts.pairs} pairs of years on the same shocks, one change between them. A sign test: the share of the pairs that differ in the expected`,
    "direction, among those that differ, with its exact 95 % interval, which must lie above one half. The effect is the mean difference.",
    "",
    ...part("statics"),
    "",
    `### Closed-loop checks of ${spec.economy.id}`,
    "",
    ...part("closed loop"),
    "",
  ];
}

function stepSection(report: EconomyReport): string[] {
  return [
    `### Step, finality and scale of ${report.spec.economy.id}`,
    "",
    ...finalityPart(report),
    ...halfDayPart(report),
    "Every parameter, band and constant with a unit in it is multiplied; every state and flow must then be its own value times the factor of its",
    "unit (largest deviation, relative), with actions that sweep their bands.",
    "",
    ...table(
      ["scale", "largest deviation", "of", ""],
      report.scaling.map((row) => [row.name, formatShort(row.deviation), row.worst, verdictText(scalesExactly(row))]),
    ),
    "",
  ];
}

function finalityPart({ spec, counts, finality }: EconomyReport): string[] {
  const rule = spec.feedback ?? ruleInForce(spec.economy);
  return [
    `Decisions of \`${rule}\` that take effect late, change of the mean objective a day on ${counts.finality} years; below ${FINALITY_MATTERS} it does not matter.`,
    "",
    ...table(
      ["decisions are late by", "change", "matters"],
      finality.map((row) => [row.name, smallInterval(row.effect), finalityMatters(row) ? "yes" : "no"]),
    ),
    "",
  ];
}

function halfDayPart({ counts, halfDays }: EconomyReport): string[] {
  if (halfDays.length === 0) return ["Half-day steps: not defined for this economy.", ""];
  const tolerance = formatPercent(halfDays[0]!.tolerance, 0);
  const rows = halfDays.map((row) => [
    row.name,
    formatShort(row.whole),
    formatShort(row.half),
    formatPercent(row.difference, 2),
    verdictText(halfDaysAgree(row)),
  ]);
  return [
    `One-day and half-day steps on the same shocks, refined by a Brownian bridge, ${counts.halfDays} years; the means may differ by ${tolerance}.`,
    "",
    ...table(["mean of", "one-day steps", "half-day steps", "difference", ""], rows),
    "",
  ];
}

/** Whether an interval is so narrow that its ends would be a row of digits. */
const isPoint = ({ mean, low, high }: Interval): boolean => high - low <= 1e-5 * Math.abs(mean);

/** An interval that may be many sizes below one. */
const smallInterval = ({ mean, low, high }: Interval) => `${formatShort(mean)} [${formatShort(low)}, ${formatShort(high)}]`;
