import fc from "fast-check";
import { expect, test } from "vitest";
import { saturate, share } from "./curves.js";
import { LIQUIDITY_PARAMS, LIQUIDITY_USES, liquidityStep, shockAmplifier } from "./liquidity.js";

const u = LIQUIDITY_USES;
const params = Object.fromEntries(Object.entries(LIQUIDITY_PARAMS).map(([name, { value }]) => [name, value])) as Record<
  keyof typeof LIQUIDITY_PARAMS,
  number
>;

function afterMove(move: number, leverageMax: number, volatility = 0.9) {
  const s = { depth: 1, leverage: leverageMax, forcedShare: 0, stress: 0, lastReturn: move, trend: 0 };
  liquidityStep(s, { ...params, leverageMax }, { days: 1, volatility, floatShare: 0.45, confidence: 1 }, u);
  return s;
}

test("there are no forced sales without leverage or without a fall", () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (move) => {
      expect(afterMove(move, 0).forcedShare).toBe(0);
      expect(afterMove(Math.abs(move), 0.1).forcedShare).toBe(0);
    }),
    { seed: 1 },
  );
});

test("forced sales do not fall with leverage or with the size of the fall, and never exceed the leverage", () => {
  const size = fc.double({ min: 0, max: 0.2, noNaN: true });
  fc.assert(
    fc.property(size, size, fc.double({ min: 0, max: 0.8, noNaN: true }), (a, b, fall) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(afterMove(-fall, low).forcedShare).toBeLessThanOrEqual(afterMove(-fall, high).forcedShare);
      expect(afterMove(-fall / 2, high).forcedShare).toBeLessThanOrEqual(afterMove(-fall, high).forcedShare);
      expect(afterMove(-fall, high).forcedShare).toBeLessThanOrEqual(high);
    }),
    { seed: 2 },
  );
});

test("a fall liquidates leverage and excites further jumps", () => {
  const s = afterMove(-0.2, 0.1);
  expect(s.leverage).toBeLessThan(0.02);
  expect(s.stress).toBe(1);
  expect(afterMove(-0.05, 0.1).stress).toBe(0);
});

test("depth shrinks with volatility, and thin markets move more", () => {
  expect(afterMove(0, 0.05, 0.9).depth).toBeCloseTo(1, 12);
  expect(afterMove(0, 0.05, 1.8).depth).toBeLessThan(1);
  expect(shockAmplifier(0.5, u)).toBeCloseTo(Math.SQRT2, 12);
  expect(shockAmplifier(0.01, u)).toBeCloseTo(Math.sqrt(2.2), 12);
});

test("the algebraic curves have the slopes and limits of tanh and the logistic function", () => {
  expect((saturate(1e-6) - saturate(-1e-6)) / 2e-6).toBeCloseTo(1, 9);
  expect([saturate(1e9), saturate(-1e9), share(0), share(1e9), share(-1e9)]).toEqual([1, -1, 0.5, 1, 0]);
  expect((share(1e-4) - share(-1e-4)) / 2e-4).toBeCloseTo(0.25, 9);
  for (let x = -6; x <= 6; x += 0.25) expect(Math.abs(saturate(x) - Math.tanh(x))).toBeLessThan(0.09);
});
