import fc from "fast-check";
import { expect, test } from "vitest";
import { roundInward } from "./round-inward.js";

test("the low bound goes up and the high bound down, by less than one step of float32", () => {
  expect(roundInward(0.1, 0.3)).toEqual({ low: 0.10000000149011612, high: 0.29999998211860657 });
  expect(roundInward(-0.3, -0.1)).toEqual({ low: -0.29999998211860657, high: -0.10000000149011612 });
  expect(roundInward(-1, 2)).toEqual({ low: -1, high: 2 });
  expect(roundInward(1e-60, 1)).toEqual({ low: 2 ** -149, high: 1 });
  expect(roundInward(Number.NEGATIVE_INFINITY, 1e300)).toEqual({ low: Number.NEGATIVE_INFINITY, high: 3.4028234663852886e38 });
});

test("bounds with no float32 between them become the nearest one", () => {
  expect(roundInward(0.1, 0.1)).toEqual({ low: Math.fround(0.1), high: Math.fround(0.1) });
});

test("rounded bounds are float32 numbers within the given ones", () => {
  const number = fc.double({ noNaN: true, min: -1e38, max: 1e38 });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const inner = roundInward(low, high);
      expect(Math.fround(inner.low)).toBe(inner.low);
      expect(Math.fround(inner.high)).toBe(inner.high);
      if (Math.fround(low) !== Math.fround(high)) {
        expect(inner.low).toBeGreaterThanOrEqual(low);
        expect(inner.high).toBeLessThanOrEqual(high);
        expect(inner.low).toBeLessThanOrEqual(inner.high);
      }
    }),
    { seed: 7 },
  );
});
