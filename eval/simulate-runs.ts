import type { EpisodeController } from "../agents/rollout/controller-stage.js";
import { createSimulator, type EpisodeSimulator } from "../agents/rollout/episodes.js";
import type { LaneOptions } from "../env/lane/uses.js";
import type { World } from "../env/world.js";
import type { ControllerRun } from "./types.js";

export interface Contender {
  /** Unique in a report. */
  readonly id: string;
  readonly tuned: boolean;
  readonly controller: EpisodeController;
}

export interface RunsOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly contenders: readonly Contender[];
  readonly scenarios: readonly string[];
  /** Per scenario. */
  readonly episodes: number;
  readonly horizon: number;
  readonly seed: number;
  /** Block of test markets. */
  readonly block: number;
  /** Episodes of each scenario whose daily series are kept for the plots; 0 for none. */
  readonly seriesEpisodes: number;
  readonly numThreads: number;
}

export interface RunsProgress {
  readonly done: number;
  readonly of: number;
  readonly id: string;
}

/**
 * Lets every contender live through the same test markets: episode i of a scenario has the same shocks for all of them.
 * Decisions are deterministic. Calls `report` before each contender.
 */
export async function simulateRuns(
  options: RunsOptions,
  report: (progress: RunsProgress) => Promise<void>,
): Promise<ControllerRun[]> {
  const { world, contenders, scenarios, episodes, horizon } = options;
  const controllers = Object.fromEntries(contenders.map(({ id, controller }) => [id, controller]));
  const simulator = await createSimulator({
    world,
    lane: options.lane,
    controllers,
    maxLanes: scenarios.length * Math.max(episodes, options.seriesEpisodes),
    maxHorizon: horizon,
    numThreads: options.numThreads,
  });
  const plots =
    options.seriesEpisodes > 0
      ? await createSimulator({
          world,
          lane: options.lane,
          controllers,
          maxLanes: scenarios.length * options.seriesEpisodes,
          maxHorizon: horizon,
          series: true,
          numThreads: options.numThreads,
        })
      : undefined;
  try {
    const runs: ControllerRun[] = [];
    for (const [done, contender] of contenders.entries()) {
      await report({ done, of: contenders.length, id: contender.id });
      runs.push(runContender(options, contender, simulator, plots));
    }
    return runs;
  } finally {
    await simulator.dispose();
    await plots?.dispose();
  }
}

function runContender(
  options: RunsOptions,
  contender: Contender,
  simulator: EpisodeSimulator,
  plots: EpisodeSimulator | undefined,
): ControllerRun {
  const { scenarios, world, horizon, seed, block } = options;
  const request = (episodes: number) => ({
    batches: scenarios.map((name) => ({ overrides: world.scenarios[name]!.overrides, episodes })),
    horizon,
    seed,
    split: "test" as const,
    block,
  });
  const results = simulator.run(contender.id, request(options.episodes));
  const series = plots?.run(contender.id, { ...request(options.seriesEpisodes), series: true });
  return {
    id: contender.id,
    kind: contender.controller.kind,
    tuned: contender.tuned,
    scenarios: Object.fromEntries(
      scenarios.map((name, i) => [name, { metrics: results[i]!.metrics, ...(series ? { series: series[i]!.series! } : {}) }]),
    ),
  };
}

/** Versions of a contender with one action each frozen at its mean over all scenarios: what that channel earns. */
export function ablations(
  contender: Contender,
  run: ControllerRun,
): { readonly channel: string; readonly contender: Contender }[] {
  const scenarios = Object.values(run.scenarios);
  const channels = Object.keys(scenarios[0]!.metrics.actions);
  return channels.map((channel) => {
    const values = scenarios.flatMap(({ metrics }) => Array.from(metrics.actions[channel]!));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const controller: EpisodeController = { ...contender.controller, frozen: { [channel]: mean } };
    return { channel, contender: { id: `${contender.id} without ${channel}`, tuned: contender.tuned, controller } };
  });
}
