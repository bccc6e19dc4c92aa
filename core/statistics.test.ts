import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { counterRandom } from "./bootstrap.js";
import {
  adjustByHolm,
  autocorrelation,
  clopperPearson,
  excessKurtosis,
  improvements,
  iqm,
  lowerTailMean,
  mean,
  pairedProportionDifference,
  probabilityOfImprovement,
  quantile,
  standardDeviation,
  trimmedMean,
} from "./statistics.js";

describe("moments", () => {
  test("mean and standard deviation of 2, 4, 4, 4, 5, 5, 7, 9 are 5 and sqrt(32/7)", () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  test("a fair coin has excess kurtosis -2, a rare event p has 1/(p(1-p)) - 6", () => {
    expect(excessKurtosis([0, 1, 0, 1])).toBeCloseTo(-2, 12);
    const rare = Array.from({ length: 100 }, (_, i) => (i < 5 ? 1 : 0));
    expect(excessKurtosis(rare)).toBeCloseTo(1 / (0.05 * 0.95) - 6, 10);
  });

  test("an alternating series has autocorrelation -(n-1)/n at lag 1 and (n-2)/n at lag 2", () => {
    const series = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    expect(autocorrelation(series, 0)).toBe(1);
    expect(autocorrelation(series, 1)).toBeCloseTo(-49 / 50, 12);
    expect(autocorrelation(series, 2)).toBeCloseTo(48 / 50, 12);
  });

  test("nothing has no mean, one value has no standard deviation, and a constant has no kurtosis or autocorrelation", () => {
    expect(mean([])).toBeNaN();
    expect(standardDeviation([3])).toBeNaN();
    expect(excessKurtosis([3, 3])).toBeNaN();
    expect(autocorrelation([3, 3, 3], 1)).toBeNaN();
  });
});

describe("quantiles", () => {
  test("type 7 as in R: quantile(c(1,2,3,4,10), c(.1,.25,.5,.9)) is 1.4, 2, 3, 7.6", () => {
    const values = [10, 3, 1, 4, 2];
    expect([0.1, 0.25, 0.5, 0.9].map((p) => quantile(values, p))).toEqual([1.4, 2, 3, 7.6].map((v) => expect.closeTo(v, 12)));
    expect(quantile([], 0.5)).toBeNaN();
  });

  test("quantiles grow with the probability, from the least value to the greatest", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].map((p) => quantile(values, p));
        // Adding 0 makes -0 and 0 one value, as they are here.
        expect(grid[0]! + 0).toBe(Math.min(...values) + 0);
        expect(grid.at(-1)! + 0).toBe(Math.max(...values) + 0);
        for (let i = 1; i < grid.length; i++) expect(grid[i]!).toBeGreaterThanOrEqual(grid[i - 1]! - 1e-9);
      }),
    );
  });

  test("the interquartile mean of 1..8 is the mean of 3..6, and outliers do not move it", () => {
    expect(iqm([1, 2, 3, 4, 5, 6, 7, 8])).toBe(4.5);
    expect(iqm([-1e9, 2, 3, 4, 5, 6, 7, 1e9])).toBe(4.5);
    // floor(5 / 4) = 1 is cut at either end, as scipy.stats.trim_mean([1, 2, 3, 4, 10], .25) = 3.
    expect(trimmedMean([1, 2, 3, 4, 10], 0.25)).toBe(3);
  });

  test("the worst twentieth of 1..40 is the mean of 1 and 2, and of few values the worst one", () => {
    expect(
      lowerTailMean(
        Array.from({ length: 40 }, (_, i) => 40 - i),
        0.05,
      ),
    ).toBe(1.5);
    expect(lowerTailMean([5, 3, 4], 0.05)).toBe(3);
  });
});

describe("probability of improvement", () => {
  test("a tie counts one half", () => {
    expect([...improvements([1, 2, 3], [0, 2, 4])]).toEqual([1, 0.5, 0]);
    expect(probabilityOfImprovement([1, 2, 3], [0, 2, 4])).toBe(0.5);
  });

  test("it adds up to one with the opposite question", () => {
    const pair = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), { minLength: 1 });
    fc.assert(
      fc.property(pair, (pairs) => {
        const x = pairs.map(([a]) => a);
        const y = pairs.map(([, b]) => b);
        expect(probabilityOfImprovement(x, y) + probabilityOfImprovement(y, x)).toBeCloseTo(1, 12);
      }),
    );
  });

  test("unequal numbers of values are refused with both numbers", () => {
    expect(() => improvements([1, 2], [1])).toThrow("paired values differ in number: 2 and 1");
  });
});

