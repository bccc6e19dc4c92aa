import seedrandom from "seedrandom";
import { ppoSettings } from "../agents/ppo/settings.js";
import type { PpoState } from "../agents/ppo/state.js";
import { writeControls, writeScaling } from "../agents/ppo/wasm/inputs.js";
import { collectJobs } from "../agents/ppo/wasm/jobs.js";
import { openContext } from "../agents/ppo/wasm/open-wasm-context.js";
import type { LearnerContext, LearnerOptions } from "../agents/ppo/wasm/wasm-context.js";
import { restoreArrays } from "../agents/ppo/wasm/wasm-state.js";
import { collect } from "../agents/rollout/collect.js";
import type { Economy } from "../env/economy.js";
import { parseEnvOptions } from "../env/settings.js";
import { parseConfig } from "../train/config.js";

/** So that the learning rate is not lowered to nothing while the clock runs. */
const ENDLESS = 1e12;

/** A learner as `flyball train` makes it with the default configuration, but for `changes`. */
export function learnerOptions(
  economy: Economy,
  numThreads: number,
  changes: Readonly<Record<string, unknown>> = {},
): LearnerOptions {
  const config = ppoSettings(parseConfig({ algorithm: "ppo", ...changes }));
  const { lane, horizon } = parseEnvOptions(economy, {});
  const { relaxed, seed } = config;
  return {
    world: economy,
    lane,
    horizon,
    ppo: { ...config, totalSteps: ENDLESS },
    numThreads,
    relaxed,
    random: seedrandom(`weights ${seed}`),
  };
}

/**
 * The parts of a learner laid open, on one thread, in the middle of a run: jobs and kernels can be called and timed one by one.
 * The memory holds a finished rollout, ready for updates.
 */
export async function openLearner(options: LearnerOptions, state: PpoState): Promise<LearnerContext> {
  const context = await openContext({ ...options, numThreads: 1 });
  restoreArrays(context, state);
  writeControls(context, state.clock);
  writeScaling(context, state);
  collect(context, collectJobs(context.jobs));
  return context;
}
