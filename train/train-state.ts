import type { LearnerState } from "../agents/learner/state.js";
import type { Gain } from "./gain.js";

/** What a run has come to: the learner, and what the evaluations have found where there were any. */
export interface TrainState extends LearnerState {
  readonly evaluations?: EvaluationRecord;
}

/** How good the deterministic policy is on the selection markets. */
export interface EvaluationScore {
  /** Iterations done. */
  readonly iteration: number;
  readonly envSteps: number;
  /** Mean objective per control step over all episodes of the named scenarios. */
  readonly mean: number;
  /** 95 % interval of the mean over the markets. */
  readonly low: number;
  readonly high: number;
  /** Of a policy that has a base. */
  readonly gain?: Gain;
  /** Why it may not take the place of its base. */
  readonly refused?: string;
}

export interface EvaluationRecord {
  readonly best: EvaluationScore;
  /** Evaluations in a row since then without a better one. */
  readonly withoutBetter: number;
}
