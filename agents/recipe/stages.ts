import { APG } from "../apg/algorithm.js";
import { ES } from "../es/algorithm.js";
import type { Algorithm, LearnerRun } from "../learner/algorithm.js";
import { type RecipeSettings, stageSettings } from "./settings.js";

type Sized = Pick<LearnerRun<RecipeSettings>, "settings" | "horizon" | "steps">;

/** One algorithm's part of a run. */
export interface Stage {
  readonly id: "apg" | "es";
  readonly algorithm: Algorithm;
  /** Iterations of the run before it, and its own. */
  readonly first: number;
  readonly iterations: number;
  /** Env-steps of the run before it, and of each of its iterations. */
  readonly stepsBefore: number;
  readonly stepsPerIteration: number;
  /** Env-steps that it is to make. */
  readonly steps: number;
}

/** The stages of a run, in order; the second has what the first leaves of the env-steps. */
export function planStages({ settings, horizon, steps }: Sized): readonly Stage[] {
  const gradients = Math.min(settings.gradientSteps, steps);
  const stages: Stage[] = [];
  for (const [algorithm, own] of [[APG, gradients] as const, [ES, steps - gradients] as const]) {
    if (own <= 0) continue;
    const id = algorithm === APG ? "apg" : "es";
    const { iterations, stepsPerIteration } = algorithm.work({ settings: stageSettings(settings, id), horizon, steps: own });
    const before = stages.at(-1);
    stages.push({
      ...{ id, algorithm, iterations, stepsPerIteration, steps: own },
      first: before ? before.first + before.iterations : 0,
      stepsBefore: before ? before.stepsBefore + before.iterations * before.stepsPerIteration : 0,
    });
  }
  return stages;
}

/** What a stage is opened with. */
export const stageRun = (run: LearnerRun<RecipeSettings>, { id, steps }: Stage): LearnerRun => ({
  ...run,
  settings: stageSettings(run.settings, id),
  steps,
});

/** The stage that makes a run's iteration; after the last iteration the last one. */
export function stageAt(stages: readonly Stage[], iteration: number): Stage {
  return stages.findLast(({ first }) => first <= iteration) ?? stages[0]!;
}
