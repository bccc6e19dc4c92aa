import fc from "fast-check";
import { expect, test } from "vitest";
import { backOffBlocks, collateralRatio, creditsFor, mintHalted, mintStatus } from "./burn-mint.js";

test("the back-off of the mint epoch follows AEP-76", () => {
  const vectors = [
    [9600, 10],
    [9495, 10],
    [9480, 12],
    [9200, 174],
    [9010, 1067],
    [0, 14_400],
  ];
  for (const [bps, blocks] of vectors) expect(backOffBlocks(bps!)).toBe(blocks);
});

test("the back-off never holds minting back by more than two hours above the halt, so a daily step needs no force for it", () => {
  const blocksPerDay = 14_400;
  for (let bps = 9001; bps <= 9600; bps++) {
    // All of a day's mints in epochs of this length, against all at once: the day's total is the same up to the last epoch.
    const epoch = backOffBlocks(bps);
    const served = Math.floor(blocksPerDay / epoch) * epoch;
    expect(epoch / blocksPerDay).toBeLessThanOrEqual(2 / 24);
    expect(served / blocksPerDay).toBeGreaterThan(1 - 2 / 24);
  }
});

test("the examples of AEP-76 hold: mint at one price, settle at another", () => {
  const vectors = [
    [1000, 1.14, 1.5, 877.1929824561404, 666.6666666666666, -210.52631578947376],
    [1000, 1.14, 0.9, 877.1929824561404, 1111.111111111111, 233.9181286549707],
    [1000, 1.14, 1.14, 877.1929824561404, 877.1929824561404, 0],
  ];
  for (const [usd, mintPrice, settlePrice, parked, paid, net] of vectors) {
    const tokens = usd! / mintPrice!;
    const credits = creditsFor(tokens, mintPrice!, 0);
    expect(tokens).toBeCloseTo(parked!, 9);
    expect(credits / settlePrice!).toBeCloseTo(paid!, 9);
    expect(credits / settlePrice! - tokens).toBeCloseTo(net!, 9);
  }
});

test("the collateral ratio is vault value over credits and is capped where there are none", () => {
  expect(collateralRatio(1000, 1.2, 1000, 1, 3)).toBeCloseTo(1.2, 12);
  expect(collateralRatio(1000, 1.2, 0, 1, 3)).toBe(3);
  expect(collateralRatio(1e9, 1.2, 10, 1, 3)).toBe(3);
});

test("minting halts at 0.90, restarts at 0.93 and keeps its state between", () => {
  expect(mintHalted(0, 0.9, 0.9, 0.93)).toBe(1);
  expect(mintHalted(0, 0.91, 0.9, 0.93)).toBe(0);
  expect(mintHalted(1, 0.91, 0.9, 0.93)).toBe(1);
  expect(mintHalted(1, 0.93, 0.9, 0.93)).toBe(0);
  expect([1, 0.95, 0.91, 0.9].map((ratio) => mintStatus(ratio, 0.95, 0.9))).toEqual([0, 1, 1, 2]);
});

test("the breaker is monotone in the collateral ratio", () => {
  const ratio = fc.double({ min: 0, max: 3, noNaN: true });
  fc.assert(
    fc.property(ratio, ratio, fc.integer({ min: 0, max: 1 }), (a, b, halted) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(mintHalted(halted, low, 0.9, 0.93)).toBeGreaterThanOrEqual(mintHalted(halted, high, 0.9, 0.93));
      expect(backOffBlocks(low * 1e4)).toBeGreaterThanOrEqual(backOffBlocks(high * 1e4));
    }),
    { seed: 1 },
  );
});
