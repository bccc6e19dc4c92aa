import type { RunningMoments } from "../../models/normalizer.js";

/** Running statistics that observations and rewards are scaled by. */
export interface RolloutMoments {
  readonly observationMoments: RunningMoments;
  /** Of the hidden state that the critic sees. */
  readonly hiddenMoments: RunningMoments;
  /** Of the discounted return, then of the reward. */
  readonly gainMoments: RunningMoments;
}
