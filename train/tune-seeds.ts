import type { RuleFile } from "../agents/rules/rule-file.js";
import { meanInterval } from "../core/mean-interval.js";
import type { Values } from "../env/world.js";
import type { EvaluateCandidates } from "./tune.js";

/** Values that a search with this seed has found. */
interface TunedSeed {
  readonly seed: number;
  readonly values: Values;
}

/** Beyond the markets of every search and of its final choice. */
const SEEDS_FIRST = 2 ** 31;
const LEVEL = 0.95;

/**
 * Compares what several seeds found on selection markets that none of them has met, the same for all. The first of equals wins.
 * @returns the index of the best, and what each scores
 */
export async function compareSeeds(
  tuned: readonly TunedSeed[],
  evaluate: EvaluateCandidates,
  episodes: number,
): Promise<{ readonly best: number; readonly seeds: NonNullable<RuleFile["seeds"]> }> {
  const returns = await evaluate(
    tuned.map(({ values }) => values),
    { first: SEEDS_FIRST, count: episodes },
  );
  const objectives = tuned.map(({ seed }, i) => {
    const { mean, low, high } = meanInterval(returns[i]!, LEVEL);
    return { seed, mean, low, high };
  });
  const top = objectives.reduce((best, each) => (each.mean > best.mean || Number.isNaN(best.mean) ? each : best));
  return { best: objectives.indexOf(top), seeds: { episodes, objectives } };
}
