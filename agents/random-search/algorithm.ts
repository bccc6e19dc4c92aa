import { defineAlgorithm } from "../learner/algorithm.js";
import { countSteps, createRandomSearch } from "./learner.js";
import { checkRandomSearch, RANDOM_SEARCH_SETTINGS } from "./settings.js";

/** Simple random search over policies: the baseline that a gradient has to beat. */
export const RANDOM_SEARCH = defineAlgorithm({
  id: "random-search",
  doc: "augmented random search over the weights of a linear policy or a network (Mania et al. 2018)",
  settings: RANDOM_SEARCH_SETTINGS,
  devices: [{ name: "wasm", check: async () => {}, open: createRandomSearch }],
  options: (run) => run,
  carried: [],
  check: checkRandomSearch,
  work: (run) => {
    const stepsPerIteration = countSteps(run);
    const minIterations = run.settings.normalizeObservation ? 2 : 1;
    const iterations = Math.ceil(run.steps / stepsPerIteration);
    return { iterations, stepsPerIteration, minIterations, returnFrom: 0, sizes: "numDirections or episodes" };
  },
  pack: (state) => state,
  unpack: (state) => state,
  report: (metrics) => metrics,
  stateShape: () => ({ counters: [], tensors: {} }),
  whyImpossible: ({ iteration, envSteps }, run) => {
    const planned = Math.ceil(run.steps / countSteps(run));
    if (iteration > planned) return `iteration is ${iteration}, but the run has ${planned}`;
    if (envSteps === iteration * countSteps(run)) return undefined;
    return `envSteps is ${envSteps}, but ${iteration} iterations make ${iteration * countSteps(run)}`;
  },
  watch: () => () => [],
});
