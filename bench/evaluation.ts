import type { Controller } from "../agents/controller/controller.js";
import type { LearnedController } from "../agents/learned/learned-controller.js";
import { createSimulator } from "../agents/rollout/episodes.js";
import type { Rule } from "../agents/rules/rule.js";
import type { Economy } from "../env/economy.js";
import { parseEnvOptions } from "../env/settings.js";

export interface EvaluationSpeed {
  readonly episodes: number;
  readonly days: number;
  readonly threads: number;
  /** Seconds from nothing to every episode's figures: compilation and threads included. */
  readonly learnedSeconds: number;
  readonly ruleSeconds: number;
  readonly rule: string;
}

/** Whole episodes of a learned controller and of a fixed rule, as `flyball evaluate` simulates them. */
export async function measureEvaluation(
  economy: Economy,
  options: { readonly learned: LearnedController; readonly rule: Rule; readonly episodes: number; readonly threads: number },
): Promise<EvaluationSpeed> {
  const { episodes, threads, rule } = options;
  const time = (controller: Controller) => timeEpisodes(economy, controller, episodes, threads);
  const learnedSeconds = await time(options.learned);
  const ruleSeconds = await time(rule);
  return { episodes, days: economy.horizon, threads, learnedSeconds, ruleSeconds, rule: rule.id };
}

async function timeEpisodes(economy: Economy, controller: Controller, episodes: number, threads: number): Promise<number> {
  const started = performance.now();
  const { lane, horizon } = parseEnvOptions(economy, {});
  const simulator = await createSimulator({
    world: economy,
    lane,
    controllers: { timed: controller },
    maxLanes: episodes,
    maxHorizon: horizon,
    numThreads: threads,
  });
  try {
    simulator.run("timed", { batches: [{ overrides: {}, episodes }], horizon, seed: 1, split: "test", block: 0 });
  } finally {
    await simulator.dispose();
  }
  return (performance.now() - started) / 1000;
}
