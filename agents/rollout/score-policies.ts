import type { Split } from "../../core/random.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import type { LearnedController, PolicyNetwork } from "../learned/learned-controller.js";
import { createSimulator } from "./episodes.js";
import { CHUNK_LANES } from "./lane-block.js";
import type { ObservationSums } from "./observe.js";

/** Evaluation indices first .. first + episodes - 1 of a block of the split. */
export interface PolicyMarkets {
  readonly first: number;
  readonly episodes: number;
  readonly block: number;
}

/** Mean objective of many networks of a learned controller on the same randomised markets, all in one run on all threads. */
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

export interface PolicyScore {
  /** Mean objective per control step of each episode. */
  readonly returns: Float64Array;
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
  const evaluate: PolicyScorer["evaluate"] = (controller, networks, { first, episodes, block }, normalizer) => {
    const pieces = networks.flatMap((network, owner) =>
      cut(episodes, chunkLanes).map((piece) => ({ ...piece, network, owner })),
    );
    const returns = networks.map(() => new Float64Array(episodes));
    const observed = networks.map((): ObservationSums[] => []);
    for (let done = 0; done < pieces.length; done += MAX_CHUNKS) {
      const turn = pieces.slice(done, done + MAX_CHUNKS);
      const batches = turn.map(({ network, from, count }) => ({
        overrides: {},
        episodes: count,
        first: first + from,
        network,
      }));
      const request = { batches, horizon, seed, split, block, randomise: true, ...(normalizer ? { normalizer } : {}) };
      const results = simulator.run(controller, request);
      for (const [i, { owner, from }] of turn.entries()) {
        const result = results[i]!;
        returns[owner]!.set(result.metrics.return, from);
        if (result.observed) observed[owner]!.push(result.observed);
      }
    }
    return returns.map((values, i) => ({
      returns: values,
      objective: values.reduce((sum, value) => sum + value, 0) / episodes,
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
