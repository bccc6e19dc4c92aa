import fc from "fast-check";
import { expect, test } from "vitest";
import { clamp } from "../../compiler/primitives.js";
import { nextDemandFee } from "./demand-fee.js";

const p = { target: 0.6, speed: 0.1, low: -0.4, high: 1 };
const next = (fee: number, utilization: number) => nextDemandFee({ fee, utilization }, p, { clamp });

test("the price moves by at most the speed, up above the target and down below it", () => {
  expect(next(0, 0.6)).toBe(0);
  expect(next(0, 0.9)).toBeCloseTo(0.05, 14);
  expect(next(0, 0)).toBeCloseTo(-0.1, 14);
  expect(next(0.5, 0)).toBeCloseTo(1.5 * 0.9 - 1, 14);
});

test("the fee stays within its band and a utilisation that cannot be read leaves it", () => {
  expect(next(0.2, Number.NaN)).toBeCloseTo(0.2, 14);
  fc.assert(
    fc.property(fc.double({ min: -0.4, max: 1, noNaN: true }), fc.double(), (fee, utilization) => {
      const result = next(fee, utilization);
      expect(result >= -0.4 && result <= 1).toBe(true);
    }),
  );
});

test("against demand that falls with the price the loop settles at the target", () => {
  let fee = 0.8;
  // Utilisation 0.66 at the list price, elasticity 1.2: the target is met at (0.66 / 0.6)^(1 / 1.2) - 1.
  for (let day = 0; day < 400; day++) fee = next(fee, Math.min(1, 0.66 * (1 + fee) ** -1.2));
  expect(fee).toBeCloseTo(1.1 ** (1 / 1.2) - 1, 9);
});
