import { describe, expect, test } from "vitest";
import {
  bootstrapInterval,
  counterRandom,
  drawResamples,
  percentileInterval,
  resampleMeans,
  resampleOrderMeans,
} from "./bootstrap.js";
import { iqm, lowerTailMean, mean, standardDeviation } from "./statistics.js";

describe("counter random", () => {
  test("the same seed gives the same numbers, another seed others", () => {
    const draw = (seed: number) => Array.from({ length: 9 }, counterRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test("20,000 numbers have mean 1/2 and variance 1/12, within four standard errors", () => {
    const values = Float64Array.from({ length: 20_000 }, counterRandom(3));
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 20_000));
    // Variance of the variance of a uniform is (1/80 - 1/144) / n.
    expect(Math.abs(standardDeviation(values) ** 2 - 1 / 12)).toBeLessThan(4 * Math.sqrt((1 / 80 - 1 / 144) / 20_000));
  });
});

describe("resamples", () => {
  const random = counterRandom(11);
  const values = Float64Array.from({ length: 37 }, () => random() ** 3);
  const resamples = drawResamples(37, 101, counterRandom(4));
  const rows = Array.from({ length: 101 }, (_, r) => resamples.counts.subarray(r * 37, (r + 1) * 37));
  const spelledOut = rows.map((row) =>
    Float64Array.from([...row].flatMap((count, i) => Array<number>(count).fill(values[i]!))),
  );

  test("every replicate holds as many episodes as there are", () => {
    for (const row of rows) expect(row.reduce((sum, count) => sum + count, 0)).toBe(37);
  });

  test("means of any number of columns equal those of the resamples written out, an odd last replicate included", () => {
    const constant = new Float64Array(37).fill(2);
    const columns = [
      values,
      constant,
      values.map((v) => -v),
      values.map((v) => v * v),
      values.map(Math.sqrt),
      values.map((v) => 3 * v),
    ];
    const means = resampleMeans(columns, resamples);
    spelledOut.forEach((drawn, r) => {
      expect(means[0]![r]).toBeCloseTo(mean(drawn), 12);
      expect(means[1]![r]).toBe(2);
      expect(means[2]![r]).toBeCloseTo(-mean(drawn), 12);
      expect(means[5]![r]).toBeCloseTo(3 * mean(drawn), 12);
    });
  });

  test("interquartile means and worst fifths equal those of the resamples written out", () => {
    const middle = resampleOrderMeans(values, 9, 28, resamples);
    const worst = resampleOrderMeans(values, 0, 7, resamples);
    spelledOut.forEach((drawn, r) => {
      expect(middle[r]).toBeCloseTo(iqm(drawn), 12);
      expect(worst[r]).toBeCloseTo(lowerTailMean(drawn, 0.2), 12);
    });
  });
});

describe("intervals", () => {
  test("the bootstrap standard error of a mean is s / sqrt(n), within 5 %", () => {
    // 4,000 replicates: relative standard error of a standard deviation 1 / sqrt(8000) = 1.1 %.
    const random = counterRandom(8);
    const values = Float64Array.from({ length: 300 }, () => random() ** 2);
    const [means] = resampleMeans([values], drawResamples(300, 4000, counterRandom(9)));
    const expected = (standardDeviation(values) * Math.sqrt(299 / 300)) / Math.sqrt(300);
    expect(standardDeviation(means!) / expected).toBeGreaterThan(0.95);
    expect(standardDeviation(means!) / expected).toBeLessThan(1.05);
  });

  test("95 % intervals of a normal mean cover it in 92.5 to 97 % of 600 samples of 100", () => {
    // Standard error of the share is .9 %; a percentile interval at n = 100 covers about 94.5 %.
    let covered = 0;
    for (let seed = 0; seed < 600; seed++) {
      const random = counterRandom(1000 + seed);
      const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
      const values = Float64Array.from({ length: 100 }, () => 5 + 2 * normal());
      const [means] = resampleMeans([values], drawResamples(100, 400, random));
      const { low, high } = percentileInterval(means!, 0.95);
      if (low <= 5 && high >= 5) covered++;
    }
    expect(covered / 600).toBeGreaterThan(0.925);
    expect(covered / 600).toBeLessThan(0.97);
  });

  test("a stratified bootstrap keeps what differs between strata out of the interval", () => {
    const strata = [new Float64Array(20).fill(-100), Float64Array.from({ length: 20 }, (_, i) => 100 + (i % 2))];
    const average = (parts: readonly Float64Array[]) => mean(parts.map((part) => mean(part)));
    const interval = bootstrapInterval(strata, average, { replicates: 500, level: 0.95, random: counterRandom(2) });
    expect(interval.mean).toBe(0.25);
    // Only the second stratum varies: standard error .5 * .5 / sqrt(20) = .056.
    expect(interval.high - interval.low).toBeGreaterThan(0.15);
    expect(interval.high - interval.low).toBeLessThan(0.3);
  });
});
