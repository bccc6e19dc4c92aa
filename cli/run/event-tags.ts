/**
 * Names of our figures in TensorBoard, in the groups of Stable-Baselines3, so that runs of both stand in the same plots.
 * Source: stable_baselines3 2.3, common/on_policy_algorithm.py and ppo/ppo.py. `entropy` is none of theirs: they log its negative.
 */
const TAGS: Readonly<Record<string, string>> = {
  episodicReturn: "rollout/ep_rew_mean",
  episodeLength: "rollout/ep_len_mean",
  meanReward: "rollout/reward_mean",
  policyLoss: "train/policy_gradient_loss",
  stepsPerSecond: "time/fps",
};

/** `costs.drawdown` is in the group `costs`, `eval/return` in `eval`, `std.issuance` and all other figures in `train`. */
export function tagOf(figure: string): string {
  const known = TAGS[figure];
  if (known !== undefined) return known;
  if (figure.startsWith("eval/")) return figure;
  const [group, ...rest] = figure.split(".");
  const name = rest.length === 0 ? snakeCase(figure) : rest.join("/");
  return group === "costs" ? `costs/${name}` : rest.length === 0 ? `train/${name}` : `train/${group}/${name}`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
