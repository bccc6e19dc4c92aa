import { describe, expect, it } from "vitest";
import { meanInterval } from "../core/mean-interval.js";
import { compareSeeds } from "./tune-seeds.js";

const TUNED = [4, 5, 6].map((seed) => ({ seed, values: { gain: seed } }));
/** In market m: luck of the market, less the distance of the gain from 5. */
const returnsOf = (gain: number, first: number, count: number) =>
  Array.from({ length: count }, (_, m) => Math.sin(first + m) - Math.abs(gain - 5));

describe("compareSeeds", () => {
  it("scores all seeds on the same markets, beyond those of a search and its choice, and names the best", async () => {
    const asked: { first: number; count: number }[] = [];
    const { best, seeds } = await compareSeeds(
      TUNED,
      async (candidates, markets) => {
        asked.push(markets);
        return candidates.map(({ gain }) => returnsOf(gain!, markets.first, markets.count));
      },
      200,
    );
    expect(asked).toEqual([{ first: 2 ** 31, count: 200 }]);
    expect(best).toBe(1);
    expect(seeds.episodes).toBe(200);
    seeds.objectives.forEach(({ seed, ...interval }, i) => {
      expect(seed).toBe(TUNED[i]!.seed);
      expect(meanInterval(returnsOf(seed, 2 ** 31, 200), 0.95)).toMatchObject(interval);
    });
  });

  it("takes the first of equals", async () => {
    const { best } = await compareSeeds(TUNED, async (candidates) => candidates.map(() => [1, 2]), 2);
    expect(best).toBe(0);
  });
});
