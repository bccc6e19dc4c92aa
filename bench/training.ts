import { createLearner, type Learner } from "../agents/ppo/learner.js";
import type { LearnerState } from "../agents/ppo/state.js";
import type { Economy } from "../env/economy.js";
import { learnerOptions } from "./learner-parts.js";
import { median, secondsOf } from "./timing.js";

export interface TrainingSpeed {
  /** Env-steps per second of the whole loop with a decision, and so a training sample, in every step; median over the windows. */
  readonly oneThread: number;
  readonly twoThreads: number;
  /** Median over pairs of neighbouring windows of the two speeds' ratio. */
  readonly speedup: number;
  /** With the default configuration on two threads. */
  readonly byDefault: { readonly decisionInterval: number; readonly envStepsPerSecond: number };
  /** What the learner with the default configuration had learned in the end. */
  readonly state: LearnerState;
}

interface Effort {
  readonly windows: number;
  readonly windowSeconds: number;
  /** Changes of the configuration. */
  readonly changes: Readonly<Record<string, unknown>>;
}

/** Iterations that are not timed: the first one only measures observations, and the engine still optimises. */
const WARM_UPS = 2;

/**
 * Rollout, advantages, all passes of updates, normalisers, breakers and metrics, as `flyball train` runs them: on one thread and on
 * two in turns, in windows of at least `windowSeconds`.
 */
export async function measureTraining(economy: Economy, effort: Effort): Promise<TrainingSpeed> {
  const everyStep = { ...effort.changes, decisionInterval: 1 };
  const plans = [
    learnerOptions(economy, 1, everyStep),
    learnerOptions(economy, 2, everyStep),
    learnerOptions(economy, 2, effort.changes),
  ];
  const learners: Learner[] = [];
  try {
    for (const plan of plans) learners.push(await createLearner(plan));
    for (const learner of learners) for (let i = 0; i < WARM_UPS; i++) learner.iterate();
    const rounds = Array.from({ length: effort.windows }, () =>
      learners.map((learner) => windowSpeed(learner, effort.windowSeconds)),
    );
    const middle = (which: number) => median(rounds.map((speeds) => speeds[which]!));
    return {
      oneThread: middle(0),
      twoThreads: middle(1),
      speedup: median(rounds.map(([one, two]) => two! / one!)),
      byDefault: { decisionInterval: plans[2]!.ppo.decisionInterval, envStepsPerSecond: middle(2) },
      state: learners[2]!.state(),
    };
  } finally {
    await Promise.all(learners.map((learner) => learner.dispose()));
  }
}

function windowSpeed(learner: Learner, windowSeconds: number): number {
  const before = learner.state().envSteps;
  let [after, seconds] = [before, 0];
  while (seconds < windowSeconds) {
    seconds += secondsOf(() => {
      after = learner.iterate().envSteps;
    });
  }
  return (after - before) / seconds;
}
