import { type CostLimits, episodeColumns } from "./episode-columns.js";
import { averageEstimates, type Estimates, estimateIqm, estimateMean, estimateTail } from "./estimates.js";
import type { ControllerRun } from "./types.js";

export interface RunEstimates {
  /** Over the scenarios with equal weight, market by market. */
  readonly aggregate: Estimates;
  readonly byScenario: Readonly<Record<string, Estimates>>;
}

interface EstimateInput {
  readonly runs: readonly ControllerRun[];
  readonly baseline: string;
  readonly limits: CostLimits;
  readonly scenarios: readonly string[];
}

export function estimateRun(run: ControllerRun, { runs, baseline, limits, scenarios }: EstimateInput): RunEstimates {
  const rivals = runs.filter((other) => other.id === baseline || (run.kind === "learned" && other.id !== run.id));
  const byScenario: Record<string, Estimates> = {};
  for (const scenario of scenarios) {
    const { metrics } = run.scenarios[scenario]!;
    const theirs = Object.fromEntries(rivals.map((rival) => [rival.id, rival.scenarios[scenario]!.metrics]));
    const columns = episodeColumns(metrics, limits, { baseline: theirs[baseline]!, rivals: theirs });
    byScenario[scenario] = {
      ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, estimateMean(values)])),
      iqm: estimateIqm(metrics.return),
      worst5: estimateTail(metrics.return, 0.05),
    };
  }
  const keys = Object.keys(byScenario[scenarios[0]!]!);
  const aggregate = Object.fromEntries(
    keys.map((key) => [key, averageEstimates(scenarios.map((scenario) => byScenario[scenario]![key]!))]),
  );
  return { aggregate, byScenario };
}