describe("Clopper-Pearson", () => {
  test("no event in 59, 299, 2995 and 29956 trials leaves the two-sided bound 1 - .025^(1/n)", () => {
    for (const trials of [59, 299, 2995, 29956]) {
      const { low, high } = clopperPearson(0, trials);
      expect(low).toBe(0);
      expect(high).toBeCloseTo(1 - 0.025 ** (1 / trials), 10);
      expect(clopperPearson(trials, trials).low).toBeCloseTo(0.025 ** (1 / trials), 10);
    }
  });

  test("it covers at least 95 % for every probability, those near 0 and 1 included", () => {
    // Exact: the chance of every count that leaves the probability inside, at n = 50, where the one-sided form fell to 92.5 %.
    const trials = 50;
    const logs = Array.from({ length: trials + 1 }, (_, n) => (n === 0 ? 0 : Math.log(n)));
    const factorial = (n: number) => logs.slice(0, n + 1).reduce((sum, log) => sum + log, 0);
    for (let probability = 0.005; probability < 1; probability += 0.005) {
      let covered = 0;
      for (let count = 0; count <= trials; count++) {
        const { low, high } = clopperPearson(count, trials);
        if (low > probability || high < probability) continue;
        const choices = factorial(trials) - factorial(count) - factorial(trials - count);
        covered += Math.exp(choices + count * Math.log(probability) + (trials - count) * Math.log1p(-probability));
      }
      expect(covered, `p = ${probability}`).toBeGreaterThanOrEqual(0.95 - 1e-9);
    }
  });

  test("5 of 10 and 1 of 20 have the tabulated intervals", () => {
    // R: binom.test(5, 10)$conf.int = .1870860 .8129140; binom.test(1, 20)$conf.int = .001265089 .248732763
    expect(clopperPearson(5, 10).low).toBeCloseTo(0.187086, 6);
    expect(clopperPearson(5, 10).high).toBeCloseTo(0.812914, 6);
    expect(clopperPearson(1, 20).low).toBeCloseTo(0.001265089, 8);
    expect(clopperPearson(1, 20).high).toBeCloseTo(0.248732763, 8);
  });

  test("it is symmetric in success and failure", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (trials, seed) => {
        const successes = seed % (trials + 1);
        const one = clopperPearson(successes, trials);
        const other = clopperPearson(trials - successes, trials);
        expect(one.low).toBeCloseTo(1 - other.high, 8);
        expect(one.high).toBeCloseTo(1 - other.low, 8);
      }),
      { numRuns: 50 },
    );
  });

  test("more successes than trials are refused", () => {
    expect(() => clopperPearson(3, 2)).toThrow("got 3 of 2");
  });
});

describe("difference of paired probabilities", () => {
  test("nothing seen on either side is a difference of zero with a width", () => {
    const { mean: difference, low, high } = pairedProportionDifference({ firstOnly: 0, secondOnly: 0, pairs: 1000 });
    expect(difference).toBe(0);
    expect(high).toBeCloseTo(1 - 0.025 ** 0.001, 8);
    expect(low).toBeCloseTo(-high, 12);
  });

  test("five pairs to none are no clear difference, six are, as in the exact test of McNemar", () => {
    // Two-sided exact P of k to 0 is 2^(1-k): .0625 for 5, .031 for 6.
    const low = (firstOnly: number) => pairedProportionDifference({ firstOnly, secondOnly: 0, pairs: 1000 }).low;
    expect(low(4)).toBeLessThan(0);
    expect(low(5)).toBe(0);
    expect(low(6)).toBeGreaterThan(0);
    expect(pairedProportionDifference({ firstOnly: 0, secondOnly: 5, pairs: 1000 }).high).toBe(0);
  });

  test("it covers the true difference in at least 94 % of 1,000 samples", () => {
    // Nominal 95 %; standard error of the share over 1,000 samples .7 %, and exact parts make it conservative.
    const random = counterRandom(5);
    let covered = 0;
    for (let sample = 0; sample < 1000; sample++) {
      let first = 0;
      let second = 0;
      for (let i = 0; i < 200; i++) {
        const draw = random();
        if (draw < 0.08) first++;
        else if (draw < 0.1) second++;
      }
      const { low, high } = pairedProportionDifference({ firstOnly: first, secondOnly: second, pairs: 200 });
      if (low <= 0.06 && high >= 0.06) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(940);
  });
});

describe("Holm's correction", () => {
  test("P of .01, .04, .03 and .005 become .03, .06, .06 and .02", () => {
    // By hand: .005 x 4, .01 x 3, .03 x 2, then .04 x 1 raised to the one before it. R: p.adjust(c(.01,.04,.03,.005), "holm").
    expect(adjustByHolm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12)));
    expect(adjustByHolm([0.5, 0.9])).toEqual([1, 1]);
    expect(adjustByHolm([])).toEqual([]);
  });
});
