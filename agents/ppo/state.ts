import type { RunningMoments } from "../../models/normalizer.js";

/** Everything that the next iteration depends on: restored, the run goes on bit for bit. */
export interface LearnerState {
  readonly iteration: number;
  readonly envSteps: number;
  /** Control steps of every lane so far: the ring positions follow from it. */
  readonly clock: number;
  /** Updates that Adam has made. */
  readonly updates: number;
  readonly observationMoments: RunningMoments;
  /** Of the hidden state that the critic sees. */
  readonly hiddenMoments: RunningMoments;
  /** Of the discounted return, then of the reward. */
  readonly gainMoments: RunningMoments;
  /** Actor, critic and free parameters, padded, as `planAgent` lays them out. */
  readonly params: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** The lanes' memory, as words, so that counters survive too. */
  readonly lanes: Uint32Array;
}
