import { crashesOf } from "../agents/rollout/episode-metrics.js";
import type { PolicyScore } from "../agents/rollout/score-policies.js";
import { meanInterval } from "../core/mean-interval.js";
import type { Interval } from "../core/statistics.js";
import { RANDOM_SCENARIO } from "../env/params.js";

/** A policy against its base on the same markets, episode by episode. */
export interface Gain {
  /** Mean objective per control step over the named scenarios, all of one weight. */
  readonly objective: Interval;
  /** The scenario that gained least or lost most; markets that are drawn as in training count as one. */
  readonly worst: { readonly scenario: string } & Interval;
  /** Breaker trips an episode, over the named scenarios. */
  readonly trips: Interval;
  /** Share of episodes with a drawdown of 70 %, over the named scenarios. */
  readonly crashes: Interval;
}

export const LEVEL = 0.95;

/** @param score and base of the same scenarios and markets */
export function gainOver(base: PolicyScore, score: PolicyScore): Gain {
  const differences = (read: (of: PolicyScore) => Float64Array) => {
    const before = read(base);
    return read(score).map((value, i) => value - before[i]!);
  };
  const gains = differences(({ returns }) => returns);
  const each = [...new Set(score.scenarios)].map((scenario) => ({
    scenario,
    ...meanInterval(
      gains.filter((_, i) => score.scenarios[i] === scenario),
      LEVEL,
    ),
  }));
  const worst = each.reduce((lowest, one) => (one.mean < lowest.mean ? one : lowest));
  const named = (values: Float64Array) => meanInterval(namedOnly(score, values), LEVEL);
  return {
    objective: named(gains),
    worst,
    trips: named(differences(({ trips }) => trips)),
    crashes: named(differences(crashesOf)),
  };
}

/** Values of the episodes in named scenarios. */
export const namedOnly = ({ scenarios }: PolicyScore, values: Float64Array): Float64Array =>
  values.filter((_, i) => scenarios[i] !== RANDOM_SCENARIO);

/**
 * Why a policy may not take the place of its base, however much it gains. Undefined where it may: where no scenario loses more than
 * `scenarioLoss` on average, and trips and crashes are no more. What an interval around 0 leaves open is no loss.
 */
export function whyRefused({ worst, trips, crashes }: Gain, scenarioLoss: number): string | undefined {
  if (worst.mean < -scenarioLoss && worst.high < 0) return `loses ${(-worst.mean).toPrecision(2)} in ${worst.scenario}`;
  if (trips.low > 0) return `${trips.mean.toPrecision(2)} more trips an episode`;
  if (crashes.low > 0) return `${(100 * crashes.mean).toPrecision(2)} % more drawdowns of 70 %`;
  return undefined;
}
