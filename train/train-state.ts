import type { LearnerState } from "../agents/learner/state.js";
import type { Polish } from "../agents/policy/polish.js";

/** What a run has come to: the learner, and the polish once that is done. */
export interface TrainState extends LearnerState {
  readonly polish: Polish | null;
}
