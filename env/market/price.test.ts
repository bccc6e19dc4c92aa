import fc from "fast-check";
import { expect, test } from "vitest";
import { impactStep, PRICE_PARAMS, PRICE_USES, priceState, priceStep, sentimentStep } from "./price.js";

const u = PRICE_USES;
const p = Object.fromEntries(Object.entries(PRICE_PARAMS).map(([name, { value }]) => [name, value])) as Record<
  keyof typeof PRICE_PARAMS,
  number
>;
type State = Record<keyof ReturnType<typeof priceState>, number>;
const start = (): State => ({
  ...(Object.fromEntries(Object.keys(priceState("AKT")).map((name) => [name, 0])) as State),
  price: 2,
  realisedVariance: 0.64,
});

function impactOf(flowShare: number): number {
  const s = start();
  impactStep(s, p, { days: 1, flowShare, volatility: 0.8 }, u);
  return s.impact;
}

test("impact follows the square-root law: 0.4 % for 0.8 % of volume at 85 % volatility", () => {
  const s = start();
  impactStep(s, { ...p, impactKnee: 1e-9 }, { days: 1, flowShare: -0.008, volatility: 0.85 }, u);
  // Square-root law: Y * sigma_d * sqrt(Q/V) = 1 * 0.0445 * sqrt(0.008) = 0.00398.
  expect(s.impact).toBeCloseTo(-0.00398, 5);
  expect(impactOf(0.4) / impactOf(0.1)).toBeCloseTo(2, 1);
});

test("impact is odd, rises with flow and is linear for small orders", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }), (a, b) => {
      expect(impactOf(-a)).toBe(-impactOf(a) || 0);
      if (a < b) expect(impactOf(a)).toBeLessThanOrEqual(impactOf(b));
    }),
    { seed: 1 },
  );
  expect(impactOf(2e-5) / impactOf(1e-5)).toBeCloseTo(2, 1);
});

test("impact decays when the flow stops", () => {
  const s = { ...start(), impact: 0.1 };
  for (let day = 0; day < 30; day++) impactStep(s, p, { days: 1, flowShare: 0, volatility: 0.8 }, u);
  expect(s.impact).toBeCloseTo(0.1 * 0.85 ** 30, 12);
});

test("price, peak, drawdown and return follow the fundamental value", () => {
  const s = start();
  for (const value of [0.5, -0.2, 0.1]) priceStep(s, p, { days: 1, start: 2, fundamental: value }, u);
  expect(s.price).toBeCloseTo(2 * Math.exp(0.1), 12);
  expect(s.peak).toBe(0.5);
  expect(s.maxDrawdown).toBeCloseTo(0.7, 12);
  expect(s.lastReturn).toBeCloseTo(0.3, 12);
  priceStep(s, p, { days: 1, start: 2, fundamental: 100 }, u);
  expect(s.logPrice).toBe(7);
});

test("realised variance of a constant daily move is its square, annualised", () => {
  const s = start();
  for (let day = 0; day < 400; day++) priceStep(s, p, { days: 1, start: 2, fundamental: day % 2 === 0 ? 0.04 : 0 }, u);
  expect(Math.sqrt(s.realisedVariance)).toBeCloseTo(0.04 * Math.sqrt(365), 3);
  expect(Math.abs(s.trend)).toBeLessThan(0.04 * p.trendMemory);
});

test("sentiment returns to zero and follows trends", () => {
  const s = { ...start(), sentiment: 0.5 };
  for (let day = 0; day < 300; day++) sentimentStep(s, p, 0, 1, u);
  expect(s.sentiment).toBeCloseTo(0.5 * 0.97 ** 300, 12);
  sentimentStep({ ...s, trend: 0.02 }, p, 0, 1, u);
  const up = { ...s, trend: 0.02 };
  sentimentStep(up, p, 0, 1, u);
  expect(up.sentiment).toBeGreaterThan(s.sentiment);
});
