import fc from "fast-check";
import { expect, test } from "vitest";
import { alphaForTao, alphaUntil, poolPrice, ratioAfterInjection, swapShare, taoForAlpha, taoUntil } from "./balancer-pool.js";

const amount = fc.double({ min: 100, max: 1e6, noNaN: true });
const ratio = fc.double({ min: 0.1, max: 9, noNaN: true });
const fraction = fc.double({ min: 1e-4, max: 0.5, noNaN: true });
const close = (a: number, b: number, tolerance = 1e-9) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * (Math.abs(a) + Math.abs(b)));

test("with equal weights the pool is the constant-product one", () => {
  fc.assert(
    fc.property(amount, amount, fraction, (tao, alpha, share) => {
      close(poolPrice(tao, alpha, 1), tao / alpha);
      close(taoForAlpha(tao, alpha, 1, share * alpha), tao - (tao * alpha) / (alpha + share * alpha));
      close(alphaForTao(tao, alpha, 1, share * tao), alpha - (tao * alpha) / (tao + share * tao));
    }),
    { seed: 1 },
  );
});

test("a swap keeps the weighted invariant alpha^w1 tao^w2", () => {
  const invariant = (tao: number, alpha: number, r: number) => (r * Math.log(alpha) + Math.log(tao)) / (1 + r);
  fc.assert(
    fc.property(amount, amount, ratio, fraction, (tao, alpha, r, share) => {
      const sold = share * alpha;
      close(invariant(tao, alpha, r), invariant(tao - taoForAlpha(tao, alpha, r, sold), alpha + sold, r));
      const paid = share * tao;
      close(invariant(tao, alpha, r), invariant(tao + paid, alpha - alphaForTao(tao, alpha, r, paid), r));
    }),
    { seed: 2 },
  );
});

test("selling and buying up to a price limit arrive at it", () => {
  fc.assert(
    fc.property(amount, amount, ratio, fraction, (tao, alpha, r, share) => {
      const price = poolPrice(tao, alpha, r);
      const sold = alphaUntil(tao, alpha, r, price * (1 - share));
      close(poolPrice(tao - taoForAlpha(tao, alpha, r, sold), alpha + sold, r), price * (1 - share));
      const paid = taoUntil(tao, alpha, r, price * (1 + share));
      close(poolPrice(tao + paid, alpha - alphaForTao(tao, alpha, r, paid), r), price * (1 + share));
    }),
    { seed: 3 },
  );
});

test("a price that is already at its limit needs no swap, and what is no pool is refused", () => {
  expect(alphaUntil(100, 200, 1, 0.5)).toBe(0);
  expect(alphaUntil(100, 200, 1, 0.6)).toBe(0);
  expect(taoUntil(100, 200, 1, 0.4)).toBe(0);
  expect(() => taoForAlpha(0, 1, 1, 1)).toThrow(/tao is 0, it must be a finite number above 0/);
  expect(() => alphaForTao(1, 1, 1, -1)).toThrow(/paid is -1/);
  expect(() => taoUntil(1, 1, Number.NaN, 1)).toThrow(/ratio is NaN/);
  expect(() => alphaUntil(1, 1, 1, 0)).toThrow(/limit is 0/);
});

test("an injection moves the weights and leaves the price", () => {
  fc.assert(
    fc.property(amount, amount, ratio, fraction, fraction, (tao, alpha, r, moreTao, moreAlpha) => {
      const [addedTao, addedAlpha] = [moreTao * tao, moreAlpha * alpha];
      const after = ratioAfterInjection(tao, alpha, r, addedTao, addedAlpha);
      const price = poolPrice(tao, alpha, r);
      close(poolPrice(tao + addedTao, alpha + addedAlpha, after), price);
      // w1 = p (x + dx) / (p (x + dx) + y + dy) of the chain, as weight of alpha.
      const value = price * (alpha + addedAlpha);
      close(after / (1 + after), value / (value + tao + addedTao));
    }),
    { seed: 4 },
  );
  // At the price, and from equal weights, nothing moves.
  close(ratioAfterInjection(1000, 500, 1, 20, 10), 1);
});

test("the share without a power is the exact one for equal weights and within its bound for others", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 0.2, noNaN: true }),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      (paid, power) => {
        close(swapShare(paid, 1), 1 - 1 / (1 + paid), 1e-9);
        const exact = 1 - (1 + paid) ** -power;
        const bound = (power * Math.abs(power * power - 1) * paid ** 3) / 12;
        // The next term of the series is of the order power^4 paid^4.
        expect(Math.abs(swapShare(paid, power) - exact)).toBeLessThan(bound * (1 + power * paid) + 1e-15);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

test("no payment empties a pool", () => {
  for (const power of [0.2, 1, 9]) {
    for (const paid of [0, 1, 100, 1e9]) {
      expect(swapShare(paid, power)).toBeGreaterThanOrEqual(0);
      expect(swapShare(paid, power)).toBeLessThanOrEqual(0.95);
    }
  }
});

test("with a fee nobody gains by going to and fro, and the pool's invariant does not fall", () => {
  const fee = 33 / 65535;
  fc.assert(
    fc.property(amount, amount, fraction, (tao, alpha, share) => {
      const sold = share * alpha;
      const out = tao * swapShare((sold * (1 - fee)) / alpha, 1);
      const [tao1, alpha1] = [tao - out, alpha + sold];
      const back = alpha1 * swapShare((out * (1 - fee)) / tao1, 1);
      expect(back).toBeLessThan(sold);
      expect((tao1 + out) * (alpha1 - back)).toBeGreaterThan(tao * alpha);
    }),
    { seed: 6 },
  );
});

test("a trade of 1e-15 of the pool gets its price to the last digits", () => {
  // The first terms of the binomial series: power * x * (1 - (power + 1) x / 2), the next is below 1e-13 of it.
  fc.assert(
    fc.property(amount, amount, ratio, fc.double({ min: 1e-18, max: 1e-8, noNaN: true }), (tao, alpha, r, share) => {
      const series = (power: number) => power * share * (1 - ((power + 1) * share) / 2);
      close(taoForAlpha(tao, alpha, r, share * alpha), tao * series(r), 1e-14);
      close(alphaForTao(tao, alpha, r, share * tao), alpha * series(1 / r), 1e-14);
    }),
    { seed: 8 },
  );
  expect(taoForAlpha(1e6, 1e6, 1, 1e-9)).toBeCloseTo(1e-9, 22);
  expect(taoForAlpha(1e6, 1e6, 1, 1e-300)).toBe(1e-300);
});

test("a swap up to a price limit a hair away keeps its digits", () => {
  const near = 1 + 2 ** -40;
  // Weights equal, price 1: sqrt(near) - 1 = 2^-41 - 2^-83 + ...
  expect(taoUntil(1, 1, 1, near) / (2 ** -41 - 2 ** -83)).toBeCloseTo(1, 14);
  expect(alphaUntil(near, 1, 1, 1) / (2 ** -41 - 2 ** -83)).toBeCloseTo(1, 14);
});
