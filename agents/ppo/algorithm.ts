import { defineAlgorithm, type LearnerRun } from "../learner/algorithm.js";
import { PPO_DEVICES } from "./devices.js";
import { reportPpo } from "./metrics.js";
import { packPpo, ppoShape, unpackPpo, whyImpossible } from "./pack-state.js";
import { checkPpoSettings, PPO_SETTINGS, type PpoSettings, scaleRollout } from "./settings.js";
import type { LearnerOptions } from "./wasm/wasm-context.js";
import { watchPpo } from "./watch.js";

export const PPO = defineAlgorithm({
  id: "ppo",
  doc: "proximal policy optimization (Schulman et al. 2017)",
  settings: PPO_SETTINGS,
  devices: PPO_DEVICES,
  options: ppoOptions,
  carried: ["hidden", "gain"],
  complete: scaleRollout,
  check: checkPpoSettings,
  work: ({ settings, steps, horizon }) => {
    const stepsPerIteration = settings.numEnvs * settings.numSteps * settings.decisionInterval;
    // The first rollout only measures the observations: no normaliser exists before it.
    const minIterations = settings.normalizeObservation ? 2 : 1;
    const iterations = Math.ceil(steps / stepsPerIteration);
    const returnFrom = settings.numEnvs * horizon;
    return { iterations, stepsPerIteration, minIterations, returnFrom, sizes: "numEnvs or numSteps" };
  },
  pack: packPpo,
  unpack: unpackPpo,
  report: reportPpo,
  stateShape: ppoShape,
  whyImpossible,
  watch: watchPpo,
});

/** The learning rate reaches 0 at the end of PPO's own steps. */
function ppoOptions({ world, lane, horizon, settings, steps, numThreads, random }: LearnerRun<PpoSettings>): LearnerOptions {
  const { relaxed } = settings;
  return { world, lane, horizon, ppo: { ...settings, totalSteps: steps }, numThreads, relaxed, random };
}
