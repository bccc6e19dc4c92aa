import type { Interval } from "../core/statistics.js";
import type { Rivalry } from "./compare.js";
import {
  formatFixed,
  formatInteger,
  formatInterval,
  formatPercent,
  formatPercentInterval,
  intervalDecimals,
} from "./format.js";
import type { ControllerReport, Pairwise, Provenance, Report, Verdict } from "./report-schema.js";
import { MIN_EPISODES } from "./verdicts.js";

interface HeadlineInput {
  readonly rivalry: Rivalry;
  readonly own: ControllerReport;
  readonly rule: ControllerReport;
  readonly provenance: Pick<Provenance, "episodes" | "terms" | "objective">;
  readonly level: number;
  /** Training runs of this one's settings in the report, itself included. */
  readonly trainingSeeds: number;
}

type Headline = Report["headlines"][number];

const OUTCOMES = { better: "beats", worse: "loses", undecided: "undecided" } as const;

/** What a learned controller has shown against the best rule: on average, in the typical market, scenario by scenario, and at what cost. */
export function headlineOf(input: HeadlineInput): Headline {
  const { rivalry, own, rule } = input;
  const { verdict, pAdjusted, note } = rivalry.judgement;
  const outcome = OUTCOMES[verdict];
  return {
    id: own.id,
    bestRule: rule.id,
    outcome,
    pAdjusted,
    byScenario: Object.fromEntries(Object.entries(rivalry.byScenario).map(([name, judgement]) => [name, judgement.verdict])),
    title: titleOf(input, outcome),
    detail: [
      ...(note === undefined ? [] : [`${note[0]!.toUpperCase()}${note.slice(1)}.`]),
      gainSentence(input),
      typicalSentence(rivalry.pair, own.id),
      paySentence(input),
      safetySentence(rivalry.pair.aggregate, own, rule),
      ...(own.caveats ?? []).map((caveat) => `${own.id} ${caveat}.`),
    ].join(" "),
  };
}

function titleOf({ rivalry, own, rule, provenance, trainingSeeds }: HeadlineInput, outcome: Headline["outcome"]): string {
  const [id, best] = [own.id, `the best rule, ${rule.id}`];
  if (provenance.episodes < MIN_EPISODES) return `No verdict on ${id} and ${best}`;
  const verdicts = Object.values(rivalry.byScenario).map(({ verdict }) => verdict);
  const scope = `${tally(verdicts)}; ${trainingSeeds === 1 ? "one training seed" : `one of ${trainingSeeds} training seeds`}`;
  if (outcome === "beats") return `${id} beats ${best}, on average: ${scope}`;
  if (outcome === "loses") return `${id} loses to ${best}, on average: ${scope}`;
  return `${id} and ${best}, cannot be told apart: ${scope}`;
}

/** `better in 3 of 8 scenarios, undecided in 5`. */
function tally(verdicts: readonly Verdict[]): string {
  const count = (word: Verdict) => verdicts.filter((verdict) => verdict === word).length;
  const words = (["better", "worse", "undecided"] as const).filter((word) => count(word) > 0);
  const scenarios = `${verdicts.length} scenario${verdicts.length === 1 ? "" : "s"}`;
  return words.map((word, i) => `${word} in ${count(word)}${i === 0 ? ` of ${scenarios}` : ""}`).join(", ");
}

function gainSentence({ rivalry: { pair }, provenance, level }: HeadlineInput): string {
  const scenarios = Object.keys(pair.byScenario).length;
  const scope = `${scenarios} scenario${scenarios === 1 ? "" : "s"} × ${formatInteger(provenance.episodes)} episodes`;
  const gain = `${formatInterval(pair.aggregate, true)} in mean objective per day (${level * 100} % interval, ${scope}, the same markets)`;
  const meaning = serviceMeaning(pair.aggregate.mean, provenance);
  return meaning === "" ? `${gain}.` : `${gain}: worth as much as ${meaning} on every day.`;
}

/** A gain of the objective as a change of service, where service counts by its logarithm. */
function serviceMeaning(gain: number, { terms, objective }: HeadlineInput["provenance"]): string {
  const weight = objective.weights["service"] ?? 0;
  if (!(weight > 0) || !terms["service"]?.doc.startsWith("log of")) return "";
  const change = Math.expm1(gain / weight);
  if (Math.abs(change) < 0.0005) return "";
  return `${formatPercent(Math.abs(change), Math.abs(change) < 0.1 ? 1 : 0)} ${change < 0 ? "less" : "more"} service`;
}

function typicalSentence({ against, aggregate }: Pairwise, id: string): string {
  const { medianGain, probabilityOfImprovement: better, mean } = aggregate;
  const decimals = Math.min(4, intervalDecimals(aggregate));
  const typical = `In the typical market (median) the difference is ${formatFixed(medianGain, decimals, true)}`;
  const share = `${id} does better than ${against} in ${formatPercent(better, 0)} of the markets`;
  if (mean > 0 === better > 0.5 || mean === 0 || better === 0.5) return `${typical}; ${share}.`;
  return mean > 0
    ? `${typical}; ${share}: better on average, worse in most markets.`
    : `${typical}; ${share}: worse on average, better in most markets.`;
}

/** Terms of the objective that moved, weighted: what earns the difference and what pays for it. */
function paySentence({ own, rule, provenance: { objective } }: HeadlineInput): string {
  const moved = Object.entries(own.aggregate.terms)
    .map(([name, { mean }]) => ({ name, by: (objective.weights[name] ?? 0) * (mean - rule.aggregate.terms[name]!.mean) }))
    .filter(({ by }) => Math.abs(by) >= 0.0005)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
  const list = (sign: 1 | -1) =>
    moved
      .filter(({ by }) => by * sign > 0)
      .slice(0, 3)
      .map(({ name, by }) => `${name} ${formatFixed(by, 3, true)}`)
      .join(", ");
  const [earned, paid] = [list(1), list(-1)];
  if (earned === "" && paid === "") return "No term of the objective differs by 0.001 or more.";
  return `It is earned by ${earned || "no term"} and paid for by ${paid || "no term"} (terms times their weights).`;
}

function safetySentence(
  { trips, drawdown70 }: Pairwise["aggregate"],
  { aggregate: own }: ControllerReport,
  { aggregate: rule }: ControllerReport,
): string {
  const levels = (a: string, b: string) => `${a} against ${b}`;
  const tripping = `${comparative(trips, "breaker trips")} (${levels(formatFixed(own.trips, 2), formatFixed(rule.trips, 2))} per episode, difference ${formatInterval(trips, true)})`;
  const falls = levels(formatPercent(own.drawdown.p70), formatPercent(rule.drawdown.p70));
  const falling = `${comparative(drawdown70, "drawdowns of 70 %")} (in ${falls} of episodes, difference ${formatPercentInterval(drawdown70, true)})`;
  return `It has ${tripping} and ${falling}.`;
}

function comparative(difference: Interval, what: string): string {
  if (difference.low > 0) return `more ${what}`;
  if (difference.high < 0) return `fewer ${what}`;
  return `no clear difference in ${what}`;
}
