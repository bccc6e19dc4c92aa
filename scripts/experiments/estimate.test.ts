import { describe, expect, test } from "vitest";
import { counterRandom } from "../../core/bootstrap.js";
import { differenceOverSeeds, formatSigned, meanInterval, verdict } from "./estimate.js";

/** Standard normal numbers, by Box and Muller. */
function normals(count: number, random: () => number): Float64Array {
  return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()));
}

describe("the interval of a difference over training seeds", () => {
  test("is a point where every market and seed says the same", () => {
    const same = [Float64Array.of(0.5, 0.5), Float64Array.of(0.5, 0.5)];
    expect(differenceOverSeeds([same, same])).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  });

  test("spans the seeds' means when markets do not differ", () => {
    const { mean, low, high } = differenceOverSeeds([1, 2, 3].map((x) => [Float64Array.of(x, x)]));
    expect(mean).toBe(2);
    // All three draws are the same seed in 1 of 27 cases an end: beyond 2.5 %.
    expect([low, high]).toEqual([1, 3]);
  });

  test("covers the truth in about 95 of 100 experiments when seeds do not differ", () => {
    const random = counterRandom(7);
    let covered = 0;
    for (let i = 0; i < 60; i++) {
      const { low, high } = differenceOverSeeds([[normals(100, random)], [normals(100, random)]]);
      if (low <= 0 && high >= 0) covered++;
    }
    // Two seeds drawn with replacement vary twice as much as their mean does, so it covers more often than it says, never less.
    expect(covered / 60).toBeGreaterThan(0.9);
  });
});

test("a mean over strata weighs them alike, whatever their size", () => {
  expect(meanInterval([Float64Array.of(1), Float64Array.of(3, 3, 3)]).mean).toBe(2);
});

test("words and signs follow the interval", () => {
  expect(verdict({ mean: 1, low: 0.1, high: 2 })).toBe("pays");
  expect(verdict({ mean: -1, low: -2, high: -0.1 })).toBe("costs");
  expect(verdict({ mean: 1, low: -0.1, high: 2 })).toBe("undecided");
  expect(formatSigned({ mean: 0, low: -0.25, high: 0.25 })).toBe("+0.000 [−0.250, +0.250]");
});
