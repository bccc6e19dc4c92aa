/** Settings of PPO; names are CleanRL's, camelCased. Ranges are checked by the training configuration. */
export interface PpoOptions {
  readonly seed: number;
  /** Env-steps after which the learning rate reaches 0, when annealed. */
  readonly totalSteps: number;
  readonly numEnvs: number;
  /** Decisions of each lane in a rollout. */
  readonly numSteps: number;
  /** Control steps that a decision holds for while training. */
  readonly decisionInterval: number;
  readonly updateEpochs: number;
  readonly numMinibatches: number;
  /** Neighbouring lanes that share a market; 1 is plain PPO. */
  readonly marketGroup: number;
  /** Decisions for which a draw of exploration noise is held; 1 draws anew for every decision. */
  readonly noiseHold: number;
  readonly gamma: number;
  readonly gaeLambda: number;
  readonly learningRate: number;
  readonly annealLearningRate: boolean;
  readonly clipCoef: number;
  readonly clipValueLoss: boolean;
  readonly normalizeAdvantage: boolean;
  readonly entCoef: number;
  /** Weight of the penalty on means of the policy beyond -1..1. */
  readonly boundCoef: number;
  readonly vfCoef: number;
  readonly maxGradNorm: number;
  readonly targetKl: number | null;
  readonly normalizeObservation: boolean;
  readonly normalizeReward: boolean;
  /** Subtract the running mean of the reward, so that an early end is worth no more and no less than an average day. */
  readonly centerReward: boolean;
  /** Largest size of a scaled reward. */
  readonly clipReward: number;
  readonly hidden: readonly number[];
  readonly activation: "tanh" | "relu";
  readonly logStdInit: number;
  readonly adamEpsilon: number;
}

/** Figures of one iteration (rollout and update). */
export interface IterationMetrics {
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
  /** Standard deviation of each action of a Gaussian policy, in -1..1 units. */
  readonly std: readonly number[];
}
