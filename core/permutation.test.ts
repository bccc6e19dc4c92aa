import fc from "fast-check";
import { expect, test } from "vitest";
import { permutation, permute } from "./permutation.js";
import { stream } from "./random.js";

const key = { seed: 7, counter: 3, stream: stream("permutation", "train") };

test("is a bijection for any size and key", () => {
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), u32, u32, u32, (size, seed, counter, stream) => {
      const sorted = permutation(size, { seed, counter, stream }).sort();
      expect(sorted.every((value, index) => value === index)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("every small size from 1 to 64 is a bijection", () => {
  for (let size = 1; size <= 64; size++) expect(new Set(permutation(size, key)).size).toBe(size);
});

test("stays inside a large domain that is not a power of two", () => {
  const size = 2 ** 30 + 12345;
  for (let i = 0; i < 1000; i++) {
    const image = permute(i, size, key);
    expect(image).toBeGreaterThanOrEqual(0);
    expect(image).toBeLessThan(size);
  }
});

test("each part of the key changes the order", () => {
  const orders = [key, { ...key, seed: 8 }, { ...key, counter: 4 }, { ...key, stream: key.stream + 1 }];
  expect(new Set(orders.map((k) => permutation(100, k).join())).size).toBe(4);
});

test("positions are uniform: chi-square of the first index over 2,000 keys", () => {
  // 16 cells, 15 degrees of freedom: 37.7 is the 99.9 % point.
  const counts = new Array<number>(16).fill(0);
  for (let counter = 0; counter < 2000; counter++) counts[permute(0, 16, { ...key, counter })]! += 1;
  const chi2 = counts.reduce((a, n) => a + (n - 125) ** 2 / 125, 0);
  expect(chi2).toBeLessThan(37.7);
});

test("neighbours are uncorrelated", () => {
  const order = permutation(4096, key);
  let sum = 0;
  for (let i = 0; i + 1 < 4096; i++) sum += (order[i]! - 2047.5) * (order[i + 1]! - 2047.5);
  const correlation = sum / 4095 / ((4096 ** 2 - 1) / 12);
  expect(Math.abs(correlation)).toBeLessThan(4 / 64); // 4 standard errors
});
