import { quantile, standardDeviation } from "../core/statistics.js";
import { countEvents } from "./episode-columns.js";
import type { RunEstimates } from "./estimate-run.js";
import { type Estimates, minus, probabilityOfZero, toInterval, toProbability } from "./estimates.js";
import type { Pairwise } from "./report-schema.js";
import { pairedEventInterval } from "./summary.js";
import type { ControllerRun } from "./types.js";

export interface EstimatedRun {
  readonly run: ControllerRun;
  readonly estimates: RunEstimates;
}

/** One controller against each of the others on the same markets. */
export function comparePairs(
  one: EstimatedRun,
  all: readonly EstimatedRun[],
  scenarios: readonly string[],
  level: number,
): Pairwise[] {
  const others = all.filter(({ run }) => run.id !== one.run.id);
  return others.map((other): Pairwise => {
    const [mine, theirs] = [one.estimates, other.estimates];
    const difference = (key: string) => minus(mine.aggregate[key]!, theirs.aggregate[key]!);
    const pair = (own: Estimates, rival: Estimates) => returnPair(own, rival, other.run.id, level);
    const deepFalls = scenarios.map((name) => {
      const [here, there] = [one.run, other.run].map((run) => run.scenarios[name]!.metrics) as [Metrics, Metrics];
      return countEvents(here, there).maxDrawdown.p70;
    });
    const sum = (key: "onlyHere" | "onlyBaseline" | "episodes") => deepFalls.reduce((total, counts) => total + counts[key], 0);
    const counts = { onlyHere: sum("onlyHere"), onlyBaseline: sum("onlyBaseline"), episodes: sum("episodes") };
    return {
      id: one.run.id,
      against: other.run.id,
      aggregate: {
        ...pair(mine.aggregate, theirs.aggregate),
        trips: toInterval(difference("metric.trips"), level),
        drawdown70: pairedEventInterval(counts, difference("event.maxDrawdown.p70"), level),
        medianGain: medianGain(one.run, other.run, scenarios),
        varianceReduction: varianceReduction(one.run, other.run, scenarios),
      },
      byScenario: Object.fromEntries(scenarios.map((name) => [name, pair(mine.byScenario[name]!, theirs.byScenario[name]!)])),
    };
  });
}

type Metrics = ControllerRun["scenarios"][string]["metrics"];

function returnPair(own: Estimates, rival: Estimates, rivalId: string, level: number) {
  const gain = minus(own["return"]!, rival["return"]!);
  const beats = toProbability(own[`beats.${rivalId}`]!, level);
  return {
    ...toInterval(gain, level),
    p: probabilityOfZero(gain),
    probabilityOfImprovement: beats.mean,
    probabilityLow: beats.low,
    probabilityHigh: beats.high,
  };
}

/** Median of the paired differences of all episodes: what happens in the typical market. */
export function medianGain(one: ControllerRun, other: ControllerRun, scenarios: readonly string[]): number {
  const gains = scenarios.flatMap((name) => {
    const theirs = other.scenarios[name]!.metrics.return;
    return Array.from(one.scenarios[name]!.metrics.return, (value, i) => value - theirs[i]!);
  });
  return quantile(gains, 0.5);
}

/** (var x + var y) / var(x - y), summed over the scenarios; 1 where nothing varies. */
function varianceReduction(one: ControllerRun, other: ControllerRun, scenarios: readonly string[]): number {
  let unpaired = 0;
  let paired = 0;
  for (const scenario of scenarios) {
    const x = one.scenarios[scenario]!.metrics.return;
    const y = other.scenarios[scenario]!.metrics.return;
    if (x.length < 2) return 1;
    unpaired += standardDeviation(x) ** 2 + standardDeviation(y) ** 2;
    paired += standardDeviation(x.map((value, i) => value - y[i]!)) ** 2;
  }
  return paired > 0 ? unpaired / paired : 1;
}
