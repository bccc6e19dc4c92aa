import { UserError } from "../../core/errors.js";
import { hasStructure } from "../learned/structure.js";
import { defineAlgorithm, type LearnerRun } from "../learner/algorithm.js";
import { structureOf } from "../learner/structure-settings.js";
import { countIterations, countSteps, createEs, planEs } from "./learner.js";
import { checkEs, ES_SETTINGS, type EsSettings } from "./settings.js";

/** Evolution of all weights. */
export const ES = defineAlgorithm({
  id: "es",
  doc: "evolution of all weights: CMA-ES for few, a gradient estimated from antithetic pairs for many",
  settings: ES_SETTINGS,
  devices: [
    {
      name: "wasm",
      check: async (run: LearnerRun<EsSettings>) => checkWorld(run),
      open: async (run: LearnerRun<EsSettings>) => {
        checkWorld(run);
        return createEs(run);
      },
    },
  ],
  options: (run) => run,
  structure: structureOf,
  carried: [],
  check: checkEs,
  work: (run) => ({
    iterations: countIterations(run),
    stepsPerIteration: countSteps(run),
    minIterations: 2,
    returnFrom: 0,
    sizes: "population or episodes",
  }),
  pack: (state) => state,
  unpack: (state) => state,
  report: (metrics) => metrics,
  stateShape: (run) => ({ counters: [], tensors: planEs(run).search.shape }),
  whyImpossible: ({ iteration, envSteps }, run) => {
    const planned = countIterations(run);
    if (iteration > planned) return `iteration is ${iteration}, but the run has ${planned}`;
    if (envSteps === iteration * countSteps(run)) return undefined;
    return `envSteps is ${envSteps}, but ${iteration} iterations make ${iteration * countSteps(run)}`;
  },
  watch: () => () => [],
});

function checkWorld({ world, settings }: LearnerRun<EsSettings>): void {
  if (world.actions.kind === "continuous" || !hasStructure(structureOf(settings, world))) return;
  const message = `${world.id} has a choice of ${world.actions.count} instead of levers: a policy for it has no base rule and no memory`;
  throw new UserError("E_TRAIN_WORLD", message, "add --set base=off --set memoryRates= --set lastRequest=false");
}
