import type { Interval } from "../core/statistics.js";
import { table } from "../env/assumptions.js";
import {
  formatFixed,
  formatInteger,
  formatInterval,
  formatPercent,
  formatPercentInterval,
  formatShort,
} from "../eval/format.js";
import { type Gate, passes } from "./akash/gates.js";
import type { ControlResult, ScenarioControl } from "./control.js";
import { verdictText } from "./economy-page.js";
import { type Falls, fallProbability } from "./market.js";
import { REAL_FALLS, REAL_FIGURES, REAL_SERIES } from "./reference.js";
import type { BurnEffect, Sensitivity } from "./sensitivity.js";
import { degenerateLose, differing, failures, MARGIN, type PageInput, passedOf, type Verdict, verdictsOf } from "./verdicts.js";

/** The gates that only this economy has. */
export function renderDetails(input: PageInput): string {
  return [
    `# Gates of \`${input.economy}\``,
    "",
    "Written by `npm run validate`. What is checked alike in every economy: [validation.md](../validation.md). Quick forms of all families run in",
    "`npm test`.",
    "",
    ...summarySection(verdictsOf(input)),
    ...statisticalSection(input),
    ...signSection(input),
    ...dynamicsSection(input),
    ...controlSection(input),
    ...fallSection(input),
    ...burnSection(input.burn),
    ...sensitivitySection(input.sensitivities),
  ].join("\n");
}

const picture = (file: string, alt: string) => [`![${alt}](${file})`, ""];

function summarySection(verdicts: readonly Verdict[]): string[] {
  const families = [...new Set(verdicts.map(({ family }) => family))];
  const rows = families.map((name) => {
    const of = verdicts.filter(({ family }) => family === name);
    return [name, passedOf(of.filter(({ mandatory }) => mandatory)), passedOf(of.filter(({ mandatory }) => !mandatory))];
  });
  const head = ["family", "mandatory gates passed", "others passed"];
  return ["## Result", "", ...table(head, rows), "", ...failures(verdicts)];
}

function range({ low, high }: Gate): string {
  if (high === Number.POSITIVE_INFINITY) return `at least ${formatShort(low)}`;
  return `${formatShort(low)} to ${formatShort(high)}`;
}

function statisticalSection({ statistical, counts }: PageInput): string[] {
  const rows = statistical.map((gate) => {
    const real = REAL_FIGURES[gate.name];
    const shown = real ? [formatShort(real.window), formatShort(real.whole)] : ["", ""];
    return [gate.name, formatInterval(gate.measured!), range(gate), ...shown, verdictText(passes(gate))];
  });
  return [
    "## What the market looks like",
    "",
    `Daily returns and halts of ${counts.statistical} simulated years under the Cosmos rule in base: mean of the years with its 95 % interval, beside`,
    `the range that was set before, and a **real** series (${REAL_SERIES}): the median of its years and the whole of it.`,
    "A year has thinner tails than the years together; compare with the years.",
    "",
    ...table(["figure", "simulated", "target", "real, a year", "real, whole", "gate"], rows),
    "",
    "Where the model differs: thinner tails, volatility that clusters less from one day to the next but for longer, and returns that a trend follower could",
    "predict a little (real years lean the other way). Ether shows no leverage effect, the model a small one. All targets were set as wide as this.",
    "`flyball calibrate` fits volatility, tails and jumps to a series.",
    "",
    ...picture("volatility.svg", "Histogram of the annual volatility of simulated years"),
    ...picture("clustering.svg", "Autocorrelation of absolute returns by lag, simulated and real"),
    ...picture("prices.svg", "Price and exogenous path over a year with bands"),
  ];
}

function signSection({ signs, counts }: PageInput): string[] {
  const rows = signs.map((gate) => {
    const effect = gate.measured ? formatInterval(gate.measured, true) : "";
    return [gate.name.replace(" (paired t)", ""), effect, formatShort(gate.value), range(gate), verdictText(passes(gate))];
  });
  return [
    "## Signs: what pushes what",
    "",
    `${counts.signs} pairs of years with the same shocks, one change between them. The effect is the mean difference with its 95 % interval, in the`,
    "figure's own unit (tokens, units of capacity, days, shares, logs); the value is its paired t, signed so that the expected direction is",
    "positive. Rows without an effect are measured as their name says.",
    "",
    ...table(["change: what must follow", "effect", "value", "gate", ""], rows),
    "",
  ];
}

