import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evidenceOf, meanInterval, probabilityOfZeroMean, studentQuantile } from "./mean-interval.js";

describe("Student's quantile", () => {
  test("has the tabulated values", () => {
    // Two-sided 5 %: 12.706 (1), 2.776 (4), 2.262 (9), 1.984 (100); 1e-6 at 199 degrees 5.0491 by R's qt(1 - 5e-7, 199).
    const tabulated = [
      [1, 12.7062],
      [4, 2.7764],
      [9, 2.2622],
      [100, 1.984],
    ] as const;
    for (const [degrees, value] of tabulated) expect(studentQuantile(0.05, degrees)).toBeCloseTo(value, 3);
    expect(studentQuantile(1e-6, 199)).toBeCloseTo(5.0491, 3);
  });
});

describe("the interval of a mean", () => {
  test("of 0, 0, 0, 0, 5 reaches further up than down, by the formula", () => {
    // Mean 1, s = √5, error 1. m3 = 12, m2 = 4: g = 1.5, G1 = 1.5 √20 / 3 = 2.2361. 2 √(6/5) = 2.1909. t = 2.7764.
    // (1 + 2 t²) / (6 √5) = 1.22369; up: 2.7764 + 1.22369 x 4.4270, down: 2.7764 (the skewness is above its two errors).
    const { mean, low, high } = meanInterval([0, 0, 0, 0, 5], 0.95);
    expect(mean).toBe(1);
    expect(low).toBeCloseTo(1 - 2.7764, 3);
    expect(high).toBeCloseTo(1 + 2.7764 + 1.22369 * 4.427, 3);
  });

  test("is that of Student for many symmetric values", () => {
    const values = Float64Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    expect(meanInterval(values, 0.95).high).toBeCloseTo(1.96 / Math.sqrt(20_000), 4);
  });

  test("of one value, or of equal ones, is a point", () => {
    expect(meanInterval([3], 0.95)).toEqual({ mean: 3, low: 3, high: 3 });
    expect(meanInterval(new Float64Array(50).fill(0.1), 0.95)).toMatchObject({ low: expect.closeTo(0.1, 14) });
    const { low, high } = meanInterval(new Float64Array(50).fill(0.1), 0.95);
    expect(high - low).toBe(0);
  });

  test("holds the mean, and mirrors with the sign", () => {
    const samples = fc.array(fc.double({ noNaN: true, min: -100, max: 100 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(samples, (values) => {
        const { mean, low, high } = meanInterval(values, 0.95);
        expect(low).toBeLessThanOrEqual(mean);
        expect(high).toBeGreaterThanOrEqual(mean);
        const mirrored = meanInterval(
          values.map((value) => -value),
          0.95,
        );
        expect(mirrored.low).toBeCloseTo(-high, 6);
      }),
    );
  });
});

describe("P of a mean of 0", () => {
  test("is 5 % where the 95 % interval ends at 0, and falls with the distance", () => {
    const values = [0.4, 1.2, 2.2, 0.9, 3.1, 1.4, 0.2, 5];
    const { low, high, mean } = meanInterval(values, 0.95);
    const moved = (by: number) => probabilityOfZeroMean(evidenceOf(values.map((value) => value - by)));
    expect(moved(low)).toBeCloseTo(0.05, 6);
    expect(moved(high)).toBeCloseTo(0.05, 6);
    expect(moved(mean)).toBeGreaterThan(0.99);
    expect(moved(low - 1)).toBeLessThan(0.05);
  });

  test("is 1 for no difference at all and least for one that never varies", () => {
    expect(probabilityOfZeroMean(evidenceOf([0, 0, 0]))).toBe(1);
    expect(probabilityOfZeroMean(evidenceOf([2, 2, 2]))).toBeLessThan(1e-12);
  });
});
