import { describe, expect, test } from "vitest";
import { worldcoin } from "../../env/economies/worldcoin/index.js";
import type { PathController } from "../plain-path.js";
import { constantPath, livePaths, tablePath } from "./paths.js";

/** The grant follows a dollar value through a mean of the price, less is released while the price is down, most fees burn. */
const dollarPath: PathController = (o, a, _step, memory) => {
  const value = memory["value"] ?? 1.4;
  memory["value"] = value + 0.12 * (o["grantValue"]! - value);
  a["grant"] = 1.4 / Math.max(memory["value"], 0.01);
  a["release"] = 0.23 - 0.07 * o["drawdown"]!;
  a["burnShare"] = o["treasury"]! > 0.25 ? 0.75 : 0.05;
};

const DEGENERATE: Readonly<Record<string, PathController>> = {
  "burns all and gives least": constantPath(0.4, 0, 1),
  "gives least": constantPath(0.4, 0, 0),
  "gives most": constantPath(2, 0.6, 0),
};

const rewards = (controller: PathController, scenario: string, paths: number) =>
  livePaths(controller, { scenario, paths, seed: 12 }).map(({ reward }) => reward);
const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;

test("feedback beats the table as it is, and every constant of a grid, by a clear margin in the base world", () => {
  const paths = 60;
  const feedback = mean(rewards(dollarPath, "base", paths));
  let best = mean(rewards(tablePath, "base", paths));
  for (const grant of [0.7, 0.85, 1.2]) {
    for (const release of [0.12, 0.2, 0.3]) {
      for (const burnShare of [0, 0.8])
        best = Math.max(best, mean(rewards(constantPath(grant, release, burnShare), "base", paths)));
    }
  }
  expect(feedback).toBeGreaterThan(best + 0.05);
});

describe("degenerate controllers lose to the table", () => {
  // Past the mint lock the table has decayed to its last amount, so giving most is right there; farmed grants are best kept least.
  const excused: Readonly<Record<string, readonly string[]>> = {
    "gives most": ["post-lock"],
    "gives least": ["farming", "lean"],
  };
  test.each(Object.keys(worldcoin.scenarios))("in %s", (scenario) => {
    const standard = mean(rewards(tablePath, scenario, 30));
    for (const [name, controller] of Object.entries(DEGENERATE)) {
      if (excused[name]?.includes(scenario)) continue;
      expect(mean(rewards(controller, scenario, 30)), name).toBeLessThan(standard);
    }
  });
});

test("which burn share is best depends on the treasury", () => {
  const gain = (scenario: string) =>
    mean(rewards(constantPath(1, 0.2, 0.9), scenario, 40)) - mean(rewards(constantPath(1, 0.2, 0), scenario, 40));
  expect(gain("lean")).toBeLessThan(-0.05);
  expect(gain("base")).toBeGreaterThan(gain("lean") + 0.05);
});
