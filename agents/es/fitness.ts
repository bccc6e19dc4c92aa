import { DEEP_DRAWDOWN } from "../rollout/episode-metrics.js";
import type { PolicyScore } from "../rollout/score-policies.js";

/** By how much a policy does worse than another on the same markets; negative where it does better. */
export interface Excess {
  /** Breaker trips an episode. */
  readonly trips: number;
  /** Share of episodes with a deep drawdown, smoothed: a depth counts by a logistic curve. */
  readonly drawdowns: number;
}

/** Width of that curve. Few episodes cross the level itself between two policies, so that a generation would not see a small change. */
const WIDTH = 0.1;

interface Penalties {
  readonly tripPenalty: number;
  readonly drawdownPenalty: number;
}

type Figures = Pick<PolicyScore, "objective" | "trips" | "maxDrawdown">;

export function excessOver(reference: Figures, score: Figures): Excess {
  const deep = ({ maxDrawdown }: Figures) =>
    mean(maxDrawdown.map((depth) => 1 / (1 + Math.exp((DEEP_DRAWDOWN - depth) / WIDTH))));
  return { trips: mean(score.trips) - mean(reference.trips), drawdowns: deep(score) - deep(reference) };
}

/** Mean objective less what the policy pays for more trips and deep drawdowns; fewer of them earn nothing. */
export function penalised(objective: number, { trips, drawdowns }: Excess, penalties: Penalties): number {
  return objective - penalties.tripPenalty * Math.max(0, trips) - penalties.drawdownPenalty * Math.max(0, drawdowns);
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Ranks of the values, spread evenly over -0.5 (lowest) to 0.5; equal values share theirs. */
export function centredRanks(values: readonly number[]): number[] {
  const most = Math.max(1, values.length - 1);
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return (below + (equal - 1) / 2) / most - 0.5;
  });
}
