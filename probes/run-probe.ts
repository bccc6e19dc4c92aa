import { z } from "zod";
import type { Controller } from "../agents/controller/controller.js";
import type { PolicyState } from "../agents/learner/state.js";
import { createSimulator } from "../agents/rollout/episodes.js";
import type { Split } from "../core/random.js";
import { DEFAULT_LIMITS } from "../env/breakers/limits.js";
import type { LaneOptions } from "../env/lane/uses.js";
import { resolveParams, resolveWeights } from "../env/params.js";
import type { World } from "../env/world.js";
import { buildController } from "../train/build-controller.js";
import { parseConfig } from "../train/config.js";
import { train } from "../train/train.js";
import { METHODS, type Method, type Probe, type Trial } from "./probe.js";

export interface ProbeOptions {
  readonly seed: number;
  readonly numThreads: number;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  /** Changed settings, for a quick form. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Episodes of the final score; default is the probe's. */
  readonly episodes?: number;
}

export const PROBE_RUN = z.object({
  probe: z.string(),
  method: z.enum(METHODS),
  seed: z.number(),
  /** On test markets, after the last step. */
  score: z.number(),
  reached: z.boolean(),
  /** Of the given clock, for training alone: until the threshold was first reached on selection markets, and in all. */
  secondsToThreshold: z.number().nullable(),
  seconds: z.number(),
  stepsToThreshold: z.number().nullable(),
  steps: z.number(),
});
export type ProbeRun = Readonly<z.infer<typeof PROBE_RUN>>;

/** Looks for the threshold during training on this many episodes. */
const SELECTION_EPISODES = 1024;

/** @param method one that the probe has a trial of */
export async function runProbe(probe: Probe, method: Method, options: ProbeOptions): Promise<ProbeRun> {
  const trial = trialOf(probe, method);
  const { world, threshold } = trial;
  const { seed, numThreads, now } = options;
  const config = parseConfig({ checkpointEvery: 4, ...trial.config, ...options.config, seed });
  const lane = laneOptions(world);
  const score = (state: PolicyState, episodes: number, split: Split) =>
    evaluate(probe, { controller: buildController({ world, lane, config }, state), numThreads, episodes, split });
  let seconds = 0;
  let mark = now();
  let first: { readonly seconds: number; readonly steps: number } | undefined;
  let last: PolicyState | undefined;
  for await (const event of train({ world, lane, config, numThreads })) {
    if (event.kind !== "checkpoint") continue;
    seconds += (now() - mark) / 1000;
    last = event.state;
    if (!first && reaches(probe, threshold, await score(last, SELECTION_EPISODES, "selection"))) {
      first = { seconds, steps: last.envSteps };
    }
    mark = now();
  }
  const final = await score(last!, options.episodes ?? probe.evaluation.episodes, "test");
  return {
    ...{ probe: probe.id, method, seed, score: final, reached: reaches(probe, threshold, final) },
    ...{ secondsToThreshold: first?.seconds ?? null, seconds },
    ...{ stepsToThreshold: first?.steps ?? null, steps: last!.envSteps },
  };
}

function trialOf({ id, trials }: Probe, method: Method): Trial {
  const trial = trials[method];
  if (!trial) throw new Error(`internal: ${method} does not learn ${id}`);
  return trial;
}

export function reaches({ better }: Probe, threshold: number, score: number): boolean {
  return better === "higher" ? score >= threshold : score <= threshold;
}

/** Probes have no token, so no breaker acts on them. */
function laneOptions(world: World): LaneOptions {
  return { weights: resolveWeights(world), limits: DEFAULT_LIMITS, params: resolveParams(world) };
}

interface Evaluation {
  readonly controller: Controller;
  readonly numThreads: number;
  readonly episodes: number;
  readonly split: Split;
}

/** Score of the deterministic policy. */
async function evaluate(probe: Probe, { controller, numThreads, episodes, split }: Evaluation): Promise<number> {
  const { world, horizon, reference, scoreOf } = probe.evaluation;
  const controllers: Record<string, Controller> = { learned: controller, ...(reference ? { reference } : {}) };
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
