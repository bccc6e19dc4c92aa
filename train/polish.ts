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
  /** Episodes that every candidate lives through, the same for all; twice as many in the rounds of holding. */
  readonly episodes: number;
  readonly horizon: number;
  /** Env-steps in all, the final comparison included. */
  readonly envSteps: number;
}

/** Rounds that try to hold one more action at a level. */
const ROUNDS = 2;
const LEVELS = 9;
const GENERATIONS = 30;
const POPULATION = 12;
/** Fewer episodes a candidate would polish the noise. */
const FEWEST_EPISODES = 32;
/** The final comparison of the polished with the unpolished policy, in episodes of a candidate. */
const FINAL = 8;
const BLOCKS = { hold: 1, search: 2, final: 3 };

/** Undefined where there is nothing to polish or the steps would not do: then all of them go into training. */
export function planPolish(config: TrainConfig, world: World): PolishPlan | undefined {
  if (world.actions.kind !== "continuous" || config.polishShare === 0) return undefined;
  const horizon = config.horizon ?? world.horizon;
  const holds = 1 + LEVELS * Object.keys(world.actions.fields).length;
  const turns = 2 * ROUNDS * holds + GENERATIONS * POPULATION + 2 * FINAL;
  const episodes = Math.floor((config.polishShare * config.totalSteps) / horizon / turns);
  if (episodes < FEWEST_EPISODES) return undefined;
  return { episodes, horizon, envSteps: episodes * horizon * turns };
}

export interface PolishProgress {
  /** What has been done of the search, 0 .. 1. */
  readonly done: number;
  /** Mean objective per control step of the best candidate, on the markets of its generation. */
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
 * Searches gain and offset of every action on training markets, without noise. First it tries to hold an action at a level (gain 0),
 * for that is another optimum than moving it well, and no small step leads from one to the other; then CMA-ES refines all. The result
 * is kept only if it beats the policy as it was on further training markets. Deterministic: whoever is interrupted starts
 * over and comes to the same end. Returns undefined when aborted.
 */
export async function* polishPolicy(options: PolishOptions): AsyncGenerator<PolishProgress, Polish | undefined> {
  const { config, plan, controller, world, lane, numThreads } = options;
  const simulator = await createSimulator({
    world,
    lane,
    controllers: {
      before: { kind: "learned", controller },
      polished: { kind: "learned", controller: { ...controller, decisionInterval: config.polishInterval } },
    },
    maxLanes: plan.episodes * FINAL,
    maxHorizon: plan.horizon,
    numThreads,
  });
  const trial: Trial = {
    actions: controller.network.layers.at(-1)!.outputs,
    score: (correction, markets) => {
      simulator.reload("polished", polishNetwork(controller.network, correction));
      return score(simulator, "polished", options, markets);
    },
  };
  try {
    const best = yield* search(trial, options);
    if (!best) return undefined;
    const markets = { first: 0, episodes: plan.episodes * FINAL, block: BLOCKS.final };
    if (trial.score(best, markets) > score(simulator, "before", options, markets))
      return { ...best, decisionInterval: config.polishInterval };
    return { ...unchanged(trial.actions), decisionInterval: config.decisionInterval };
  } finally {
    await simulator.dispose();
  }
}

type Correction = Pick<Polish, "gain" | "offset">;

interface Markets {
  readonly first: number;
  readonly episodes: number;
  readonly block: number;
}

interface Trial {
  readonly actions: number;
  readonly score: (correction: Correction, markets: Markets) => number;
}

function unchanged(actions: number): Correction {
  return { gain: Array<number>(actions).fill(1), offset: Array<number>(actions).fill(0) };
}

async function* search(trial: Trial, options: PolishOptions): AsyncGenerator<PolishProgress, Correction | undefined> {
  const { plan, signal } = options;
  let best = unchanged(trial.actions);
  let steps = 0;
  const progress = (candidates: number, episodes: number, bestScore: number): PolishProgress => {
    steps += candidates * episodes * plan.horizon;
    return { done: steps / plan.envSteps, score: bestScore, envSteps: steps };
  };
  for (let round = 0; round < ROUNDS; round++) {
    if (signal?.aborted) return undefined;
    const candidates = [best, ...holdings(best)];
    const markets = { first: round * 2 * plan.episodes, episodes: 2 * plan.episodes, block: BLOCKS.hold };
    const scores = candidates.map((candidate) => trial.score(candidate, markets));
    const highest = Math.max(...scores);
    best = candidates[scores.indexOf(highest)]!;
    yield progress(candidates.length, markets.episodes, highest);
  }
  return yield* refine(best, trial, options, progress);
}

/** Every action held at every level, the others as they are. */
function holdings({ gain, offset }: Correction): readonly Correction[] {
  const levels = Array.from({ length: LEVELS }, (_, i) => -1 + (2 * i) / (LEVELS - 1));
  return gain.flatMap((_, action) =>
    levels.map((level) => ({ gain: gain.with(action, 0), offset: offset.with(action, level) })),
  );
}

async function* refine(
  start: Correction,
  trial: Trial,
  { plan, config, signal }: PolishOptions,
  progress: (candidates: number, episodes: number, bestScore: number) => PolishProgress,
): AsyncGenerator<PolishProgress, Correction | undefined> {
  const { actions } = trial;
  const { episodes } = plan;
  const random = seedrandom(`polish ${config.seed}`);
  const bounds = (gain: number, offset: number) => [
    ...Array<number>(actions).fill(gain),
    ...Array<number>(actions).fill(offset),
  ];
  const read = (x: Float64Array): Correction => ({ gain: [...x.subarray(0, actions)], offset: [...x.subarray(actions)] });
  const mean = [...start.gain, ...start.offset];
  // Steps of a tenth at first: the holding rounds have found the hill, this finds its top.
  let state = cmaStart({ low: bounds(0, -1), high: bounds(2, 1), mean, sigma: 0.05, population: POPULATION });
  for (let generation = 0; generation < GENERATIONS; generation++) {
    if (signal?.aborted) return undefined;
    const candidates = cmaAsk(state, random);
    const markets = { first: generation * episodes, episodes, block: BLOCKS.search };
    const losses = candidates.map(({ values }) => -trial.score(read(values), markets));
    state = cmaTell(state, candidates, losses);
    yield progress(candidates.length, episodes, -Math.min(...losses));
  }
  return read(cmaMean(state));
}

/** Mean objective per control step on training markets. */
function score(
  simulator: EpisodeSimulator,
  id: string,
  { plan, config }: PolishOptions,
  { first, episodes, block }: Markets,
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
