import seedrandom from "seedrandom";
import type { DenseLayer, LearnedController } from "../agents/learned/learned-controller.js";
import { moveOutputs, type Polish, scaleOutputs, withLastLayer } from "../agents/policy/polish.js";
import { createPolicyScorer, type PolicyMarkets } from "../agents/rollout/score-policies.js";
import { type CmaState, cmaAsk, cmaMean, cmaStart, cmaTell } from "../core/cma-es.js";
import type { LaneOptions } from "../env/lane/uses.js";
import type { World } from "../env/world.js";
import type { TrainConfig } from "./config.js";

/** How the share of a run's steps that is kept for polishing is spent. */
export interface PolishPlan {
  /** Episodes that every candidate is scored on, the same for all; twice as many in the rounds of holding. */
  readonly episodes: number;
  readonly horizon: number;
  /** Env-steps in all, the final comparison included. */
  readonly envSteps: number;
}

/** Rounds that try to hold one more action at a level. */
const ROUNDS = 2;
const LEVELS = 9;
/** The searches by CMA-ES: over gains and offsets, then over the weights of the outputs that still move. */
const SCALES = { generations: 30, population: 12, sigma: 0.05 };
const WEIGHTS = { generations: 60, population: 20, sigma: 0.05, most: 0.4 };
/** An output whose gain was turned down to less than this is held: its weights are left alone. */
const LIVE = 0.25;
/** Fewer episodes a candidate would polish the noise. */
const MIN_EPISODES = 24;
/** The final comparison of the policies from before and after each search, in episodes of a candidate. */
const FINAL = 16;
/** Blocks of the training split that the parts of the search take their markets from. */
export const BLOCKS = { hold: 1, scales: 2, weights: 3, final: 4 };

/** Undefined where there is nothing to polish or the steps would not do: then all of them go into training. */
export function planPolish(config: TrainConfig, world: World): PolishPlan | undefined {
  if (world.actions.kind !== "continuous" || config.polishShare === 0) return undefined;
  const horizon = config.horizon ?? world.horizon;
  const holds = 1 + LEVELS * Object.keys(world.actions.fields).length;
  const searches = SCALES.generations * SCALES.population + WEIGHTS.generations * WEIGHTS.population;
  const turns = 2 * ROUNDS * holds + searches + 3 * FINAL;
  const episodes = Math.floor((config.polishShare * config.totalSteps) / horizon / turns);
  if (episodes < MIN_EPISODES) return undefined;
  return { episodes, horizon, envSteps: episodes * horizon * turns };
}

export interface PolishProgress {
  /** What has been done of the search, 0 .. 1. */
  readonly done: number;
  /** Mean objective per control step of the best candidate, on the markets of its generation. */
  readonly score: number;
  readonly envSteps: number;
}

