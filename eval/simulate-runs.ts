import { controllerKind, type NamedController } from "../agents/controller/controller.js";
import { createSimulator, type EpisodeSimulator } from "../agents/rollout/episodes.js";
import type { LaneOptions } from "../env/lane/uses.js";
import type { World } from "../env/world.js";
import type { ControllerRun } from "./types.js";

/** A controller of a comparison, perhaps with a lever taken away. */
interface Candidate extends NamedController {
  /** Of a learned controller: the same for all runs that differ in the training seed alone. */
  readonly settings?: string;
  /** Actions that are held at a value whatever the controller asks for. */
  readonly frozen?: Readonly<Record<string, number>>;
}

export interface RunsOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly candidates: readonly Candidate[];
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

interface RunsProgress {
  readonly done: number;
  readonly of: number;
  readonly id: string;
}

/**
 * Simulates every candidate on the same test markets: episode i of a scenario has the same shocks for all of them.
 * Decisions are deterministic. Calls `report` before each candidate.
 */
export async function simulateRuns(
  options: RunsOptions,
  report: (progress: RunsProgress) => Promise<void>,
): Promise<ControllerRun[]> {
  const { world, candidates, scenarios, episodes, horizon } = options;
  const controllers = Object.fromEntries(candidates.map(({ id, controller }) => [id, controller]));
  const frozen = Object.fromEntries(candidates.flatMap(({ id, frozen }) => (frozen ? [[id, frozen]] : [])));
  const simulator = await createSimulator({
    world,
    lane: options.lane,
    controllers,
    frozen,
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
          frozen,
          maxLanes: scenarios.length * options.seriesEpisodes,
          maxHorizon: horizon,
          series: true,
          numThreads: options.numThreads,
        })
      : undefined;
  try {
    const runs: ControllerRun[] = [];
    for (const [done, candidate] of candidates.entries()) {
      await report({ done, of: candidates.length, id: candidate.id });
      runs.push(runCandidate(options, candidate, simulator, plots));
    }
    return runs;
  } finally {
    await simulator.dispose();
    await plots?.dispose();
  }
}

function runCandidate(
  options: RunsOptions,
  candidate: Candidate,
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
  const results = simulator.run(candidate.id, request(options.episodes));
  const series = plots?.run(candidate.id, { ...request(options.seriesEpisodes), series: true });
  return {
    id: candidate.id,
    kind: controllerKind(candidate.controller),
    tuned: candidate.tuned,
    ...(candidate.settings === undefined ? {} : { settings: candidate.settings }),
    scenarios: Object.fromEntries(
      scenarios.map((name, i) => [name, { metrics: results[i]!.metrics, ...(series ? { series: series[i]!.series! } : {}) }]),
    ),
  };
}

/** Versions of a candidate with one action each frozen at its mean over all scenarios: what that channel earns. */
export function ablations(
  candidate: Candidate,
  run: ControllerRun,
): { readonly channel: string; readonly candidate: Candidate }[] {
  const scenarios = Object.values(run.scenarios);
  const channels = Object.keys(scenarios[0]!.metrics.actions);
  return channels.map((channel) => {
    const values = scenarios.flatMap(({ metrics }) => Array.from(metrics.actions[channel]!));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const { id, tuned, controller } = candidate;
    return { channel, candidate: { id: `${id} without ${channel}`, tuned, controller, frozen: { [channel]: mean } } };
  });
}
