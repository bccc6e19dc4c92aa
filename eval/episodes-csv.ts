import { METRIC_KEYS } from "./metric-glossary.js";
import type { ControllerRun, EpisodeMetrics } from "./types.js";

/**
 * Every episode of a comparison as CSV, one row per controller, scenario and episode; numbers with all their digits.
 * Columns: controller, scenario, episode (from 0), return, the metrics, `term.*`, `action.*`, `cost.*`.
 */
export function formatEpisodes(runs: readonly ControllerRun[]): string {
  const lines: string[] = [];
  for (const { id, scenarios } of runs) {
    for (const [scenario, { metrics }] of Object.entries(scenarios)) {
      const columns = columnsOf(metrics);
      if (lines.length === 0)
        lines.push(["controller", "scenario", "episode", ...columns.map(([name]) => name)].map(quote).join(","));
      for (let episode = 0; episode < metrics.return.length; episode++) {
        lines.push([quote(id), quote(scenario), episode, ...columns.map(([, values]) => values[episode]!)].join(","));
      }
    }
  }
  return lines.map((line) => `${line}\n`).join("");
}

function columnsOf(metrics: EpisodeMetrics): (readonly [string, Float64Array])[] {
  const prefixed = (prefix: string, values: Readonly<Record<string, Float64Array>>) =>
    Object.entries(values).map(([name, column]) => [prefix + name, column] as const);
  return [
    ["return", metrics.return],
    ...METRIC_KEYS.map((key) => [key, metrics[key]] as const),
    ...prefixed("term.", metrics.terms),
    ...prefixed("action.", metrics.actions),
    ...prefixed("cost.", metrics.costs),
  ];
}

/** RFC 4180: names may hold commas and quotes. */
function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
