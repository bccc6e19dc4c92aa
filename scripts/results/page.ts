import type { Report } from "../../eval/report-schema.js";

type Pair = Report["pairwise"][number];
type Interval = { readonly mean: number; readonly low: number; readonly high: number };

/** What a results page is made of; every command as it was run. */
interface ResultsInput {
  readonly economy: string;
  readonly report: Report;
  /** Under the raw-price objective, where the economy has it. */
  readonly raw: Report | undefined;
  readonly commands: {
    readonly tune: string;
    readonly train: readonly string[];
    readonly evaluate: string;
    readonly raw: string;
  };
  readonly machine: string;
  readonly date: string;
  readonly commit: string;
  readonly trainSeconds: readonly number[];
}

/** docs/reference/results/ECONOMY.md: who beats whom on the test markets, by how much, by which lever. */
export function renderResults(input: ResultsInput): string {
  const { economy, report, raw, commands } = input;
  const { provenance } = report;
  const blocks = [
    `# Results: ${economy}`,
    `Written by \`npm run results -- ${economy}\`; how to read it: [evaluation.md](../../explanation/evaluation.md), what is compared and why: [results.md](../results.md).`,
    `${input.machine}, ${input.date}, commit ${input.commit}; training took ${input.trainSeconds.map((s) => s.toFixed(0)).join(", ")} s.`,
    "## In short",
    ...report.headlines.map(({ title, detail }) => `- **${title}**: ${detail}`),
    "## Commands",
    ["```sh", commands.tune, ...commands.train, commands.evaluate, "```"].join("\n"),
    `## ${provenance.days} days`,
    `Mean objective per control step over ${report.scenarios.length} scenarios of ${provenance.episodes} episodes each, 95 % intervals.`,
    controllersTable(report.controllers, report.baseline),
    "Learned against the rules, paired on the same markets:",
    pairsTable(report.pairwise, rivals(report)),
    "By scenario, learned minus the best rule:",
    scenarioTable(report),
    ...horizonBlocks(report),
    ...ablationBlocks(report),
    ...rawBlocks(raw, commands.raw, rivals(report)),
  ];
  return `${joinBlocks(blocks)}\n`;
}

/** Bullets of one list stand line under line, everything else a blank line apart. */
function joinBlocks(blocks: readonly string[]): string {
  return blocks.reduce((text, block) => text + (block.startsWith("- ") && /\n- [^\n]*$/.test(text) ? "\n" : "\n\n") + block);
}

/** The rules that a learned controller is held against: all tuned ones, the best untuned and the baseline. */
function rivals(report: Report): ReadonlySet<string> {
  const rules = report.controllers.filter(({ kind }) => kind === "rule");
  const best = rules.slice(0, 1).map(({ id }) => id);
  return new Set([...best, ...rules.filter(({ tuned, isBaseline }) => tuned || isBaseline).map(({ id }) => id)]);
}

function controllersTable(
  controllers: readonly Pick<Report["controllers"][number], "id" | "aggregate">[],
  baseline: string,
): string {
  const rows = controllers.map(({ id, aggregate: a }) => [
    id,
    span(a.return, plain),
    id === baseline ? "—" : span(a.minusBaseline, signed),
    id === baseline ? "—" : a.minusBaseline.probabilityOfImprovement.toFixed(2),
    `${(100 * a.drawdown.p70).toFixed(1)} %`,
    a.trips.toFixed(2),
    id === baseline ? "baseline" : a.verdict,
  ]);
  return table(["controller", "objective", `minus ${baseline}`, "P(better)", "DD ≥ 70 %", "trips", "verdict"], rows);
}

function pairsTable(pairs: readonly Pair[], against: ReadonlySet<string>): string {
  const rows = pairs
    .filter((pair) => against.has(pair.against))
    .map(({ id, against: other, aggregate: a }) => [
      id,
      other,
      span(a, signed),
      a.probabilityOfImprovement.toFixed(2),
      span(a.trips, signed),
      span(a.drawdown70, signed),
    ]);
  return table(["learned", "against", "difference", "P(better)", "trips", "share of DD ≥ 70 %"], rows);
}

function scenarioTable(report: Report): string {
  const rows = report.headlines.flatMap(({ id, bestRule }) => {
    const pair = report.pairwise.find((candidate) => candidate.id === id && candidate.against === bestRule);
    return pair ? [[`${id} − ${bestRule}`, ...report.scenarios.map((name) => span(pair.byScenario[name]!, signed))]] : [];
  });
  return table(["", ...report.scenarios], rows);
}

function horizonBlocks(report: Report): readonly string[] {
  const others = report.horizons.filter(({ days }) => days !== report.provenance.days);
  return others.flatMap(({ days, controllers, pairwise }) => [
    `## ${days} days`,
    "The same controllers, trained and tuned for the shorter horizon.",
    controllersTable(controllers, report.baseline),
    pairsTable(pairwise, rivals(report)),
  ]);
}

function ablationBlocks({ ablation }: Report): readonly string[] {
  if (ablation.length === 0) return [];
  const rows = ablation.map(({ id, channel, frozenAt, minusFull }) => [
    id,
    channel,
    frozenAt.toPrecision(3),
    span(minusFull, signed),
  ]);
  return [
    "## Which lever earns it",
    "The learned controller with one action frozen at its mean, minus the full one: below zero, moving that lever earns something.",
    table(["controller", "action", "frozen at", "difference"], rows),
  ];
}

function rawBlocks(raw: Report | undefined, command: string, against: ReadonlySet<string>): readonly string[] {
  if (!raw) return [];
  return [
    "## With the exogenous path left in",
    "The check on taking it out: whoever wins above and not here, or the reverse, owes it to the removal.",
    ["```sh", command, "```"].join("\n"),
    pairsTable(raw.pairwise, against),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const minus = (text: string) => text.replaceAll("-", "−");
const plain = (x: number) => minus(x.toFixed(3));
const signed = (x: number) => (x >= 0 ? `+${x.toFixed(3)}` : minus(x.toFixed(3)));

function span({ mean, low, high }: Interval, format: (x: number) => string): string {
  return `${format(mean)} [${format(low)}, ${format(high)}]`;
}
