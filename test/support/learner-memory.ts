import { ppoSettings } from "../../agents/ppo/settings.js";
import type { LearnerOptions } from "../../agents/ppo/wasm/wasm-context.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { parseConfig } from "../../train/config.js";

/** Rewards enter the rollout as the world pays them. */
export const RAW_REWARDS = { normalizeReward: false, centerReward: false, clipReward: 1e6 };

const SMALL = { algorithm: "ppo", numEnvs: 64, numSteps: 16, numMinibatches: 2, hidden: [16], decisionInterval: 1 };

/** Options of a small learner; settings that the configuration refuses, as a learning rate of 0, can go into `more`. */
export function learnerOptions(
  world: World,
  settings: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> & { readonly numThreads?: number } = {},
): LearnerOptions {
  const { numThreads = 1, ...ppo } = more;
  const config = { ...ppoSettings(parseConfig({ ...SMALL, ...settings })), ...ppo };
  const { lane, horizon } = parseEnvOptions(world, {});
  let state = config.seed;
  // Any uniform numbers do for the weights.
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return { world, lane, horizon: config.horizon ?? horizon, ppo: config, numThreads, relaxed: false, random };
}
