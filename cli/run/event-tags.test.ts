import { expect, test } from "vitest";
import { tagOf } from "./event-tags.js";

test("figures are in the groups and under the names of Stable-Baselines3 where it has them", () => {
  expect(["episodicReturn", "episodeLength", "approxKl", "valueLoss", "learningRate", "stepsPerSecond"].map(tagOf)).toEqual([
    "rollout/ep_rew_mean",
    "rollout/ep_len_mean",
    "train/approx_kl",
    "train/value_loss",
    "train/learning_rate",
    "time/fps",
  ]);
});

test("costs have a group of their own, deviations carry the action's name", () => {
  expect(["costs.drawdown", "std.issuance"].map(tagOf)).toEqual(["costs/drawdown", "train/std/issuance"]);
});
