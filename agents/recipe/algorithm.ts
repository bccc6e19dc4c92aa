import { APG } from "../apg/algorithm.js";
import { ES } from "../es/algorithm.js";
import { defineAlgorithm, type LearnerRun } from "../learner/algorithm.js";
import { momentsShape, type StateShape } from "../learner/state.js";
import { structureOf } from "../learner/structure-settings.js";
import { planPolicy } from "../policy/plan-policy.js";
import { createRecipe } from "./learner.js";
import { RECIPE_SETTINGS, type RecipeSettings, stageSettings } from "./settings.js";
import { planStages, stageAt, stageRun } from "./stages.js";

type Run = LearnerRun<RecipeSettings>;

/** Gradients through the economy, then evolution: what trains by default. */
export const RECIPE = defineAlgorithm({
  id: "recipe",
  doc: "gradients through the economy, then evolution for what they do not see, each kept where selection markets say so",
  settings: RECIPE_SETTINGS,
  devices: [{ name: "wasm", check: checkStages, open: createRecipe }],
  options: (run) => run,
  structure: structureOf,
  carried: [],
  check: (settings) => {
    APG.check(stageSettings(settings, "apg"));
    ES.check(stageSettings(settings, "es"));
  },
  work: (run) => {
    const stages = planStages(run);
    const last = stages.at(-1)!;
    return {
      iterations: last.first + last.iterations,
      stepsPerIteration: stages[0]!.stepsPerIteration,
      envSteps: last.stepsBefore + last.iterations * last.stepsPerIteration,
      settles: stages.map(({ first, iterations }) => first + iterations),
      minIterations: 2,
      returnFrom: 0,
      sizes: "apg.episodes",
    };
  },
  pack: (state) => state,
  unpack: (state) => state,
  report: (metrics) => metrics,
  stateShape: (run) => {
    const { world, settings } = run;
    const tensors: Record<string, StateShape["tensors"][string]> = {
      "kept.params": {
        type: "f32",
        length: planPolicy(world, settings, structureOf(settings, world)).parameterCount,
        range: "finite",
      },
      ...momentsShape("kept.observation", Object.keys(world.observations).length),
    };
    for (const stage of planStages(run)) {
      const own = stage.algorithm.stateShape(stageRun(run, stage)).tensors;
      for (const [name, shape] of Object.entries(own)) tensors[`${stage.id}.${name}`] = shape;
    }
    return { counters: [], tensors };
  },
  whyImpossible: (state, run) => {
    const stages = planStages(run);
    const stage = stageAt(stages, state.iteration);
    const [iteration, envSteps] = [state.iteration - stage.first, state.envSteps - stage.stepsBefore];
    return stage.algorithm.whyImpossible({ ...state, iteration, envSteps }, stageRun(run, stage));
  },
  watch: () => () => [],
});

async function checkStages(run: Run): Promise<void> {
  for (const stage of planStages(run)) await stage.algorithm.checkDevice("wasm", stageRun(run, stage));
}
