import { expect, test } from "vitest";
import { akash } from "../../env/economies/akash/index.js";
import { COARSE_GRID, controlGates, DEGENERATE, feedbackPath, scenarioControl } from "./control-gates.js";
import { passes } from "./gates.js";
import { constantPath, livePaths } from "./paths.js";

const reward = (controller: Parameters<typeof livePaths>[0], scenario: string, paths: number) =>
  livePaths(controller, { scenario, paths, seed: 12 }).reduce((sum, path) => sum + path.reward / paths, 0);

test("feedback beats every constant of a grid in the base world", () => {
  const gates = controlGates([scenarioControl("base", COARSE_GRID, 100, 12)]).slice(1);
  expect(gates.filter((gate) => !passes(gate))).toEqual([]);
});

test.each(Object.keys(akash.scenarios))(
  "burning or emitting at the most loses to feedback and to a moderate constant in %s",
  (scenario) => {
    const [feedback, moderate] = [feedbackPath, constantPath(0.038, 0.12, 0.19)].map((rule) => reward(rule, scenario, 50));
    for (const [name, controller] of Object.entries(DEGENERATE)) {
      const value = reward(controller, scenario, 50);
      expect(value, name).toBeLessThan(feedback!);
      expect(value, name).toBeLessThan(moderate!);
    }
  },
);

test("doing nothing loses to feedback in every scenario", () => {
  for (const scenario of Object.keys(akash.scenarios)) {
    expect(reward(constantPath(0.01, 0, 0.12), scenario, 50)).toBeLessThan(reward(feedbackPath, scenario, 50));
  }
});
