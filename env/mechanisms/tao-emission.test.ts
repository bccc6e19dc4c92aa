import fc from "fast-check";
import { expect, test } from "vitest";
import { halvingFactor, taoBlockEmission } from "./tao-emission.js";

test("emission a block follows what is issued, as the chain's steps", () => {
  // opentensor/subtensor coinbase/block_emission.rs: halvings at 10.5, 15.75, 18.375 M.
  const vectors = [
    [0, 1],
    [10_499_999, 1],
    [10_500_000, 0.5],
    [15_749_999, 0.5],
    [15_750_000, 0.25],
    [18_375_000, 0.125],
    [20_999_999, 2 ** -24],
    [21_000_000, 0],
    [22_000_000, 0],
  ];
  for (const [issued, emission] of vectors) expect(taoBlockEmission(issued!), `${issued} issued`).toBe(emission);
});

test("halvings go on after the thirtieth, up to the last double below the cap", () => {
  const left = (halvings: number) => 21e6 * 2 ** -halvings;
  for (const halvings of [29, 30, 31, 40]) {
    // More than what is left at the threshold, and less.
    const above = 21e6 - left(halvings) * 1.5;
    const below = 21e6 - left(halvings) * 0.75;
    expect(taoBlockEmission(above), `before ${halvings}`).toBe(2 ** -(halvings - 1));
    expect(taoBlockEmission(below), `after ${halvings}`).toBe(2 ** -halvings);
  }
  // 2^-28 TAO are left: 21e6 / 2^-28 lies between 2^52 and 2^53.
  expect(taoBlockEmission(21e6 - 2 ** -28)).toBe(2 ** -52);
});

test("it equals the chain's formula by logarithm, away from the thresholds where that one rounds", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 20_999_990, noNaN: true }), (issued) => {
      const halvings = Math.log2(1 / (1 - issued / 21e6));
      fc.pre(Math.abs(halvings - Math.round(halvings)) > 1e-9);
      expect(taoBlockEmission(issued)).toBe(0.5 ** Math.floor(halvings));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("block by block the issuance approaches the cap and never passes it", () => {
  let issued = 20_990_000;
  // Fifty years of days of 7,200 blocks.
  for (let day = 0; day < 365 * 50; day++) issued += 7200 * taoBlockEmission(issued);
  expect(issued).toBeGreaterThan(20_999_900);
  expect(issued).toBeLessThan(21_000_000);
});

test("with few halvings allowed for, the factor is exact up to them and never rises", () => {
  let last = 1;
  for (let share = 0; share <= 1.001; share += 1 / 4096) {
    const factor = halvingFactor(share, 4);
    expect(factor).toBeLessThanOrEqual(last);
    if (share < 1 - 2 ** -5) expect(factor).toBe(halvingFactor(share, 30));
    last = factor;
  }
  expect(last).toBe(0);
});
