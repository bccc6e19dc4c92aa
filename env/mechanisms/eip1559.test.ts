import fc from "fast-check";
import { expect, test } from "vitest";
import { nextBaseFee } from "./eip1559.js";

const whole = { units: Math.floor };

test("the base fee moves as go-ethereum's eip1559_test.go expects", () => {
  const vectors = [
    [10e6, 1e9],
    [9e6, 0.9875e9],
    [11e6, 1.0125e9],
    [20e6, 1.125e9],
    [0, 0.875e9],
  ];
  for (const [used, next] of vectors) expect(nextBaseFee(1e9, used!, 20e6, whole)).toBe(next);
});

test("the base fee rises by one base unit at least, and rests at the target", () => {
  expect(nextBaseFee(1, 20e6, 20e6, whole)).toBe(2);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), (base) => nextBaseFee(base, 10e6, 20e6, whole) === base),
    { seed: 1 },
  );
});
