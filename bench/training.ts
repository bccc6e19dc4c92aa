import seedrandom from "seedrandom";
import { createLearner, type Learner } from "../agents/ppo/learner.js";
import type { Economy } from "../env/economy.js";
import { parseEnvOptions } from "../env/settings.js";
import type { TrainConfig } from "../train/config.js";
import type { Clock } from "./timing.js";

export interface TrainingBench {
  /** Env-steps per second of the whole loop: rollout, advantages, all epochs. */
  readonly oneThread: number;
  readonly twoThreads: number;
  readonly speedup: number;
  /** Seconds of one pass over a rollout (all minibatches), on one thread. */
  readonly epochSeconds: number;
  /** MiB at 4,096 lanes: of the learner's own memory, and of the whole process after an iteration. */
  readonly memoryMib: number;
  readonly residentMib: number;
}

const WARM_UP = 2;
const ROUNDS = 6;

export async function benchTraining(clock: Clock, economy: Economy, config: TrainConfig): Promise<TrainingBench> {
  const one = await startLearner(economy, config, 1);
  const two = await startLearner(economy, config, 2);
  // Twice the epochs: the difference is what an epoch costs.
  const longer = await startLearner(economy, { ...config, updateEpochs: 2 * config.updateEpochs }, 1);
  const learners = [one, two, longer];
  for (const learner of learners) for (let i = 0; i < WARM_UP; i++) learner.iterate();
  const rounds = Array.from({ length: ROUNDS }, () => learners.map((learner) => seconds(clock, learner)));
  for (const learner of learners) await learner.dispose();
  const best = (i: number) => Math.min(...rounds.map((round) => round[i]!));
  const steps = config.numEnvs * config.numSteps * config.decisionInterval;
  return {
    oneThread: steps / best(0),
    twoThreads: steps / best(1),
    speedup: best(0) / best(1),
    epochSeconds: (best(2) - best(0)) / config.updateEpochs,
    ...(await memoryAt(economy, config)),
  };
}

function startLearner(economy: Economy, config: TrainConfig, numThreads: number): Promise<Learner> {
  const { lane, horizon } = parseEnvOptions(economy, {});
  return createLearner({
    world: economy,
    lane,
    horizon: config.horizon ?? horizon,
    ppo: { ...config, totalSteps: 1e12 },
    numThreads,
    relaxed: config.relaxed,
    random: seedrandom("bench"),
  });
}

function seconds(clock: Clock, learner: Learner): number {
  const start = clock();
  learner.iterate();
  return (clock() - start) / 1000;
}

async function memoryAt(economy: Economy, config: TrainConfig): Promise<{ memoryMib: number; residentMib: number }> {
  const learner = await startLearner(economy, { ...config, numEnvs: 4096, numMinibatches: 2 * config.numMinibatches }, 2);
  learner.iterate();
  learner.iterate();
  const residentMib = process.memoryUsage().rss / 2 ** 20;
  await learner.dispose();
  return { memoryMib: learner.bytes / 2 ** 20, residentMib };
}
