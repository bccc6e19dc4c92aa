import { expect, test } from "vitest";
import { halvingReward } from "./halving.js";

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
