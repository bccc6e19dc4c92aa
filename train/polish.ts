import seedrandom from "seedrandom";
import type { LearnedController } from "../agents/learned.js";
import { type Polish, polishNetwork } from "../agents/policy/polish.js";
import { createSimulator, type EpisodeSimulator } from "../agents/rollout/episodes.js";
import { cmaAsk, cmaMean, cmaStart, cmaTell } from "../core/cma-es.js";
import type { LaneOptions } from "../env/lane.js";
import type { World } from "../env/world.js";
import type { TrainConfig } from "./config.js";

/** How the share of a run's steps that is kept for polishing is spent. */
export interface PolishPlan {
  readonly generations: number;
  /** Episodes that every candidate of a generation lives through, the same for all. */
  readonly episodes: number;
  readonly horizon: number;
  /** Env-steps in all, the final comparison included. */
  readonly envSteps: number;
}

const POPULATION = 12;
/** Fewer episodes a candidate, or fewer generations, would polish the noise. */
const FEWEST_EPISODES = 64;
const FEWEST_GENERATIONS = 10;
const MOST_GENERATIONS = 60;
/** The final comparison of the polished with the unpolished policy, in episodes of a candidate. */
const FINAL = 8;
const BLOCKS = { search: 1, final: 2 };

/** Undefined where there is nothing to polish or the steps would not do: then all of them go into training. */
export function planPolish(config: TrainConfig, world: World): PolishPlan | undefined {
  if (world.actions.kind !== "continuous" || config.polishShare === 0) return undefined;
  const horizon = config.horizon ?? world.horizon;
  const budget = (config.polishShare * config.totalSteps) / horizon;
  const generations = Math.min(MOST_GENERATIONS, Math.floor(budget / FEWEST_EPISODES / POPULATION - 1));
  if (generations < FEWEST_GENERATIONS) return undefined;
  const episodes = Math.floor(budget / (generations * POPULATION + 2 * FINAL));
  return { generations, episodes, horizon, envSteps: episodes * horizon * (generations * POPULATION + 2 * FINAL) };
}

export interface PolishProgress {
  readonly generation: number;
  readonly generations: number;
  /** Mean objective per control step of the best candidate, on this generation's markets. */
  readonly score: number;
  readonly envSteps: number;
}

export interface PolishOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly config: TrainConfig;
  readonly plan: PolishPlan;
  /** As PPO left it. */
  readonly controller: LearnedController;
  readonly numThreads: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Searches gain and offset of every action by CMA-ES: every candidate lives through the same training markets without noise.
 * The result is kept only if it beats the policy as it was on further training markets. Deterministic: whoever is interrupted
 * starts over and comes to the same end. Returns undefined when aborted.
 */
export async function* polishPolicy(options: PolishOptions): AsyncGenerator<PolishProgress, Polish | undefined> {
  const { config, plan, controller, world, lane, numThreads } = options;
  const polished = { ...controller, decisionInterval: config.polishInterval };
  const simulator = await createSimulator({
    world,
    lane,
    controllers: {
      before: { kind: "learned", controller },
      polished: { kind: "learned", controller: polished },
    },
    maxLanes: plan.episodes * FINAL,
    maxHorizon: plan.horizon,
    numThreads,
  });
  try {
    const best = yield* search(simulator, options);
    if (!best) return undefined;
    simulator.reload("polished", polishNetwork(controller.network, best));
    const markets = { first: 0, episodes: plan.episodes * FINAL, block: BLOCKS.final };
    const [before, after] = ["before", "polished"].map((id) => score(simulator, id, options, markets));
    if (after! > before!) return { ...best, decisionInterval: config.polishInterval };
    const { length } = best.gain;
    return { gain: Array(length).fill(1), offset: Array(length).fill(0), decisionInterval: config.decisionInterval };
  } finally {
    await simulator.dispose();
  }
}

async function* search(
  simulator: EpisodeSimulator,
  options: PolishOptions,
): AsyncGenerator<PolishProgress, Pick<Polish, "gain" | "offset"> | undefined> {
  const { config, plan, controller, signal } = options;
  const { generations, episodes, horizon } = plan;
  const n = controller.network.layers.at(-1)!.outputs;
  const random = seedrandom(`polish ${config.seed}`);
  const fill = (gain: number, offset: number) => [...Array<number>(n).fill(gain), ...Array<number>(n).fill(offset)];
  const read = (x: Float64Array) => ({ gain: [...x.subarray(0, n)], offset: [...x.subarray(n)] });
  let state = cmaStart({ low: fill(0, -1), high: fill(2, 1), mean: fill(1, 0), sigma: 0.15, population: POPULATION });
  for (let generation = 0; generation < generations; generation++) {
    if (signal?.aborted) return undefined;
    const candidates = cmaAsk(state, random);
    const markets = { first: generation * episodes, episodes, block: BLOCKS.search };
    const losses = candidates.map(({ values }) => {
      simulator.reload("polished", polishNetwork(controller.network, read(values)));
      return -score(simulator, "polished", options, markets);
    });
    state = cmaTell(state, candidates, losses);
    const envSteps = (generation + 1) * POPULATION * episodes * horizon;
    yield { generation: generation + 1, generations, score: -Math.min(...losses), envSteps };
  }
  return read(cmaMean(state));
}

/** Mean objective per control step on training markets. */
function score(
  simulator: EpisodeSimulator,
  id: string,
  { plan, config }: PolishOptions,
  { first, episodes, block }: { readonly first: number; readonly episodes: number; readonly block: number },
): number {
  const [result] = simulator.run(id, {
    batches: [{ overrides: {}, episodes, first }],
    horizon: plan.horizon,
    seed: config.seed,
    split: "train",
    block,
    randomise: true,
  });
  const { return: returns } = result!.metrics;
  return returns.reduce((sum, value) => sum + value, 0) / returns.length;
}
