import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bondedTarget,
  OUTSIDE_YIELD_PARAMS,
  OUTSIDE_YIELD_USES,
  outsideYieldStep,
  STAKING_PARAMS,
  STAKING_USES,
  stakingMoves,
} from "./staking.js";

const u = { ...STAKING_USES, ...OUTSIDE_YIELD_USES };
const specs = { ...STAKING_PARAMS, ...OUTSIDE_YIELD_PARAMS };
const p = {
  ...(Object.fromEntries(Object.entries(specs).map(([name, { value }]) => [name, value])) as Record<
    keyof typeof specs,
    number
  >),
  volatilityNormal: 0.85,
};
const at = (stakingYield: number, bonded = 150, unbonding = 3) => ({ bonded, unbonding, stakingYield, outsideYield: 0.07 });

test("the bonded share rises with yield and stays within its band", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }), (a, b) => {
      const [low, high] = [bondedTarget(at(Math.min(a, b)), p, 0.85, 0, u), bondedTarget(at(Math.max(a, b)), p, 0.85, 0, u)];
      expect(low).toBeLessThanOrEqual(high);
      expect(low).toBeGreaterThanOrEqual(p.bondedLow);
      expect(high).toBeLessThanOrEqual(p.bondedHigh);
    }),
    { seed: 1 },
  );
  expect(bondedTarget(at(0.07), p, 0.85, 0, u)).toBeCloseTo((p.bondedLow + p.bondedHigh) / 2, 12);
});

test("volatility and lost trust ask for more yield", () => {
  const calm = bondedTarget(at(0.08), p, 0.85, 0, u);
  expect(bondedTarget(at(0.08), p, 1.5, 0, u)).toBeLessThan(calm);
  expect(bondedTarget(at(0.08), p, 0.85, 0.5, u)).toBeLessThan(calm);
});

test("stakers bond or unbond, never both, never more than there is", () => {
  const number = fc.double({ min: 0, max: 300, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), number, number, (target, bonded, liquid) => {
      const moves = stakingMoves(at(0.08, bonded), p, { days: 1, target, supply: 300, liquid }, u);
      expect(Math.min(moves.bond, moves.unbond)).toBe(0);
      expect(moves.bond).toBeLessThanOrEqual(liquid);
      expect(moves.unbond).toBeLessThanOrEqual(bonded);
    }),
    { seed: 2 },
  );
});

test("the unbonding queue empties with a mean stay of 21 days", () => {
  const s = at(0.08, 150, 100);
  let tokenDays = 0;
  for (let day = 0; day < 1000; day++) {
    tokenDays += s.unbonding;
    s.unbonding -= stakingMoves(s, p, { days: 1, target: 0.5, supply: 300, liquid: 100 }, u).release;
  }
  expect(tokenDays / 100).toBeCloseTo(21, 6);
});

test("the outside yield returns to its mean", () => {
  const s = { ...at(0.08), outsideYield: 0.3 };
  for (let day = 0; day < 1000; day++) outsideYieldStep(s, p, { years: 1 / 365, mean: 0.07, shock: 0 }, u);
  expect(s.outsideYield).toBeCloseTo(0.07, 6);
});
