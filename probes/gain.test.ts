import { expect, test } from "vitest";
import { actLearned } from "../agents/learned/act-learned.js";
import type { PolicyState } from "../agents/learner/state.js";
import { loadLearned } from "../agents/policy/load-learned.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import { parseEnvOptions } from "../env/settings.js";
import { parseConfig } from "../train/config.js";
import { train } from "../train/train.js";
import { PROBES } from "./probe.js";
import { LQR, solveLinearQuadratic } from "./riccati.js";

test("PPO finds the gain of the discounted Riccati equation on the scalar LQR", async () => {
  const { world, config: settings } = PROBES.find(({ id }) => id === "lqr")!.trials.ppo!;
  const config = parseConfig({ ...settings, totalSteps: 300_000, seed: 1 });
  const { lane } = parseEnvOptions(world, {});
  let last: PolicyState | undefined;
  for await (const event of train({ world, lane, config, numThreads: 1 })) if (event.kind === "checkpoint") last = event.state;
  const controller = loadLearned({
    world,
    lane,
    objective: "balanced",
    decisionInterval: 1,
    agent: planPolicy(world, config),
    parameters: last!.params,
  });
  const [gain] = solveLinearQuadratic(LQR).gain;
  expect(gain).toBeCloseTo(0.60373, 5);
  // Slope of the least squares through the actions over the start's distribution, -2 to 2 standard deviations of it.
  const points = Array.from({ length: 81 }, (_, i) => (i - 40) / 20);
  const weight = (x: number) => Math.exp(-0.5 * x * x);
  const moment = (f: (x: number) => number) => points.reduce((sum, x) => sum + weight(x) * f(x), 0);
  const push = (x: number) => actLearned(controller, [x])[0]!;
  const slope = moment((x) => x * push(x)) / moment((x) => x * x);
  // Seeds 1 to 4 come within 2.5 %.
  expect(Math.abs(-slope / gain! - 1)).toBeLessThan(0.05);
});
