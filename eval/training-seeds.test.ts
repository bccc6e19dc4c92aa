import { describe, expect, test } from "vitest";
import { counterRandom } from "../core/bootstrap.js";
import { syntheticReportInput } from "../test/support/synthetic-runs.js";
import { buildReport } from "./report.js";
import { twoLevelInterval } from "./training-seeds.js";

function normals(count: number, random: () => number): Float64Array {
  return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()));
}

describe("the interval over training seeds and markets", () => {
  test("of three seeds 1, 2, 3 on markets that do not differ is 2 ± 4.3027 / √3", () => {
    // Two degrees of freedom: t = 4.3027; the standard deviation of 1, 2, 3 is 1.
    const { mean, low, high } = twoLevelInterval(
      [1, 2, 3].map((gain) => new Float64Array(10).fill(gain)),
      0.95,
    );
    expect(mean).toBe(2);
    expect(high - 2).toBeCloseTo(4.3027 / Math.sqrt(3), 3);
    expect(2 - low).toBeCloseTo(4.3027 / Math.sqrt(3), 3);
  });

  test("covers in at least 95 % of 1,000 experiments, but for chance, with 3 and with 10 seeds", () => {
    // Seeds and markets both matter: effects of standard deviation 1 each, and 1 of their own meeting. Chance: 3 √(.95 · .05 / 1000).
    for (const seeds of [3, 10]) {
      const random = counterRandom(seeds);
      let covered = 0;
      for (let experiment = 0; experiment < 1000; experiment++) {
        const markets = normals(50, random);
        const gains = Array.from(normals(seeds, random), (effect) => {
          const own = normals(50, random);
          return markets.map((market, i) => effect + market + own[i]!);
        });
        const { low, high } = twoLevelInterval(gains, 0.95);
        if (low <= 0 && high >= 0) covered++;
      }
      expect(covered / 1000, `${seeds} seeds`).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / 1000));
    }
  });
});

test("a report compares the runs of one config with the best rule and the baseline over all their seeds", () => {
  const input = syntheticReportInput({ episodes: 60, days: 20, seed: 3 });
  const ppo = input.runs.find(({ id }) => id === "ppo")!;
  const twin = {
    ...ppo,
    id: "ppo seed 2",
    scenarios: Object.fromEntries(
      Object.entries(ppo.scenarios).map(([name, { metrics }]) => [
        name,
        { metrics: { ...metrics, return: metrics.return.map((value) => value - 0.02) } },
      ]),
    ),
  };
  const runs = [{ ...ppo, settings: "a" }, { ...twin, settings: "a" }, ...input.runs.filter((run) => run !== ppo)];
  const report = buildReport({ ...input, runs, frozen: [], otherHorizons: [] });
  expect(report.trainingSeeds.map(({ ids, against }) => [ids, against])).toEqual([
    [["ppo", "ppo seed 2"], "affine (tuned)"],
    [["ppo", "ppo seed 2"], "cosmos-mint"],
  ]);
  const [first] = report.trainingSeeds;
  expect(first!.seedMeans[0]! - first!.seedMeans[1]!).toBeCloseTo(0.02, 10);
  expect(first!.mean).toBeCloseTo((first!.seedMeans[0]! + first!.seedMeans[1]!) / 2, 12);
  expect(report.headlines[0]!.title).toContain("one of 2 training seeds");
});
