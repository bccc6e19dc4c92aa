import type { Controller } from "../../agents/controller/controller.js";
import type { EpisodeMetrics } from "../../agents/rollout/episode-metrics.js";
import { makeRule } from "../../agents/rules/registry.js";
import type { Interval } from "../../core/statistics.js";
import { bittensor } from "../../env/economies/bittensor/index.js";
import { differenceOverSeeds } from "./estimate.js";
import type { Effort } from "./levers.js";
import { testControllers, trainController } from "./train-and-test.js";

const SHARES = [0, 0.25, 0.5, 0.75] as const;

/** What the two controllers are compared in; each is better when it is larger. */
export const MEASURES = {
  service: { doc: "log of service over its reference, mean over the days", of: (m: EpisodeMetrics) => m.terms["service"]! },
  holder: {
    doc: "log value of a token without the exogenous path, mean over the days",
    of: (m: EpisodeMetrics) => m.terms["holder"]!,
  },
  holderRaw: { doc: "the same with it", of: (m: EpisodeMetrics) => m.terms["holderRaw"]! },
  safety: {
    doc: "−1 in years with a drawdown of 70 % or more",
    of: (m: EpisodeMetrics) => m.maxDrawdown.map((fall) => (fall >= 0.7 ? -1 : 0)),
  },
} as const;
export type Measure = keyof typeof MEASURES;

export interface SpeculationResult {
  readonly shares: readonly number[];
  /** Utility objective minus price objective, by share. */
  readonly utilityMinusPrice: Readonly<Record<Measure, readonly Interval[]>>;
  /** Each objective's controllers minus the protocol as it is. */
  readonly minusNone: Readonly<Record<"utility" | "price", Readonly<Record<Measure, readonly Interval[]>>>>;
}

/**
 * Controllers that were trained for what the network delivers against controllers that were trained for the price of the token, on
 * markets where a rising share of investors goes by hype. Each objective trains on all shares; the test fixes them.
 */
export async function compareObjectives(effort: Effort, log: (line: string) => void): Promise<SpeculationResult> {
  const controllers: Record<string, Controller> = { none: makeRule("none", bittensor) };
  for (const objective of ["utility", "price"] as const) {
    for (const seed of effort.seeds) {
      log(`training ${bittensor.id} for ${objective}, seed ${seed}`);
      controllers[`${objective} ${seed}`] = await trainController({ economy: bittensor, objective, seed, ...effort });
    }
  }
  const settings = SHARES.map((speculativeShare) => ({ speculativeShare }));
  const metrics = await testControllers({
    economy: bittensor,
    objective: "balanced",
    controllers,
    settings,
    seed: 1,
    block: 1,
    ...effort,
    episodes: 4 * effort.episodes,
  });
  const compare = (left: (seed: number) => string, right: (seed: number) => string) => {
    const of = (measure: Measure) =>
      SHARES.map((_, share) =>
        differenceOverSeeds(
          effort.seeds.map((seed) => {
            const { of: read } = MEASURES[measure];
            const [a, b] = [read(metrics.get(left(seed))![share]!), read(metrics.get(right(seed))![share]!)];
            return [a.map((x, i) => x - b[i]!)];
          }),
        ),
      );
    return { service: of("service"), holder: of("holder"), holderRaw: of("holderRaw"), safety: of("safety") };
  };
  return {
    shares: SHARES,
    utilityMinusPrice: compare(
      (seed) => `utility ${seed}`,
      (seed) => `price ${seed}`,
    ),
    minusNone: {
      utility: compare(
        (seed) => `utility ${seed}`,
        () => "none",
      ),
      price: compare(
        (seed) => `price ${seed}`,
        () => "none",
      ),
    },
  };
}
