import fc from "fast-check";
import { expect, test } from "vitest";
import { clamp } from "../../compiler/primitives.js";
import { ARBITRAGE_USES, arbitrageStep, rememberSpread, steadySpeed } from "./arbitrage.js";

const u = { ...ARBITRAGE_USES, clamp };
const RESPONSE = 4;
const OPEN = { days: 1, open: 1 };
type State = Parameters<typeof arbitrageStep>[0];
type Params = Parameters<typeof arbitrageStep>[1];

const start = (sharePremium: number): State => ({
  sharePremium,
  sharePosition: 0,
  shareSpread1: sharePremium,
  shareSpread2: sharePremium,
  shareSpread3: sharePremium,
  shareSpread4: sharePremium,
});
const bots = (changes: Partial<Params> = {}): Params => ({
  arbitrageSpeed: 0.25,
  arbitrageCost: 0,
  arbitrageLatency: 0,
  arbitrageLimit: 0.5,
  arbitrageUnwind: 0,
  shareResponse: RESPONSE,
  ...changes,
});

/** The spread when nothing but the bots moves it. */
function spreads(s: State, p: Params, steps: number, open = 1): number[] {
  return Array.from({ length: steps }, () => {
    const { trade } = arbitrageStep(s, p, { days: 1, open }, u);
    rememberSpread(s);
    s.sharePremium -= RESPONSE * trade;
    return s.sharePremium;
  });
}

test("without cost, latency or limit a fraction of the spread closes in each step", () => {
  const path = spreads(start(0.2), bots(), 10);
  path.forEach((spread, i) => {
    expect(spread).toBeCloseTo(0.2 * 0.75 ** (i + 1), 12);
  });
});

test("a spread below the cost is left alone, one above it closes to the cost", () => {
  expect(spreads(start(0.019), bots({ arbitrageCost: 0.02 }), 5).at(-1)).toBe(0.019);
  expect(spreads(start(-0.2), bots({ arbitrageCost: 0.02 }), 60).at(-1)).toBeCloseTo(-0.02, 6);
});

test("the inventory limit leaves the rest of the spread open", () => {
  const path = spreads(start(0.5), bots({ arbitrageLimit: 0.05 }), 100);
  expect(path.at(-1)).toBeCloseTo(0.5 - RESPONSE * 0.05, 9);
});

test("positions stay within their limit whatever the spread does", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 30 }), (path) => {
      const s = start(0);
      for (const spread of path) {
        s.sharePremium = spread;
        arbitrageStep(s, bots({ arbitrageLimit: 0.08, arbitrageUnwind: 0.1 }), OPEN, u);
        if (Math.abs(s.sharePosition) > 0.08 + 1e-12) return false;
        rememberSpread(s);
      }
      return true;
    }),
  );
});

test("a closed share leg stops the bots", () => {
  expect(spreads(start(0.3), bots(), 5, 0)).toEqual([0.3, 0.3, 0.3, 0.3, 0.3]);
});

test.each([0, 1, 2, 3, 4])(
  "at a latency of %i steps the spread closes below the steady speed and swings up above it",
  (latency) => {
    const swing = (factor: number) => {
      const p = bots({ arbitrageLatency: latency, arbitrageSpeed: factor * steadySpeed(latency), arbitrageLimit: 1e9 });
      const path = spreads(start(0.01), p, 600).map(Math.abs);
      return Math.max(...path.slice(-40)) / Math.max(...path.slice(0, 40));
    };
    expect(swing(0.9)).toBeLessThan(0.1);
    expect(swing(1.1)).toBeGreaterThan(10);
  },
);

test("the gain is spread less cost less own impact, and stale bots lose", () => {
  const fresh = arbitrageStep(start(0.2), bots({ arbitrageCost: 0.02 }), OPEN, u);
  const { trade } = fresh;
  expect(trade).toBeCloseTo((0.25 * 0.18) / RESPONSE, 12);
  expect(fresh.gain).toBeCloseTo(trade * (0.2 - 0.02) - 0.5 * RESPONSE * trade ** 2, 12);
  const turned = { ...start(0.2), sharePremium: -0.1 };
  expect(arbitrageStep(turned, bots({ arbitrageLatency: 2 }), OPEN, u).gain).toBeLessThan(0);
});
