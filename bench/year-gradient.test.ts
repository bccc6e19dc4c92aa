import { expect, test } from "vitest";
import { findEconomy } from "../env/registry.js";
import { measureYearGradient } from "./year-gradient.js";

test("a gradient through a year of a policy with base and memory is at most five forward simulations, and every call has its share", async () => {
  const { days, forward, gradient, ratio, calls } = await measureYearGradient(findEconomy("worldcoin"), {
    episodes: 64,
    rounds: 5,
  });
  expect(days).toBe(365);
  expect(Math.min(forward, gradient)).toBeGreaterThan(0);
  expect(ratio).toBeLessThan(5);
  expect(calls.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  const names = calls.map(({ name }) => name);
  expect(names).toContain("episodes forwards: worldcoin-v1 step");
  expect(names).toContain("episodes backwards: worldcoin-v1 step backwards");
  expect(names).toContain("episodes backwards: inputGradient");
});
