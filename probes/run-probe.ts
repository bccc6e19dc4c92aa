import type { Controller } from "../agents/controller/controller.js";
import type { LearnedController } from "../agents/learned/learned-controller.js";
import type { PolicyState } from "../agents/learner/state.js";
import { loadLearned } from "../agents/policy/load-learned.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import { createSimulator } from "../agents/rollout/episodes.js";
import type { Split } from "../core/random.js";
import { DEFAULT_LIMITS } from "../env/breakers/limits.js";
import type { LaneOptions } from "../env/lane/uses.js";
import { resolveParams, resolveWeights } from "../env/params.js";
import type { World } from "../env/world.js";
import { parseConfig, type TrainConfig } from "../train/config.js";
import { train } from "../train/train.js";
import type { Probe } from "./probe.js";

interface ProbeOptions {
  readonly seed: number;
  readonly numThreads: number;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  /** Changed settings, for a quick form. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Episodes of the final score; default is the probe's. */
  readonly episodes?: number;
}

export interface ProbeRun {
  readonly probe: string;
  readonly seed: number;
  /** On test markets, after the last step. */
  readonly score: number;
  readonly reached: boolean;
  /** Of training, evaluations not counted: until the threshold was first reached on selection markets, and in all. */
  readonly secondsToThreshold: number | null;
  readonly seconds: number;
  readonly stepsToThreshold: number | null;
  readonly steps: number;
}

/** Looks for the threshold during training on this many episodes. */
const SELECTION_EPISODES = 1024;

export async function runProbe(probe: Probe, options: ProbeOptions): Promise<ProbeRun> {
  const config = parseConfig({ checkpointEvery: 4, ...probe.config, ...options.config, seed: options.seed });
  const lane = laneOptions(probe.world);
  let seconds = 0;
  let mark = options.now();
  let first: { readonly seconds: number; readonly steps: number } | undefined;
  let last: PolicyState | undefined;
  for await (const event of train({ world: probe.world, lane, config, numThreads: options.numThreads })) {
    if (event.kind !== "checkpoint") continue;
    seconds += (options.now() - mark) / 1000;
    last = event.state;
    if (!first && reaches(probe, await evaluate(probe, last, config, options.numThreads, SELECTION_EPISODES, "selection"))) {
      first = { seconds, steps: last.envSteps };
    }
    mark = options.now();
  }
  const episodes = options.episodes ?? probe.evaluation.episodes;
  const score = await evaluate(probe, last!, config, options.numThreads, episodes, "test");
  return {
    probe: probe.id,
    seed: options.seed,
    score,
    reached: reaches(probe, score),
    secondsToThreshold: first?.seconds ?? null,
    seconds,
    stepsToThreshold: first?.steps ?? null,
    steps: last!.envSteps,
  };
}

export function reaches(probe: Probe, score: number): boolean {
  return probe.better === "higher" ? score >= probe.threshold : score <= probe.threshold;
}

/** Probes have no token, so no breaker acts on them. */
function laneOptions(world: World): LaneOptions {
  return { weights: resolveWeights(world), limits: DEFAULT_LIMITS, params: resolveParams(world) };
}

/** Score of the deterministic policy. */
async function evaluate(
  probe: Probe,
  state: PolicyState,
  config: TrainConfig,
  numThreads: number,
  episodes: number,
  split: Split,
): Promise<number> {
  const { world, horizon, reference, scoreOf } = probe.evaluation;
  const controllers: Record<string, Controller> = {
    learned: makeController(probe, state, config),
    ...(reference ? { reference } : {}),
  };
  const lane = laneOptions(world);
  const simulator = await createSimulator({ world, lane, controllers, maxLanes: episodes, maxHorizon: horizon, numThreads });
  try {
    const request = { batches: [{ overrides: {}, episodes }], horizon, seed: 1, split, block: 0 };
    const [learned, other] = Object.keys(controllers).map((id) => simulator.run(id, request)[0]!.metrics);
    return scoreOf(learned!, other);
  } finally {
    await simulator.dispose();
  }
}

function makeController(probe: Probe, state: PolicyState, config: TrainConfig): LearnedController {
  return loadLearned({
    world: probe.world,
    lane: laneOptions(probe.world),
    objective: Object.keys(probe.world.objectives)[0]!,
    decisionInterval: config.decisionInterval,
    agent: planPolicy(probe.world, config),
    parameters: state.params,
    moments: config.normalizeObservation ? state.observationMoments : undefined,
  });
}
