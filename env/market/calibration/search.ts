import seedrandom from "seedrandom";
import { cmaAsk, cmaMean, cmaStart, cmaTell } from "../../../core/cma-es.js";
import { clipToRange, type Fitted, type FittedSpecs, type SearchSpace } from "./fitted.js";
import { jumpFigures, robustVolatility } from "./moments.js";

/** Mean squared distance of the moments of simulated paths from the data's. */
type Distance = (fitted: Fitted) => number;

interface SearchOptions {
  readonly space: SearchSpace;
  readonly seed: number;
  /** Of the last search, from the best of the short ones. */
  readonly generations: number;
}

const POPULATION = 12;
const MAX_SHORT_GENERATIONS = 12;
/**
 * Weight of a squared distance of a quarter of a parameter's range from the start, in units of the mean of ten moments. Jumps and
 * stochastic volatility explain the same tails, so many parameters fit about as well: a weak pull picks one of them.
 */
export const PULL = 0.01;

/**
 * The parameters of least distance: a short search from each start, each on few paths, then a long one from the best on all paths.
 * One start alone gets stuck where jumps and volatility have shared the tails the wrong way.
 */
export function searchFrom(starts: readonly Fitted[], rough: Distance, fine: Distance, options: SearchOptions): Fitted {
  const short = { ...options, generations: Math.min(options.generations, MAX_SHORT_GENERATIONS) };
  const found = starts.map((start, i) => cmaSearch(start, rough, { ...short, name: `start ${i}`, sigma: 0.15 }));
  const distances = found.map(rough);
  const best = found[distances.indexOf(Math.min(...distances))]!;
  return cmaSearch(best, fine, { ...options, name: "fine", sigma: 0.08 });
}

function cmaSearch(
  start: Fitted,
  distance: Distance,
  { space, seed, generations, name, sigma }: SearchOptions & { readonly name: string; readonly sigma: number },
): Fitted {
  const { low, high } = space;
  const from = space.enter(start);
  const loss = (x: Float64Array) => distance(space.leave(x)) + pull(x, from, space);
  const random = seedrandom(`calibrate ${seed} ${name}`);
  let state = cmaStart({ mean: from, low, high, sigma, population: POPULATION });
  let best = { loss: loss(from), x: from };
  for (let generation = 0; generation < generations; generation++) {
    const candidates = cmaAsk(state, random);
    const losses = candidates.map(({ values }) => loss(values));
    const least = Math.min(...losses);
    if (least < best.loss) best = { loss: least, x: candidates[losses.indexOf(least)]!.values };
    state = cmaTell(state, candidates, losses);
  }
  const centre = cmaMean(state);
  return space.leave(loss(centre) < best.loss ? centre : best.x);
}

function pull(x: Float64Array, from: Float64Array, { low, high }: SearchSpace): number {
  return PULL * x.reduce((sum, value, i) => sum + ((4 * (value - from[i]!)) / (high[i]! - low[i]!)) ** 2, 0);
}

/**
 * First guesses: jumps as far as they show, that is beyond four deviations; none, with all tails by clustering; frequent small
 * jumps that hide among the days; few large ones.
 */
export function firstGuesses(returns: Float64Array, specs: FittedSpecs): Fitted[] {
  const seen = jumpFigures(returns);
  const level = robustVolatility(returns) ** 2;
  const plain: Fitted = {
    varianceLevel: level,
    varianceReversion: specs.varianceReversion.value,
    volOfVol: specs.volOfVol.value,
    jumpRate: seen.perYear / 2,
    jumpMean: seen.mean,
    jumpSd: seen.size / 2,
  };
  const daily = Math.sqrt(level / 365);
  return [
    plain,
    { ...plain, varianceReversion: 8, volOfVol: 3 * Math.sqrt(level), jumpRate: 1, jumpMean: 0 },
    { ...plain, volOfVol: 0.5 * Math.sqrt(level), jumpRate: 25, jumpMean: seen.mean / 4, jumpSd: 2.5 * daily },
    { ...plain, volOfVol: 0.5 * Math.sqrt(level), jumpRate: 4, jumpSd: Math.max(seen.size, 5 * daily) },
  ].map((guess) => clipToRange(guess, specs));
}
