import type { PpoState } from "../agents/ppo/state.js";
import { createLearner, type PpoLearner } from "../agents/ppo/wasm/wasm-learner.js";
import type { Economy } from "../env/economy.js";
import { learnerOptions } from "./learner-parts.js";
import { median } from "./timing.js";

export interface TrainingSpeed {
  /** With a decision, and so a training sample, in every step. */
  readonly everyStep: ThreadSpeeds;
  /** With the default configuration, in which a decision may hold for several steps. */
  readonly byDefault: ThreadSpeeds;
  readonly decisionInterval: number;
  /** Shortest iteration with the default configuration on one thread. */
  readonly iterationSeconds: number;
  /** What the learner with the default configuration had learned in the end. */
  readonly state: PpoState;
}

interface ThreadSpeeds {
  /** Env-steps per second of the whole loop: median over the windows. */
  readonly oneThread: number;
  readonly twoThreads: number;
  /** Shortest iteration on one thread over the shortest on two. */
  readonly speedup: number;
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
  const { changes } = effort;
  const plans = [{ ...changes, decisionInterval: 1 }, changes].flatMap((config) =>
    [1, 2].map((threads) => learnerOptions(economy, threads, config)),
  );
  const learners: PpoLearner[] = [];
  try {
    for (const plan of plans) learners.push(await createLearner(plan));
    for (const learner of learners) for (let i = 0; i < WARM_UPS; i++) await learner.iterate();
    const windows: Window[][] = learners.map(() => []);
    for (let round = 0; round < effort.windows; round++) {
      for (const [i, learner] of learners.entries()) windows[i]!.push(await measureWindow(learner, effort.windowSeconds));
    }
    return {
      everyStep: compareThreads(windows[0]!, windows[1]!),
      byDefault: compareThreads(windows[2]!, windows[3]!),
      decisionInterval: plans[2]!.ppo.decisionInterval,
      iterationSeconds: shortest(windows[2]!),
      state: await learners[2]!.state(),
    };
  } finally {
    await Promise.all(learners.map((learner) => learner.dispose()));
  }
}

interface Window {
  readonly speed: number;
  /** Of its iterations, seconds. */
  readonly shortest: number;
}

async function measureWindow(learner: PpoLearner, windowSeconds: number): Promise<Window> {
  const before = (await learner.state()).envSteps;
  let [after, seconds, least] = [before, 0, Number.POSITIVE_INFINITY];
  while (seconds < windowSeconds) {
    const started = performance.now();
    after = (await learner.iterate()).envSteps;
    const iteration = (performance.now() - started) / 1000;
    seconds += iteration;
    least = Math.min(least, iteration);
  }
  return { speed: (after - before) / seconds, shortest: least };
}

const shortest = (windows: readonly Window[]) => Math.min(...windows.map((window) => window.shortest));

function compareThreads(one: readonly Window[], two: readonly Window[]): ThreadSpeeds {
  const middle = (windows: readonly Window[]) => median(windows.map(({ speed }) => speed));
  return { oneThread: middle(one), twoThreads: middle(two), speedup: shortest(one) / shortest(two) };
}