function dynamicsSection({ dynamics, scale, halfSteps, counts }: PageInput): string[] {
  const rows = [...dynamics, ...scale, ...halfSteps].map((gate) => {
    return [gate.name, formatShort(gate.value), range(gate), verdictText(passes(gate))];
  });
  return [
    "## Dynamics, scale and step length",
    "",
    "Without shocks and under constant actions everything settles; a network a hundred times as large and a token split change no ratio; half-day",
    `steps have the same means, without noise and with it (${counts.halfSteps} years with the same shocks a day).`,
    "",
    ...table(["what", "measured", "gate", ""], rows),
    "",
    ...picture("settling.svg", "Ratios without shocks over four years"),
  ];
}

function controlSection({ control, tuned }: PageInput): string[] {
  const { scenarios, overall, feedback, common, paths, budget } = control;
  const gate = (margin: Interval) => verdictText(margin.mean >= MARGIN);
  const point = (values: Readonly<Record<string, number>>) => Object.values(values).map(formatShort).join(" / ");
  const margins = ({ own, shipped, overCommon }: ControlResult["overall"]) => [
    ...[own, shipped].flatMap((margin) => [formatInterval(margin, true), gate(margin)]),
    formatInterval(overCommon, true),
  ];
  const rows = scenarios.map((row) => {
    const ends = [row.scenario, point(row.best), formatFixed(row.bestReward, 3)];
    return [...ends, ...margins(row), formatPercent(row.intervened, 0)];
  });
  const head = [
    "scenario",
    "best constant",
    "its objective",
    "tuned for it",
    "",
    `${feedback}, tuned once`,
    "",
    "over the common constant",
  ];
  return [
    "## Control: is there anything to control?",
    "",
    `${paths} markets of each scenario, the same for everybody, circuit breakers on. The grid has 5 × 5 × 5 constants (issuance / burn share / fee); the best`,
    "of each scenario is chosen on these very markets, which favours it. The margin that was set is 0.05 of the mean objective a day.",
    "",
    `- **tuned for it**: feedback tuned for that scenario alone (${formatInteger(budget)} env-steps on other markets), as the constant was chosen for it. Both know what is`,
    "  coming. This says whether the economy rewards feedback; its mean over the scenarios is the mandatory gate.",
    `- **${feedback}, tuned once**: the best shipped rule with feedback, tuned over random scenarios. It has to cope with all of them and does not know which one it`,
    "  is in, while the constant of the scenario knows it from the first day: in a crash it has built up collateral by a high fee long before.",
    `- **over the common constant**: the same rule above the one constant that is best on average, ${point(common)}. Neither knows the scenario.`,
    "",
    ...table(head, [...rows, ["**mean**", "", "", ...margins(overall), ""]]),
    "",
    "A FAIL under *tuned for it* means: there, a well-chosen constant comes within 0.05 of feedback as far as the search could find, so there is little to",
    "control. A FAIL under *tuned once* means: reacting to the state is worth no more than knowing the scenario beforehand. Neither is a defect of a",
    "controller; a comparison in such a scenario shows little of what control is for. *Days limited*: the share of days on which",
    `the limits on daily moves or a circuit breaker changed what ${feedback} asked for; the drawdown halt is the smaller part except in crashes.`,
    "",
    ...picture("control.svg", "What feedback adds to the best constant of each scenario"),
    `Best constants differ between scenarios in: ${differing(scenarios).join(", ")} (at least two are asked for): ${verdictText(differing(scenarios).length >= 2)}.`,
    "",
    ...degenerateTable(scenarios),
    "Tuned rules that took part: " +
      tuned
        .map((rule) => `${rule.rule} (${formatShort(rule.envSteps)} env-steps, ${formatFixed(rule.objective, 3)})`)
        .join(", ") +
      "; in brackets the budget and the mean objective on the markets that tuning chose by.",
    "",
  ];
}