interface PolishOptions {
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
 * Searches a better last layer on training markets, without noise. First it tries to hold an action at a level, for that is another
 * optimum than moving it well, and no small step leads from one to the other; then CMA-ES refines the gains and offsets of all
 * actions; then the weights of those that still move. The best of the policies from before and after each search on further training
 * markets is kept. Deterministic: whoever is interrupted starts over and comes to the same end. Returns undefined when aborted.
 */
export async function* polishPolicy(options: PolishOptions): AsyncGenerator<PolishProgress, Polish | undefined> {
  const { config, plan, controller, world, lane, numThreads } = options;
  const scorer = await createPolicyScorer({
    world,
    lane,
    controllers: { before: controller, polished: { ...controller, decisionInterval: config.polishInterval } },
    horizon: plan.horizon,
    seed: config.seed,
    split: "train",
    episodes: plan.episodes,
    numThreads,
  });
  const { network } = controller;
  const trial: Trial = {
    layer: network.layers.at(-1)!,
    score: (layers, markets) => {
      const networks = layers.map((layer) => withLastLayer(network, layer));
      return scorer.score("polished", networks, markets);
    },
  };
  try {
    const found = yield* search(trial, options);
    if (!found) return undefined;
    const markets = { first: 0, episodes: plan.episodes * FINAL, block: BLOCKS.final };
    const [before] = scorer.score("before", [network], markets);
    const scores = trial.score(found, markets);
    const highest = Math.max(...scores);
    const [layer, decisionInterval] =
      highest > before! ? [found[scores.indexOf(highest)]!, config.polishInterval] : [trial.layer, config.decisionInterval];
    return { weights: [...layer.weights], biases: [...layer.biases], decisionInterval };
  } finally {
    await scorer.dispose();
  }
}

interface Trial {
  /** As PPO left it. */
  readonly layer: DenseLayer;
  readonly score: (layers: readonly DenseLayer[], markets: PolicyMarkets) => number[];
}

interface Scales {
  readonly gain: readonly number[];
  readonly offset: readonly number[];
}

type Report = (candidates: number, episodes: number, best: number) => PolishProgress;

/** The last layers after the search over scales and after the one over weights. */
async function* search(
  trial: Trial,
  options: PolishOptions,
): AsyncGenerator<PolishProgress, readonly DenseLayer[] | undefined> {
  const { plan, signal } = options;
  const { outputs } = trial.layer;
  let steps = 0;
  const report: Report = (candidates, episodes, best) => {
    steps += candidates * episodes * plan.horizon;
    return { done: steps / plan.envSteps, score: best, envSteps: steps };
  };
  let best: Scales = { gain: Array<number>(outputs).fill(1), offset: Array<number>(outputs).fill(0) };
  for (let round = 0; round < ROUNDS; round++) {
    if (signal?.aborted) return undefined;
    const candidates = [best, ...holdings(best)];
    const markets = { first: round * 2 * plan.episodes, episodes: 2 * plan.episodes, block: BLOCKS.hold };
    const layers = candidates.map(({ gain, offset }) => scaleOutputs(trial.layer, gain, offset));
    const scores = trial.score(layers, markets);
    const highest = Math.max(...scores);
    best = candidates[scores.indexOf(highest)]!;
    yield report(candidates.length, markets.episodes, highest);
  }
  const scales = yield* refineScales(best, trial, options, report);
  if (!scales) return undefined;
  const scaled = scaleOutputs(trial.layer, scales.gain, scales.offset);
  const live = scales.gain.flatMap((gain, output) => (gain >= LIVE ? [output] : []));
  const moved = live.length > 0 ? yield* refineWeights(scaled, live, trial, options, report) : scaled;
  return moved && [scaled, moved];
}

/** Every action held at every level, the others as they are. */
function holdings({ gain, offset }: Scales): readonly Scales[] {
  const levels = Array.from({ length: LEVELS }, (_, i) => -1 + (2 * i) / (LEVELS - 1));
  return gain.flatMap((_, action) =>
    levels.map((level) => ({ gain: gain.with(action, 0), offset: offset.with(action, level) })),
  );
}

async function* refineScales(
  start: Scales,
  trial: Trial,
  options: PolishOptions,
  report: Report,
): AsyncGenerator<PolishProgress, Scales | undefined> {
  const { outputs } = trial.layer;
  const read = (x: Float64Array): Scales => ({ gain: [...x.subarray(0, outputs)], offset: [...x.subarray(outputs)] });
  const bounds = (gain: number, offset: number) => [...start.gain.map(() => gain), ...start.offset.map(() => offset)];
  // Small steps at first: the holding rounds have found the hill, this finds its top.
  const { sigma, population } = SCALES;
  const mean = [...start.gain, ...start.offset];
  const state = cmaStart({ low: bounds(0, -1), high: bounds(2, 1), mean, sigma, population });
  const layerOf = (x: Float64Array) => scaleOutputs(trial.layer, read(x).gain, read(x).offset);
  const found = yield* climb(state, layerOf, { ...SCALES, block: BLOCKS.scales }, trial, options, report);
  return found && read(found);
}

async function* refineWeights(
  layer: DenseLayer,
  live: readonly number[],
  trial: Trial,
  options: PolishOptions,
  report: Report,
): AsyncGenerator<PolishProgress, DenseLayer | undefined> {
  const size = live.length * (layer.inputs + 1);
  const { sigma, population, most } = WEIGHTS;
  const fill = (x: number) => Array<number>(size).fill(x);
  // With one output's weights the full covariance still has fewer numbers than the search has episodes.
  const state = cmaStart({ low: fill(-most), high: fill(most), mean: fill(0), sigma, population, diagonal: size > 80 });
  const layerOf = (x: Float64Array) => moveOutputs(layer, live, x);
  const found = yield* climb(state, layerOf, { ...WEIGHTS, block: BLOCKS.weights }, trial, options, report);
  return found && layerOf(found);
}

/** CMA-ES; every candidate of a generation is scored on the same markets, every generation on new ones. */
async function* climb(
  start: CmaState,
  layerOf: (x: Float64Array) => DenseLayer,
  { generations, block }: { readonly generations: number; readonly block: number },
  trial: Trial,
  { plan: { episodes }, config, signal }: PolishOptions,
  report: Report,
): AsyncGenerator<PolishProgress, Float64Array | undefined> {
  const random = seedrandom(`polish ${block} ${config.seed}`);
  let state = start;
  for (let generation = 0; generation < generations; generation++) {
    if (signal?.aborted) return undefined;
    const candidates = cmaAsk(state, random);
    const markets = { first: generation * episodes, episodes, block };
    const layers = candidates.map(({ values }) => layerOf(values));
    const losses = trial.score(layers, markets).map((score) => -score);
    state = cmaTell(state, candidates, losses);
    yield report(candidates.length, episodes, -Math.min(...losses));
  }
  return cmaMean(state);
}
