import type { RolloutMoments } from "../rollout/moments.js";

/** How far a run has come, and the running statistics. */
export interface LearnerProgress extends RolloutMoments {
  /** Iterations done. */
  readonly iteration: number;
  readonly envSteps: number;
  /** Control steps of every lane so far: the ring positions follow from it. */
  readonly clock: number;
  /** Updates that Adam has made. */
  readonly updates: number;
}

/** Everything that the next iteration depends on: restored, the run goes on bit for bit. */
export interface PpoState extends LearnerProgress {
  /** Actor, critic and free parameters, padded, as `planAgent` lays them out. */
  readonly params: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** The lanes' memory, as words, so that counters survive too. */
  readonly lanes: Uint32Array;
}
