import type { Split } from "../../core/random.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import type { LearnedController, PolicyNetwork } from "../learned/learned-controller.js";
import { createSimulator } from "./episodes.js";
import { CHUNK_LANES } from "./lane-block.js";

/** Evaluation indices first .. first + episodes - 1 of a block of the split. */
export interface PolicyMarkets {
  readonly first: number;
  readonly episodes: number;
  readonly block: number;
}

/** Mean objective of many networks of a learned controller on the same randomised markets, all in one run on all threads. */
export interface PolicyScorer {
  /**
   * @param controller whose normaliser and decision interval the networks get; its network has their shape
   * @returns mean objective per control step of each network, whatever others it is scored with
   * @throws UserError E_EPISODES_NOT_FINITE when a NaN or infinity comes out
   */
  readonly score: (controller: string, networks: readonly PolicyNetwork[], markets: PolicyMarkets) => number[];
  readonly dispose: () => Promise<void>;
}

export interface PolicyScorerOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly controllers: Readonly<Record<string, LearnedController>>;
  readonly horizon: number;
  readonly seed: number;
  readonly split: Split;
  /** Episodes that a network is mostly scored on: the size of the pieces that threads take. */
  readonly episodes: number;
  readonly numThreads: number;
}

/** Chunks simulated together: work for so many threads, and memory for at most 256 times as many episodes. */
const MOST_CHUNKS = 128;

export async function createPolicyScorer(options: PolicyScorerOptions): Promise<PolicyScorer> {
  const { world, lane, controllers, horizon, seed, split, numThreads } = options;
  const chunkLanes = chunkLanesFor(options.episodes);
  const simulator = await createSimulator({
    world,
    lane,
    controllers,
    perBatch: Object.keys(controllers),
    maxLanes: MOST_CHUNKS * chunkLanes,
    maxHorizon: horizon,
    chunkLanes,
    numThreads,
  });
  return {
    score: (controller, networks, { first, episodes, block }) => {
      const pieces = networks.flatMap((network, owner) =>
        cut(episodes, chunkLanes).map((piece) => ({ ...piece, network, owner })),
      );
      const returns = networks.map(() => new Float64Array(episodes));
      for (let done = 0; done < pieces.length; done += MOST_CHUNKS) {
        const turn = pieces.slice(done, done + MOST_CHUNKS);
        const batches = turn.map(({ network, from, count }) => ({
          overrides: {},
          episodes: count,
          first: first + from,
          network,
        }));
        const results = simulator.run(controller, { batches, horizon, seed, split, block, randomise: true });
        for (const [i, { owner, from }] of turn.entries()) returns[owner]!.set(results[i]!.metrics.return, from);
      }
      return returns.map((values) => values.reduce((sum, value) => sum + value, 0) / episodes);
    },
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
