import { counterRandom, percentileInterval } from "../../core/bootstrap.js";
import { evidenceOf, meanInterval, studentQuantile } from "../../core/mean-interval.js";
import { mean } from "../../core/statistics.js";
import { averageEstimates, estimateIqm, estimateMean, estimateTail, toInterval, toProbability } from "../../eval/estimates.js";
import { pairedEventInterval } from "../../eval/summary.js";
import { normal, type Population } from "./populations.js";

const LEVEL = 0.95;

interface Ends {
  readonly low: number;
  readonly high: number;
}

/** Intervals of a mean that are compared. */
export const METHODS = {
  report: (values: Float64Array) => meanInterval(values, LEVEL),
  student: (values: Float64Array) => {
    const { mean: centre, error, degrees } = evidenceOf(values);
    const reach = error * studentQuantile(1 - LEVEL, degrees);
    return { low: centre - reach, high: centre + reach };
  },
  percentile: (values: Float64Array, random: () => number) => {
    const replicates = Float64Array.from({ length: 400 }, () => {
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)]!;
      return sum / values.length;
    });
    return percentileInterval(replicates, LEVEL);
  },
} as const satisfies Readonly<Record<string, (values: Float64Array, random: () => number) => Ends>>;

/** Share of `samples` samples of `size` values whose interval covers the mean. Within 2 √(.95 · .05 / samples) by chance. */
export function coverageOfMean(
  { mean: truth, draw }: Population,
  size: number,
  samples: number,
  method: keyof typeof METHODS,
): number {
  const random = counterRandom(size);
  return shareOf(samples, () => {
    const { low, high } = METHODS[method](
      Float64Array.from({ length: size }, () => draw(random)),
      random,
    );
    return low <= truth && truth <= high;
  });
}

/** A figure of the report that is no plain mean, on samples whose true value is known. */
interface Figure {
  readonly name: string;
  /** Whether the interval of one sample of `size` markets covers. */
  readonly covers: (size: number, random: () => number) => boolean;
}

const SCENARIOS = 8;
/** Chance of an event in every scenario, and how much of its cause the scenarios share. */
const CHANCE = 0.1;

/** Returns of 8 scenarios on shared shocks, left-skewed as ours: −exp(.5 z). */
function skewedReturns(size: number, random: () => number): Float64Array[] {
  const shared = Float64Array.from({ length: size }, () => normal(random));
  return Array.from({ length: SCENARIOS }, () =>
    shared.map((z) => -Math.exp(0.5 * (Math.SQRT1_2 * z + Math.SQRT1_2 * normal(random)))),
  );
}

/** 1 where an event of probability `CHANCE` happens, `[scenario][market]`; shocks are half shared. */
function events(size: number, random: () => number, threshold: number): Float64Array[] {
  const shared = Float64Array.from({ length: size }, () => normal(random));
  return Array.from({ length: SCENARIOS }, () =>
    shared.map((z) => (Math.SQRT1_2 * z + Math.SQRT1_2 * normal(random) > threshold ? 1 : 0)),
  );
}

/** Upper 10 and 5 % points of the normal, and the mean of −exp(.5 z) between its quartiles and in its worst twentieth. */
const TENTH = 1.2815515655446004;
const IQM_TRUTH = -2 * Math.exp(0.125) * (normalCdf(0.6744897501960817 - 0.5) - normalCdf(-0.6744897501960817 - 0.5));
const WORST_TRUTH = -20 * Math.exp(0.125) * normalCdf(0.5 - 1.6448536269514722);

export const FIGURES: readonly Figure[] = [
  {
    name: "interquartile mean (`iqm`)",
    covers: (size, random) =>
      within(IQM_TRUTH, toInterval(averageEstimates(skewedReturns(size, random).map(estimateIqm)), LEVEL)),
  },
  {
    name: "worst twentieth (`worst5`), 8 scenarios",
    covers: (size, random) => {
      const tails = skewedReturns(size, random).map((values) => estimateTail(values, 0.05));
      return within(WORST_TRUTH, toInterval(averageEstimates(tails), LEVEL));
    },
  },
  {
    name: "worst twentieth (`worst5`), one scenario",
    covers: (size, random) => within(WORST_TRUTH, toInterval(estimateTail(skewedReturns(size, random)[0]!, 0.05), LEVEL)),
  },
  {
    name: "share of episodes with an event of 10 %",
    covers: (size, random) =>
      within(CHANCE, toProbability(averageEstimates(events(size, random, TENTH).map(estimateMean)), LEVEL)),
  },
  {
    name: "difference of two such shares",
    covers: (size, random) => {
      const here = events(size, random, TENTH);
      const there = events(size, random, TENTH);
      const differences = here.map((values, s) => values.map((value, i) => value - there[s]![i]!));
      const count = (sign: number) => differences.reduce((sum, row) => sum + row.filter((value) => value === sign).length, 0);
      const counts = { onlyHere: count(1), onlyBaseline: count(-1), episodes: SCENARIOS * size };
      return within(0, pairedEventInterval(counts, averageEstimates(differences.map(estimateMean)), LEVEL));
    },
  },
];

export function coverageOfFigure({ covers }: Figure, size: number, samples: number): number {
  const random = counterRandom(1000 + size);
  return shareOf(samples, () => covers(size, random));
}

function shareOf(samples: number, covers: () => boolean): number {
  return mean(Array.from({ length: samples }, () => (covers() ? 1 : 0)));
}

function within(truth: number, { low, high }: Ends): boolean {
  return low <= truth && truth <= high;
}

/** By Simpson's rule from 0, to 1e-9 within ±8. */
function normalCdf(x: number): number {
  const steps = 400;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density((i * x) / steps);
  return 0.5 + (sum * x) / steps / 3;
}
