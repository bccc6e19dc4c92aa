import type { Interval } from "../../core/statistics.js";
import { curvePlot } from "../../eval/curve-plot.js";
import { standaloneSvg } from "../../eval/plot-frame.js";
import { formatPlain, formatSigned, verdict } from "./estimate.js";
import type { Effort, LeversResult } from "./levers.js";
import { LISTING_MEASURES, type ListingsResult } from "./listings.js";
import { MEASURES, type Measure, type SpeculationResult } from "./speculation.js";

interface ExperimentsInput {
  readonly levers: LeversResult;
  readonly speculation: SpeculationResult;
  readonly listings: ListingsResult;
  readonly effort: Effort;
  readonly command: string;
  readonly machine: string;
  readonly date: string;
}

/** docs/reference/experiments.md. */
export function renderExperiments({ levers, speculation, listings, effort, command, machine, date }: ExperimentsInput): string {
  const { seeds, totalSteps, episodes } = effort;
  const [learned] = levers.differences;
  return `# Experiments

Three questions, answered by one command. The first two are asked of \`bittensor-v1\`, the third of \`akash-v1\`:

\`\`\`sh
${command}
\`\`\`

${machine}, ${date}. Every controller: ${totalSteps.toLocaleString("en")} env-steps, training seeds ${seeds.join(", ")}; rules tuned with as many. Test markets that no training or tuning
has seen, ${episodes} a scenario (four times as many a share in the second experiment), the same for everybody. Intervals are 95 % over markets **and** training seeds: seeds are drawn
with replacement first. With ${seeds.length} seeds they say little about another seed's luck.

## Does finer control pay?

One controller sets emission, recycling and burning for the whole network; the other also tilts every subnet's share of the emission within a band around the
protocol's. Same objective (\`balanced\`), same networks but for the outputs, same steps.

**Answer: finer control ${sentence(learned!.all)}** (learned, over all scenarios ${formatSigned(learned!.all)} a day).

| | all | ${levers.scenarios.join(" | ")} |
|${"---|".repeat(levers.scenarios.length + 2)}
${levers.differences.map(({ what, all, byScenario }) => `| ${what} | ${[all, ...byScenario].map(formatSigned).join(" | ")} |`).join("\n")}

| controller | mean objective a day |
|---|---|
${levers.scores.map(({ id, score }) => `| ${id} | ${formatPlain(score)} |`).join("\n")}

## Does it pay to aim at utility rather than at the price?

Two objectives: \`utility\` counts what the network delivers, \`price\` what a token is worth. Both controllers learn on markets with every share of investors who go by
hype; the test fixes that share.

${(Object.keys(MEASURES) as Measure[]).map((measure) => answerFor(measure, speculation)).join("\n")}

![Utility minus price objective, by the share of investors who go by hype](experiments/speculation.svg)

Utility objective minus price objective:

${measuresTable(speculation.shares, speculation.utilityMinusPrice)}

What each earns over the protocol as it is (\`none\`):

${(["utility", "price"] as const).map((objective) => `\`${objective}\`:\n\n${measuresTable(speculation.shares, speculation.minusNone[objective])}`).join("\n\n")}

Measures: ${measureDocs(MEASURES)}. More is better in all.

## What does a listing do to the token?

\`akash-v1\` under the rule in force (\`akash-bme\`), plain and with a company listed in one of three ways, on the same shocks: listed minus plain, means over the
economy's own scenarios. Of the listing's money, halts and trading rules most are assumptions: [listed.md](economies/listed.md).

${listingsTable(listings)}

Measures: ${measureDocs(LISTING_MEASURES)}; \`share\`, log value of a share with its dividends, without the exogenous path, mean over the days.
`;
}

function measureDocs(measures: Readonly<Record<string, { readonly doc: string }>>): string {
  return Object.entries(measures)
    .map(([name, { doc }]) => `\`${name}\`, ${doc}`)
    .join("; ");
}

function listingsTable({ kinds }: ListingsResult): string {
  const measures = Object.keys(LISTING_MEASURES) as (keyof typeof LISTING_MEASURES)[];
  const rows = kinds.map(({ kind, minusPlain, shareholder }) =>
    ["", kind, ...measures.map((measure) => formatSigned(minusPlain[measure])), formatPlain(shareholder), ""]
      .join(" | ")
      .trim(),
  );
  return [`| listing | ${measures.join(" | ")} | share |`, `|${"---|".repeat(measures.length + 2)}`, ...rows].join("\n");
}

function sentence(interval: Interval): string {
  return { pays: "pays", costs: "costs more than it brings", undecided: "cannot be told from one lever" }[verdict(interval)];
}

function answerFor(measure: Measure, { shares, utilityMinusPrice }: SpeculationResult): string {
  const verdicts = utilityMinusPrice[measure].map(verdict);
  const at = (wanted: string) => shares.filter((_, i) => verdicts[i] === wanted).map((share) => `${100 * share} %`);
  const parts = [
    ["more under the utility objective", at("pays")],
    ["less", at("costs")],
    ["no difference that the markets show", at("undecided")],
  ] as const;
  const said = parts.filter(([, where]) => where.length > 0).map(([what, where]) => `${what} at ${where.join(", ")}`);
  return `- **${measure}**: ${said.join("; ")} of hype.`;
}

function measuresTable(shares: readonly number[], by: Readonly<Record<Measure, readonly Interval[]>>): string {
  const rows = shares.map(
    (share, i) =>
      `| ${100 * share} % | ${Object.values(by)
        .map((intervals) => formatSigned(intervals[i]!))
        .join(" | ")} |`,
  );
  return [`| hype | ${Object.keys(by).join(" | ")} |`, `|${"---|".repeat(Object.keys(by).length + 1)}`, ...rows].join("\n");
}

export function speculationPlot({ shares, utilityMinusPrice }: SpeculationResult): string {
  const curve = (measure: Measure, tone: "learned" | "rule") => ({
    label: measure,
    tone,
    x: shares.map((share) => 100 * share),
    middle: utilityMinusPrice[measure].map(({ mean }) => mean),
    low: utilityMinusPrice[measure].map(({ low }) => low),
    high: utilityMinusPrice[measure].map(({ high }) => high),
  });
  return standaloneSvg(
    curvePlot({
      title: "Utility objective minus price objective: service and value of a token by the share of hype",
      xLabel: "share of investors who go by hype, %",
      yLabel: "utility − price objective",
      curves: [curve("service", "learned"), curve("holder", "rule")],
      width: 640,
      height: 320,
    }),
  );
}
