import { UserError } from "../../core/errors.js";
import { defineAlgorithm, type LearnerRun } from "../learner/algorithm.js";
import { structureOf } from "../learner/structure-settings.js";
import { planPolicy } from "../policy/plan-policy.js";
import { countIterations, countSteps, createApg } from "./learner.js";
import { APG_SETTINGS, type ApgSettings, checkApg } from "./settings.js";

/** Gradients through the economy. */
export const APG = defineAlgorithm({
  id: "apg",
  doc: "analytic policy gradients, through policy, breakers and economy",
  settings: APG_SETTINGS,
  devices: [
    {
      name: "wasm",
      check: async (run: LearnerRun<ApgSettings>) => checkWorld(run),
      open: async (run: LearnerRun<ApgSettings>) => {
        checkWorld(run);
        return createApg(run);
      },
    },
  ],
  options: (run) => run,
  structure: structureOf,
  carried: [],
  check: checkApg,
  work: (run) => ({
    iterations: countIterations(run),
    stepsPerIteration: countSteps(run),
    minIterations: 2,
    returnFrom: 0,
    sizes: "episodes",
  }),
  pack: (state) => state,
  unpack: (state) => state,
  report: (metrics) => metrics,
  stateShape: ({ world, settings }) => {
    const length = planPolicy(world, settings, structureOf(settings, world)).actor.parameterCount;
    return {
      counters: [],
      tensors: {
        "adam.first": { type: "f64", length, range: "finite" },
        "adam.second": { type: "f64", length, range: "not negative" },
        multipliers: { type: "f64", length: 2, range: "not negative" },
      },
    };
  },
  whyImpossible: ({ iteration, envSteps }, run) => {
    const planned = countIterations(run);
    if (iteration > planned) return `iteration is ${iteration}, but the run has ${planned}`;
    if (envSteps === iteration * countSteps(run)) return undefined;
    return `envSteps is ${envSteps}, but ${iteration} iterations make ${iteration * countSteps(run)}`;
  },
  watch: () => () => [],
});

function checkWorld({ world }: LearnerRun<ApgSettings>): void {
  if (world.actions.kind === "continuous") return;
  const message = `${world.id} has a choice of ${world.actions.count} instead of levers: no gradient goes through a choice`;
  throw new UserError("E_TRAIN_WORLD", message, "use --set algorithm=ppo");
}
