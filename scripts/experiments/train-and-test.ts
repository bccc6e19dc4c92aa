import type { Controller } from "../../agents/controller/controller.js";
import { loadLearned } from "../../agents/policy/load-learned.js";
import { planPolicy } from "../../agents/policy/plan-policy.js";
import type { EpisodeMetrics } from "../../agents/rollout/episode-metrics.js";
import { createSimulator } from "../../agents/rollout/episodes.js";
import type { Economy } from "../../env/economy.js";
import { parseEnvOptions } from "../../env/settings.js";
import { parseConfig } from "../../train/config.js";
import { train } from "../../train/train.js";
import type { TrainState } from "../../train/train-state.js";

interface Training {
  readonly economy: Economy;
  readonly objective: string;
  readonly seed: number;
  readonly totalSteps: number;
  readonly numThreads: number;
}

/** Trains with the default settings and returns the controller that the run would export. */
export async function trainController({ economy, objective, seed, totalSteps, numThreads }: Training): Promise<Controller> {
  const { lane } = parseEnvOptions(economy, { objective });
  const config = parseConfig({ algorithm: "ppo", seed, totalSteps, objective });
  let last: TrainState | undefined;
  for await (const event of train({ world: economy, lane, config, numThreads }))
    if (event.kind === "checkpoint") last = event.state;
  const { params: parameters, observationMoments: moments } = last!;
  const { decisionInterval } = config;
  const agent = planPolicy(economy, config);
  return loadLearned({ world: economy, lane, objective, agent, decisionInterval, parameters, moments });
}

interface Trial {
  readonly economy: Economy;
  readonly objective: string;
  readonly controllers: Readonly<Record<string, Controller>>;
  /** Values of varying parameters, one set for each stratum. */
  readonly settings: readonly Readonly<Record<string, number>>[];
  readonly episodes: number;
  readonly seed: number;
  readonly block: number;
  readonly numThreads: number;
}

/** Metrics of each controller on the same test markets, one entry a setting. */
export async function testControllers(trial: Trial): Promise<ReadonlyMap<string, readonly EpisodeMetrics[]>> {
  const { economy, objective, controllers, settings, episodes, seed, block, numThreads } = trial;
  const { lane, horizon } = parseEnvOptions(economy, { objective });
  const maxLanes = settings.length * episodes;
  const simulator = await createSimulator({ world: economy, lane, controllers, maxLanes, maxHorizon: horizon, numThreads });
  try {
    const batches = settings.map((overrides) => ({ overrides, episodes }));
    const request = { batches, horizon, seed, split: "test", block } as const;
    const run = (id: string) => simulator.run(id, request).map(({ metrics }) => metrics);
    return new Map(Object.keys(controllers).map((id) => [id, run(id)]));
  } finally {
    await simulator.dispose();
  }
}
