import { describe, expect, test } from "vitest";
import { bootstrapInterval, counterRandom } from "./bootstrap.js";
import { mean, standardDeviation } from "./statistics.js";

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

describe("intervals", () => {
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