function degenerateTable(scenarios: readonly ScenarioControl[]): string[] {
  const names = Object.keys(scenarios[0]!.degenerate);
  const rows = scenarios.map((row) => [
    row.scenario,
    ...names.map((name) => `${formatInterval(row.degenerate[name]!.gap, true)} (${row.degenerate[name]!.rule})`),
    verdictText(degenerateLose(row)),
  ]);
  return [
    "The tuned rule that comes closest to each degenerate one, above it by:",
    "",
    ...table(["scenario", ...names, ""], rows),
    "",
  ];
}

const DEPTHS = [0.5, 0.7, 0.9];

function fallSection({ falls, counts }: PageInput): string[] {
  const line = (name: string, path: string, of: Falls) => {
    const cells = [of.fromPeak, of.fromStart].flatMap((values) =>
      DEPTHS.map((depth) => formatPercentInterval(fallProbability(values, depth))),
    );
    return [name, path, ...cells];
  };
  const rows = Object.entries(falls).flatMap(([name, { price, exogenous }]) => [
    line(name, "price", price),
    line("", "exogenous alone", exogenous),
  ]);
  const real = [...REAL_FALLS.fromPeak, ...REAL_FALLS.fromStart].map((share) => formatPercent(share, 0));
  const head = [
    ..."peak start".split(" ").flatMap((from) => DEPTHS.map((depth) => `from ${from} ≥ ${formatPercent(depth, 0)}`)),
  ];
  return [
    "## How deep prices fall",
    "",
    `${counts.falls} years of each scenario under the Cosmos rule without circuit breakers; ruined worlds live on. Beside the price, the **exogenous path alone**`,
    "of the same years: sector moves that no policy of the token causes (thin markets amplify them). Exact 95 % intervals. A fall from the",
    "peak and a fall from the start are different events.",
    "",
    ...table(["scenario", "path", ...head], [...rows, ["Ether (real)", "all windows of 365 days", ...real]]),
    "",
    "Between the two lies what the network adds. Most of it in the deep falls is the mint halt: spend dries up, the market values the token by its spend, the",
    "lower price keeps the collateral short. The rows with the halt at a collateral ratio of 0.50 instead of 0.90 show the same years nearly without it.",
    "",
    "The exogenous path by itself breaches any limit on deep falls that one would like to set. So a controller is judged by what it adds: the",
    "same shocks, the reference rule beside it.",
    "",
    ...picture("drawdowns.svg", "Probability of a fall from the peak within a year"),
  ];
}

function burnSection(burn: readonly BurnEffect[]): string[] {
  const names = Object.keys(burn[0]!.overrides);
  const rows = burn.map(({ overrides, holderValue, haltDays, objective }) => [
    ...names.map((name) => formatShort(overrides[name]!)),
    ...[holderValue, haltDays, objective].map((effect) => formatInterval(effect, true)),
  ]);
  const wins = burn.filter(({ objective }) => objective.low > 0).length;
  const losses = burn.filter(({ objective }) => objective.high < 0).length;
  return [
    "## Does burning pay?",
    "",
    "Burning 80 % of the fees instead of 20 % (issuance 6 %, fee 15 %, paired years), at the default values and in the corners of the three assumptions",
    "that its sign turns on.",
    "",
    ...table([...names.map((name) => `\`${name}\``), "log price + rewards", "halt days a year", "objective"], rows),
    "",
    `The objective rises in ${wins} of ${burn.length} rows and falls in ${losses} (intervals that leave out zero).`,
    "",
  ];
}

function sensitivitySection(sensitivities: readonly Sensitivity[]): string[] {
  const rows = sensitivities.slice(0, 25).map(({ name, less, more }) => {
    return [`\`${name}\``, formatInterval(less, true), formatInterval(more, true)];
  });
  return [
    "## Which assumptions matter",
    "",
    "Change of the mean objective under the Cosmos rule in base when one parameter is a quarter smaller or larger (within its range), paired years.",
    "The 25 strongest; all others move it less.",
    "",
    ...table(["parameter", "−25 %", "+25 %"], rows),
    "",
    ...picture("sensitivity.svg", "Change of the mean objective by parameter"),
  ];
}
