/** Share of the peak whose loss counts as a deep drawdown: the events that a policy must not have more of than its baseline. */
export const DEEP_DRAWDOWN = 0.7;

/** 1 for each episode with a deep drawdown, else 0. */
export const crashesOf = ({ maxDrawdown }: Pick<EpisodeMetrics, "maxDrawdown">): Float64Array =>
  maxDrawdown.map((fall) => (fall >= DEEP_DRAWDOWN ? 1 : 0));

/** One number per episode for each metric; index = evaluation index, the same market for every controller. */
export interface EpisodeMetrics {
  /** Sum over the episode of reward, divided by the horizon: mean objective per control step. */
  readonly return: Float64Array;
  /** Mean service delivered relative to the reference level. */
  readonly service: Float64Array;
  /** Standard deviation of daily log returns times sqrt(365). */
  readonly annualVolatility: Float64Array;
  /** Supply at the end over supply at the start, minus 1. */
  readonly supplyGrowth: Float64Array;
  /** 1 - price / running peak, largest over the episode. */
  readonly maxDrawdown: Float64Array;
  /** 1 - lowest price / price at the start, at least 0. */
  readonly fallFromStart: Float64Array;
  /** Times a breaker tripped (drawdown halt armed -> tripped). */
  readonly trips: Float64Array;
  /** Share of steps in which the applied action differs from the requested one because of a breaker. */
  readonly interventionRate: Float64Array;
  /** Control steps until the end; fewer than the horizon when ruined. */
  readonly length: Float64Array;
  /** Mean per step of each term of the objective, before its weight. */
  readonly terms: Readonly<Record<string, Float64Array>>;
  /** Mean applied action, in the action's units. */
  readonly actions: Readonly<Record<string, Float64Array>>;
  /** Sum over the episode of each cost. */
  readonly costs: Readonly<Record<string, Float64Array>>;
}

/** Daily series for the plots, over the first episodes of a scenario. `[day][episode]` row-major, length days * episodes. */
export interface EpisodeSeries {
  readonly days: number;
  readonly episodes: number;
  readonly price: Float32Array;
  readonly supply: Float32Array;
  readonly actions: Readonly<Record<string, Float32Array>>;
}
