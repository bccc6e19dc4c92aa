import fc from "fast-check";
import { expect, test } from "vitest";
import { burnedFor, equilibriumPrice, netEmission } from "./burn-mint-equilibrium.js";

// RNP-001 and RNP-006: 95 % of what users pay is burned.
test.each([
  [30_000, 15_000, 1.9],
  [100_000, 17_800, 5.337078651685394],
])("%d USD an epoch against %d tokens minted balance at a price of %d", (usd, minted, price) => {
  expect(equilibriumPrice(usd, minted, 0.95)).toBeCloseTo(price, 12);
  expect(burnedFor(usd, price, 0.95)).toBeCloseTo(minted, 8);
});

test("the supply converges to the equilibrium when the price only follows scarcity", () => {
  // The whole supply is worth a constant amount, users spend a constant amount: dS/dt = E - 0.95 U S / M.
  const [value, usd, minted] = [1e9, 2e6, 8e5];
  let supply = 5e8;
  for (let epoch = 0; epoch < 20_000; epoch++) supply += minted - burnedFor(usd, value / supply, 0.95);
  expect(value / supply).toBeCloseTo(equilibriumPrice(usd, minted, 0.95), 9);
});

const amount = fc.double({ min: 0, max: 1e9, noNaN: true });

test("no epoch mints more than it wants, than the budget has, or than was burned", () => {
  fc.assert(
    fc.property(amount, amount, amount, fc.double({ min: 0, max: 1, noNaN: true }), (wish, budget, burned, share) => {
      const { issued, recycled } = netEmission(wish, budget, burned, share);
      expect(issued).toBe(Math.min(wish, budget));
      expect(recycled).toBeGreaterThanOrEqual(0);
      expect(issued + recycled).toBeLessThanOrEqual(wish * (1 + 1e-15));
      expect(recycled).toBeLessThanOrEqual(Math.min(burned, share * wish));
      if (budget >= wish) expect(recycled).toBe(0);
    }),
  );
});

test("once the budget is spent, burned tokens are minted again, up to their share of the epoch", () => {
  expect(netEmission(100, 30, 1000, 0.5)).toEqual({ issued: 30, recycled: 50 });
  expect(netEmission(100, 80, 1000, 0.5)).toEqual({ issued: 80, recycled: 20 });
  expect(netEmission(100, 0, 10, 0.5)).toEqual({ issued: 0, recycled: 10 });
  expect(netEmission(100, -5, 0, 0.5)).toEqual({ issued: 0, recycled: 0 });
});
