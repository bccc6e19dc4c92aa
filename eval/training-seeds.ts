import { evidenceOf, studentQuantile } from "../core/mean-interval.js";
import { type Interval, mean } from "../core/statistics.js";
import type { Report } from "./report-schema.js";
import type { ControllerRun } from "./types.js";

/** Runs of the same settings with different training seeds, where there are several. */
export function groupBySettings(runs: readonly ControllerRun[]): ControllerRun[][] {
  const groups = new Map<string, ControllerRun[]>();
  for (const run of runs) {
    if (run.settings === undefined) continue;
    groups.set(run.settings, [...(groups.get(run.settings) ?? []), run]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The mean over training seeds and markets against one other controller: what another run of these settings may be expected to reach. */
export function compareOverSeeds(
  group: readonly ControllerRun[],
  other: ControllerRun,
  level: number,
): Report["trainingSeeds"][number] {
  const scenarios = Object.keys(other.scenarios);
  const gains = group.map((run) => marketGains(run, other, scenarios));
  const seedMeans = gains.map(mean);
  return {
    ids: group.map(({ id }) => id),
    against: other.id,
    ...twoLevelInterval(gains, level),
    seedMeans,
    lowestSeed: Math.min(...seedMeans),
    highestSeed: Math.max(...seedMeans),
  };
}

/** Paired difference of each market, averaged over the scenarios. */
function marketGains(run: ControllerRun, other: ControllerRun, scenarios: readonly string[]): Float64Array {
  const gains = new Float64Array(other.scenarios[scenarios[0]!]!.metrics.return.length);
  for (const scenario of scenarios) {
    const [own, theirs] = [run, other].map(({ scenarios: of }) => of[scenario]!.metrics.return) as [Float64Array, Float64Array];
    for (let i = 0; i < gains.length; i++) gains[i]! += (own[i]! - theirs[i]!) / scenarios.length;
  }
  return gains;
}

/**
 * Interval of a mean over two crossed samples, training seeds and markets: the reach of Student's interval over the seeds' means and that of the
 * one over the markets' means, combined by squares (MOVER). The variance of the mean is at most the sum of both.
 * @param gains [seed][market]; at least two of each
 */
export function twoLevelInterval(gains: readonly Float64Array[], level: number): Interval {
  const seeds = evidenceOf(gains.map(mean));
  const markets = evidenceOf(gains[0]!.map((_, i) => mean(gains.map((row) => row[i]!))));
  const [overSeeds, overMarkets] = [seeds, markets].map(({ error, degrees }) => error * studentQuantile(1 - level, degrees));
  const reach = Math.hypot(overSeeds!, overMarkets!);
  return { mean: seeds.mean, low: seeds.mean - reach, high: seeds.mean + reach };
}
