import type { Split } from "../../core/random.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import { RANDOM_SCENARIO, scenarioOverrides } from "../../env/params.js";
import type { World } from "../../env/world.js";
import type { LearnedController, PolicyNetwork } from "../learned/learned-controller.js";
import { createSimulator } from "./episodes.js";
import { CHUNK_LANES } from "./lane-block.js";
import type { ObservationSums } from "./observe.js";

/** Evaluation indices first .. first + episodes - 1 of a block of the split, in each scenario. */
export interface PolicyMarkets {
  readonly first: number;
  readonly episodes: number;
  readonly block: number;
  /** By default markets drawn as in training alone, {@link RANDOM_SCENARIO}. */
  readonly scenarios?: readonly string[];
}

/** Mean objective of many networks of a learned controller on the same markets, all in one run on all threads. */
export interface PolicyScorer {
  /** Memory of its device. */
  readonly bytes: number;
  /**
   * @param controller whose normaliser and decision interval the networks get; its network has their shape
   * @returns mean objective per control step of each network, whatever others it is scored with
   * @throws UserError E_EPISODES_NOT_FINITE when a NaN or infinity comes out
   */
  readonly score: (controller: string, networks: readonly PolicyNetwork[], markets: PolicyMarkets) => number[];
  /**
   * The same with the sums of what each network observed, where the scorer was made to observe.
   * @param normalizer instead of the controller's
   */
  readonly evaluate: (
    controller: string,
    networks: readonly PolicyNetwork[],
    markets: PolicyMarkets,
    normalizer?: Normalizer,
  ) => readonly PolicyScore[];
  readonly dispose: () => Promise<void>;
}

/** Figures of episodes, those of a scenario after those of the one before, as {@link EpisodeMetrics} defines them. */
export interface PolicyScore {
  /** Mean objective per control step of each episode. */
  readonly returns: Float64Array;
  readonly trips: Float64Array;
  readonly maxDrawdown: Float64Array;
  /** The scenario of each episode. */
  readonly scenarios: readonly string[];
  /** Mean of the returns. */
  readonly objective: number;
  readonly observed?: ObservationSums;
}

type Normalizer = LearnedController["normalizer"];

interface PolicyScorerOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly controllers: Readonly<Record<string, LearnedController>>;
  readonly horizon: number;
  readonly seed: number;
  readonly split: Split;
  /** Episodes that a network is mostly scored on: the size of the pieces that threads take. */
  readonly episodes: number;
  /** Add up what the networks observe. */
  readonly observe?: boolean;
  readonly numThreads: number;
}

/** Chunks simulated together: work for so many threads, and memory for at most 256 times as many episodes. */
const MAX_CHUNKS = 128;

export async function createPolicyScorer(options: PolicyScorerOptions): Promise<PolicyScorer> {
  const { world, lane, controllers, horizon, seed, split, observe = false, numThreads } = options;
  const chunkLanes = chunkLanesFor(options.episodes);
  const simulator = await createSimulator({
    world,
    lane,
    controllers,
    perBatch: Object.keys(controllers),
    maxLanes: MAX_CHUNKS * chunkLanes,
    maxHorizon: horizon,
    chunkLanes,
    observe,
    numThreads,
  });
  const evaluate: PolicyScorer["evaluate"] = (controller, networks, markets, normalizer) => {
    const { first, block } = markets;
    const scores = networks.map(() => emptyScore(markets));
    const observed = networks.map((): ObservationSums[] => []);
    for (const turn of planTurns(world, networks.length, markets, chunkLanes)) {
      const batches = turn.pieces.map(({ owner, overrides, from, count }) => {
        return { overrides, episodes: count, first: first + from, network: networks[owner]! };
      });
      const { randomise } = turn;
      const request = { batches, horizon, seed, split, block, randomise, ...(normalizer ? { normalizer } : {}) };
      const results = simulator.run(controller, request);
      for (const [i, { owner, place }] of turn.pieces.entries()) {
        const { metrics, observed: seen } = results[i]!;
        const score = scores[owner]!;
        score.returns.set(metrics.return, place);
        score.trips.set(metrics.trips, place);
        score.maxDrawdown.set(metrics.maxDrawdown, place);
        if (seen) observed[owner]!.push(seen);
      }
    }
    return scores.map((score, i) => ({
      ...score,
      objective: score.returns.reduce((sum, value) => sum + value, 0) / score.returns.length,
      ...(observe ? { observed: addSums(observed[i]!) } : {}),
    }));
  };
  return {
    bytes: simulator.bytes,
    evaluate,
    score: (...request) => evaluate(...request).map(({ objective }) => objective),
    dispose: () => simulator.dispose(),
  };
}

/** As few chunks as `episodes` need, of equal size: no lane is idle but for the rounding to the width of the SIMD, 4. */
function chunkLanesFor(episodes: number): number {
  const chunks = Math.ceil(episodes / CHUNK_LANES);
  return 4 * Math.ceil(episodes / chunks / 4);
}

const scenariosOf = ({ scenarios = [RANDOM_SCENARIO] }: PolicyMarkets): readonly string[] => scenarios;

function emptyScore(markets: PolicyMarkets): Omit<PolicyScore, "objective" | "observed"> {
  const scenarios = scenariosOf(markets).flatMap((name) => Array<string>(markets.episodes).fill(name));
  const zeros = () => new Float64Array(scenarios.length);
  return { returns: zeros(), trips: zeros(), maxDrawdown: zeros(), scenarios };
}

/** Episodes of one network in one scenario, at most one chunk. */
interface Piece {
  readonly owner: number;
  readonly overrides: Readonly<Record<string, number>>;
  /** Evaluation index, from the first of the request. */
  readonly from: number;
  readonly count: number;
  /** Of the first episode among all of its network. */
  readonly place: number;
}

interface Turn {
  readonly randomise: boolean;
  readonly pieces: readonly Piece[];
}

/** @throws UserError `E_SCENARIO` */
function planTurns(world: World, networks: number, markets: PolicyMarkets, chunkLanes: number): readonly Turn[] {
  const { episodes } = markets;
  const owners = Array.from({ length: networks }, (_, owner) => owner);
  const scenarios = scenariosOf(markets).map((name, i) => ({ name, start: i * episodes }));
  return [true, false].flatMap((randomise) => {
    const pieces = owners.flatMap((owner) =>
      scenarios
        .filter(({ name }) => (name === RANDOM_SCENARIO) === randomise)
        .flatMap(({ name, start }) => {
          const overrides = scenarioOverrides(world, name);
          return cut(episodes, chunkLanes).map((piece) => ({ ...piece, owner, overrides, place: start + piece.from }));
        }),
    );
    const numTurns = Math.ceil(pieces.length / MAX_CHUNKS);
    return Array.from({ length: numTurns }, (_, i) => ({
      randomise,
      pieces: pieces.slice(i * MAX_CHUNKS, (i + 1) * MAX_CHUNKS),
    }));
  });
}

/** Pieces of at most one chunk. */
function cut(episodes: number, chunkLanes: number): readonly { readonly from: number; readonly count: number }[] {
  return Array.from({ length: Math.ceil(episodes / chunkLanes) }, (_, i) => {
    const from = i * chunkLanes;
    return { from, count: Math.min(chunkLanes, episodes - from) };
  });
}

function addSums(parts: readonly ObservationSums[]): ObservationSums {
  const total = (values: (part: ObservationSums) => Float64Array) =>
    values(parts[0]!).map((_, i) => parts.reduce((sum, part) => sum + values(part)[i]!, 0));
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    sums: total(({ sums }) => sums),
    squares: total(({ squares }) => squares),
  };
}
