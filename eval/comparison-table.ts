import { formatBounds, formatFixed, formatInterval, formatPercent, formatPercentInterval, intervalDecimals } from "./format.js";
import { isAgainstMost } from "./report-roles.js";
import type { ControllerReport, Report } from "./report-schema.js";

/** The comparison for a terminal: a table, best first, between paragraphs of plain text. */
interface ComparisonTable {
  readonly introduction: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers. */
  readonly right: readonly number[];
  /** Each from a line of its own on: why a verdict is what it is. */
  readonly notes: readonly string[];
  /** What the learned controllers have shown. */
  readonly headlines: readonly string[];
}

const HEAD = ["controller", "verdict", "objective", "minus baseline", "P(better)", "DD≥70 %", "trips"];

/** @param narrow intervals are on a line of their own below the mean */
export function tabulateComparison(report: Report, narrow: boolean): ComparisonTable {
  return {
    introduction: introduction(report),
    head: HEAD,
    rows: report.controllers.map((controller) => row(controller, narrow ? "\n" : " ")),
    right: [2, 3, 4, 5, 6],
    notes: notes(report),
    headlines: headlines(report),
  };
}

function row({ id, isBaseline, aggregate }: ControllerReport, gap: string): string[] {
  const { minusBaseline: gain, drawdown, trips } = aggregate;
  const decimals = Math.min(4, intervalDecimals(gain));
  return [
    id,
    isBaseline ? "baseline" : `${aggregate.verdict}${isAgainstMost(aggregate) ? "*" : ""}`,
    formatFixed(aggregate.return.mean, 3),
    isBaseline ? "" : `${formatFixed(gain.mean, decimals, true)}${gap}${formatBounds(gain, decimals, true)}`,
    isBaseline ? "" : formatFixed(gain.probabilityOfImprovement, 2),
    formatPercent(drawdown.p70),
    formatFixed(trips, 2),
  ];
}

function introduction({ economy, scenarios, baseline, provenance }: Report): string {
  const { episodes, days, level } = provenance;
  return (
    `${economy}: ${scenarios.length} scenarios × ${episodes} episodes × ${days} days, the same markets for every controller. ` +
    `Mean objective per day with ${level * 100} % intervals; baseline ${baseline}; trips per episode.${presetSentence(provenance)}`
  );
}

function presetSentence({ preset }: Report["provenance"]): string {
  return preset === undefined ? "" : ` Parameters: preset ${preset.name}, ${preset.doc}.`;
}

function notes(report: Report): string[] {
  const {
    controllers,
    verdicts,
    provenance: { episodes, level },
  } = report;
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
  return [...lines, ...attainableNotes(report)];
}

/** Best share first, as the controllers are. */
function attainableNotes({ attainable, baseline, controllers }: Report): string[] {
  if (!attainable) return [];
  const shares = controllers.flatMap(({ id }) => {
    const share = attainable.controllers.find((one) => one.id === id)?.share;
    return share ? [`${id} ${formatPercentInterval(share)}`] : [];
  });
  const had = `Attainable over ${baseline}: ${formatInterval(attainable.gain, true)} in ${attainable.markets} markets a scenario`;
  const stopped = attainable.finished ? "" : "; the search was stopped";
  const list = shares.length === 0 ? "No gain that is clear of 0 was found" : `Share of it: ${shares.join("; ")}`;
  return [`${had} (${attainable.note}${stopped}). ${list}.`];
}

function headlines({ headlines }: Report): string[] {
  if (headlines.length === 0) return ["No learned controller was compared with a rule."];
  return headlines.map(({ title, detail }) => `${title}: ${detail}`);
}
