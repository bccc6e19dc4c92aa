import type { RolloutSums } from "../../rollout/collect.js";
import { readField } from "../../rollout/lane-block.js";
import { STEP_RECORD } from "../../rollout/stages.js";
import { actionDeviations } from "../action-deviations.js";
import { type ErrorSums, explainedVariance } from "../explained-variance.js";
import type { PpoMetrics } from "../metrics.js";
import type { LearnerContext } from "./wasm-context.js";

type RolloutMetrics = Pick<
  PpoMetrics,
  "iteration" | "envSteps" | "episodicReturn" | "episodeLength" | "meanReward" | "costs" | "explainedVariance" | "std"
>;

/** Figures of the rollout that lies in memory. */
export function readRollout(
  context: LearnerContext,
  sums: RolloutSums,
  progress: { readonly iteration: number; readonly envSteps: number },
): RolloutMetrics {
  const { options, programs, layout, agent, placed } = context;
  const steps = options.ppo.numEnvs * options.ppo.numSteps * options.ppo.decisionInterval;
  const lengths = readField(placed, "lane", "lastLength");
  const returns = readField(placed, "lane", "lastReturn");
  const finished = lengths.reduce((count, length) => count + (length > 0 ? 1 : 0), 0);
  const finishedMean = (values: Float32Array) =>
    finished === 0 ? null : values.reduce((sum, value, i) => sum + (lengths[i]! > 0 ? value : 0), 0) / finished;
  const logStd = context.f32(layout.params + agent.freeOffset * 4, agent.freeCount);
  return {
    iteration: progress.iteration,
    envSteps: progress.envSteps,
    episodicReturn: finishedMean(returns),
    episodeLength: finishedMean(lengths),
    meanReward: sums.reward / steps,
    costs: Object.fromEntries(Object.keys(programs.lane.records.costs.fields).map((name, i) => [name, sums.cost[i]! / steps])),
    explainedVariance: explainedVariance(errorSums(context)),
    std: actionDeviations(programs.lane.records, logStd),
  };
}

function errorSums({ layout, options, f32 }: LearnerContext): ErrorSums {
  const { block } = layout;
  const fields = Object.keys(STEP_RECORD);
  let [sum, squares, errorSum, errorSquares, count] = [0, 0, 0, 0, 0];
  for (let chunk = 0; chunk < block.numChunks; chunk++) {
    for (let step = 0; step < options.ppo.numSteps; step++) {
      const base = layout.rows + chunk * layout.rowChunkBytes + step * layout.rowBytes;
      const field = (name: string) => f32(base + fields.indexOf(name) * block.capacity * 4, block.chunkLanes);
      const [targets, values] = [field("return"), field("value")];
      for (let i = 0; i < block.chunkLanes; i++) {
        const error = targets[i]! - values[i]!;
        sum += targets[i]!;
        squares += targets[i]! * targets[i]!;
        errorSum += error;
        errorSquares += error * error;
        count++;
      }
    }
  }
  return { count, sum, squares, errorSum, errorSquares };
}
