import type { Tone } from "./plot-frame.js";
import type { ControllerReport, Report, Summary } from "./report-schema.js";

const LEARNED_TONES = ["learned", "learned2", "learned3"] as const;

/** One colour per role, the same everywhere: learned controllers in the order of the report, the baseline, all other rules. */
export function toneOf(report: Report, id: string): Tone {
  if (id === report.baseline) return "baseline";
  const learned = report.controllers.filter(({ kind }) => kind === "learned").findIndex((controller) => controller.id === id);
  return learned < 0 ? "rule" : LEARNED_TONES[learned % LEARNED_TONES.length]!;
}

export function controllerOf(report: Report, id: string): ControllerReport {
  const found = report.controllers.find((controller) => controller.id === id);
  if (!found) throw new Error(`controller ${id} is not in the report`);
  return found;
}

export function learnedControllers(report: Report): ControllerReport[] {
  return report.controllers.filter(({ kind }) => kind === "learned");
}

/** Whether the mean says one thing and most markets the other: better on average, and worse in more than half of them. */
export function isAgainstMost({ verdict, minusBaseline }: Pick<Summary, "verdict" | "minusBaseline">): boolean {
  const better = minusBaseline.probabilityOfImprovement;
  return (verdict === "better" && better < 0.5) || (verdict === "worse" && better > 0.5);
}

/** Verdict as shown: the baseline cannot be better than itself. */
export function verdictWord({ isBaseline, aggregate }: Pick<ControllerReport, "isBaseline" | "aggregate">): string {
  return isBaseline ? "baseline" : aggregate.verdict;
}
