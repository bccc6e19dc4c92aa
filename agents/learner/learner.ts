import type { LearnerState } from "./state.js";

/** Figures of one iteration. */
export interface IterationMetrics {
  /** Iterations done, this one included. */
  readonly iteration: number;
  readonly envSteps: number;
  /** Mean sum of rewards of the episodes that ended last; null before the first. */
  readonly episodicReturn: number | null;
  /** Everything that is logged, by name; null where there is nothing to say. */
  readonly figures: Readonly<Record<string, number | null>>;
  /** What the progress line shows, as `kl 0.0040`. */
  readonly notes: readonly string[];
}

/** A sign that a run goes wrong. */
export interface TrainWarning {
  /** Of its kind; each is told once in a run. */
  readonly code: string;
  /** What is seen. */
  readonly message: string;
  /** Which setting is likely to cause it. */
  readonly hint: string;
}

/**
 * Something that learns a policy, on a device. It holds threads and memory: {@link Learner.dispose} releases them.
 * `State` and `Metrics` are the algorithm's own inside of its folder, and the common ones outside.
 */
export interface Learner<State = LearnerState, Metrics = IterationMetrics> {
  /** What learns, for people. */
  readonly device: string;
  /** Memory that the device holds for it. */
  readonly bytes: number;
  /** How many iterations are worth having under way: a device that computes in parallel with the host never waits for it with two. */
  readonly depth: number;
  /**
   * One iteration. They run in the order of the calls, also when one is called before the one before it has settled.
   * @throws NotFiniteError when a NaN or infinity turns up
   */
  readonly iterate: () => Promise<Metrics>;
  /** After all iterations that were called. */
  readonly state: () => Promise<State>;
  /** Raw observations that the policy has met, for recorded decisions. */
  readonly observations: (count: number) => Promise<number[][]>;
  readonly restore: (state: State) => void;
  /** An evaluation found the policy of this moment to be the best so far. */
  readonly keep?: () => Promise<void>;
  /** A stage ends, or the run: what was kept last is the policy from here on. */
  readonly settle?: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}
