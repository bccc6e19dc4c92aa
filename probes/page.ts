import { meanInterval } from "../core/mean-interval.js";
import { quantile } from "../core/statistics.js";
import type { Method, Probe } from "./probe.js";
import type { ProbeRun } from "./run-probe.js";

/** All seeds of one method on one probe. */
export interface Summary {
  readonly probe: Probe;
  readonly method: Method;
  readonly threshold: number;
  readonly passed: boolean;
  readonly runs: readonly ProbeRun[];
}

const LEVEL = 0.95;

/** Markdown: one row for each method on each probe, then the score of every seed. */
export function renderPage(summaries: readonly Summary[]): string {
  const head = [
    "problem",
    "optimum",
    "method",
    "mean over seeds [95 %]",
    "worst seed",
    "to reach",
    "reached by",
    "env-steps",
    "CPU seconds",
    "to the threshold",
  ];
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rows = summaries.map((summary) => row(cellsOf(summary)));
  return [
    [row(head), row(head.map((_, i) => (i === 0 || i === 2 ? "---" : "---:"))), ...rows].join("\n"),
    "What the scores are, and that of each seed from 1 on:",
    summaries.map(seedLine).join("\n"),
  ].join("\n\n");
}

function cellsOf({ probe, method, threshold, runs }: Summary): string[] {
  const show = (value: number) => value.toFixed(digitsOf(probe));
  const scores = runs.map(({ score }) => score);
  const { mean, low, high } = meanInterval(scores, LEVEL);
  const worst = probe.better === "higher" ? Math.min(...scores) : Math.max(...scores);
  const reached = runs.filter((run) => run.reached).length;
  const toThreshold = runs.flatMap(({ secondsToThreshold }) => (secondsToThreshold === null ? [] : [secondsToThreshold]));
  return [
    ...[probe.id, show(probe.optimum), method, `${show(mean)} [${show(low)}, ${show(high)}]`, show(worst)],
    ...[`${show(threshold)}, ${probe.demand}`, `${reached} of ${runs.length}`, runs[0]!.steps.toLocaleString("en-US")],
    quantile(
      runs.map(({ seconds }) => seconds),
      0.5,
    ).toFixed(1),
    toThreshold.length === 0 ? "never" : quantile(toThreshold, 0.5).toFixed(1),
  ];
}

function seedLine({ probe, method, runs }: Summary): string {
  const scores = runs.map(({ score }) => score.toFixed(digitsOf(probe))).join(", ");
  return `- ${probe.id} by ${method}, ${probe.score}: ${scores}`;
}

export const digitsOf = ({ optimum }: Probe): number => (Math.abs(optimum) < 10 ? 6 : 1);

const MARKS = ["<!-- probes: npm run probes -- --page -->", "<!-- end of probes -->"] as const;

/**
 * The page with the text between its two marks replaced.
 * @throws Error when it has no such marks
 */
export function insertProbes(page: string, tables: string): string {
  const [start, end] = MARKS.map((mark) => page.indexOf(mark)) as [number, number];
  if (start < 0 || end < start) throw new Error("internal: docs/reference/results.md has no marks of probes");
  return `${page.slice(0, start)}${MARKS[0]}\n\n${tables}\n\n${page.slice(end)}`;
}
