import { bootstrapInterval, counterRandom, percentileInterval } from "../../core/bootstrap.js";
import { type Interval, mean } from "../../core/statistics.js";

const REPLICATES = 2000;
const LEVEL = 0.95;

/**
 * Mean of the differences with its 95 % interval over markets and training seeds: seeds are drawn with replacement first, then the
 * markets within each stratum, so that the interval covers another run's luck as well as other markets.
 * @param runs [seed][stratum][market]: first minus second on the same market
 */
export function differenceOverSeeds(runs: readonly (readonly Float64Array[])[]): Interval {
  const random = counterRandom(1);
  const all = runs.map((strata) => strata.map((_, i) => i));
  const point = mean(runs.map((strata) => mean(strata.map(mean))));
  const replicates = new Float64Array(REPLICATES);
  for (let r = 0; r < REPLICATES; r++) {
    replicates[r] = mean(
      all.map(() => {
        const strata = runs[Math.floor(random() * runs.length)]!;
        return mean(strata.map((stratum) => resampledMean(stratum, random)));
      }),
    );
  }
  return { mean: point, ...percentileInterval(replicates, LEVEL) };
}

/** Mean over strata with its interval over markets. */
export function meanInterval(strata: readonly Float64Array[]): Interval {
  const statistic = (columns: readonly Float64Array[]) => mean(columns.map((column) => mean(column)));
  return bootstrapInterval(strata, statistic, { replicates: REPLICATES, level: LEVEL, random: counterRandom(1) });
}

function resampledMean(values: Float64Array, random: () => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)]!;
  return sum / values.length;
}

export function formatSigned({ mean: middle, low, high }: Interval): string {
  const text = (x: number) => (x >= 0 ? `+${x.toFixed(3)}` : `−${Math.abs(x).toFixed(3)}`);
  return `${text(middle)} [${text(low)}, ${text(high)}]`;
}

export function formatPlain({ mean: middle, low, high }: Interval): string {
  const text = (x: number) => x.toFixed(3).replace("-", "−");
  return `${text(middle)} [${text(low)}, ${text(high)}]`;
}

/** In words, by the interval alone. */
export function verdict({ low, high }: Interval): "pays" | "costs" | "undecided" {
  if (low > 0) return "pays";
  return high < 0 ? "costs" : "undecided";
}
