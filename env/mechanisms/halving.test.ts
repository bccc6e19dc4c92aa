import { expect, test } from "vitest";
import { halvingReward, issuanceHalving } from "./halving.js";

test("the interval halving gives Bitcoin's subsidy", () => {
  const vectors = [
    [0, 5_000_000_000],
    [209_999, 5_000_000_000],
    [210_000, 2_500_000_000],
    [630_000, 625_000_000],
    [64 * 210_000, 0],
  ];
  for (const [height, satoshi] of vectors) expect(Math.floor(halvingReward(50e8, height!, 210_000))).toBe(satoshi);
});

test("the issuance halving gives Bittensor's emission steps", () => {
  const vectors = [
    [0, 1],
    [10_499_999, 1],
    [10_500_001, 0.5],
    [15_749_999, 0.5],
    [15_750_001, 0.25],
    [18_375_001, 0.125],
    [21_000_000, 0],
  ];
  for (const [issued, reward] of vectors) expect(issuanceHalving(1, issued!, 21e6)).toBe(reward);
});

test("the emission halves exactly at its thresholds", () => {
  for (const [issued, reward] of [
    [10_500_000, 0.5],
    [15_750_000, 0.25],
    [18_375_000, 0.125],
  ]) {
    expect(issuanceHalving(1, issued!, 21e6)).toBe(reward);
  }
});
