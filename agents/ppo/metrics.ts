import type { IterationMetrics } from "../learner/learner.js";

/** Figures of one iteration (rollout and update). */
export interface PpoMetrics {
  readonly iteration: number;
  readonly envSteps: number;
  /** Mean sum of rewards and length of the episodes that finished last in each lane; null before the first. */
  readonly episodicReturn: number | null;
  readonly episodeLength: number | null;
  /** Mean raw reward per step of this rollout. */
  readonly meanReward: number;
  /** Mean of each cost per step of this rollout. */
  readonly costs: Readonly<Record<string, number>>;
  readonly policyLoss: number;
  readonly valueLoss: number;
  readonly entropy: number;
  readonly approxKl: number;
  readonly clipFraction: number;
  /** 1 - variance of (return - value) / variance of return. */
  readonly explainedVariance: number;
  /** Mean gradient norm before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Epochs done; fewer than updateEpochs when targetKl stopped early. */
  readonly epochs: number;
  /** Standard deviation of each action of a Gaussian policy by the action's name, in -1..1 units. */
  readonly std: Readonly<Record<string, number>>;
}

/** As every algorithm reports. */
export function reportPpo({ iteration, envSteps, episodicReturn, costs, std, ...figures }: PpoMetrics): IterationMetrics {
  const charged = Object.entries(costs)
    .filter(([, cost]) => Math.abs(cost) >= 0.0005)
    .map(([name, cost]) => `${name} ${cost.toFixed(3)}`);
  return {
    iteration,
    envSteps,
    episodicReturn,
    figures: {
      episodicReturn,
      ...figures,
      ...Object.fromEntries(Object.entries(costs).map(([name, cost]) => [`costs.${name}`, cost])),
      ...Object.fromEntries(Object.entries(std).map(([action, deviation]) => [`std.${action}`, deviation])),
    },
    notes: [`kl ${figures.approxKl.toFixed(4)}`, ...(charged.length > 0 ? [`costs ${charged.join(" ")}`] : [])],
  };
}
