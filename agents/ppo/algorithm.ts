import type { TrainDevice } from "../../models/devices.js";
import { loadTensorFlow } from "../../models/tensorflow/load.js";
import { defineAlgorithm, type LearnerRun } from "../learner/algorithm.js";
import { reportPpo } from "./metrics.js";
import { packPpo, ppoShape, unpackPpo, whyImpossible } from "./pack-state.js";
import { checkPpoSettings, PPO_SETTINGS, type PpoSettings, scaleRollout } from "./settings.js";
import { tensorflowUpdater } from "./tensorflow/tensorflow-updater.js";
import type { LearnerOptions } from "./wasm/wasm-context.js";
import { createLearner, type PpoLearner } from "./wasm/wasm-learner.js";
import { watchPpo } from "./watch.js";
import { checkWebgpu, createWebgpuLearner } from "./webgpu/gpu-learner.js";

export const PPO = defineAlgorithm({
  id: "ppo",
  doc: "proximal policy optimization (Schulman et al. 2017)",
  settings: PPO_SETTINGS,
  devices: ["wasm", "webgpu", "tensorflow"],
  complete: scaleRollout,
  check: checkPpoSettings,
  work: ({ settings, steps }) => {
    const stepsPerIteration = settings.numEnvs * settings.numSteps * settings.decisionInterval;
    // The first rollout only measures the observations: no normaliser exists before it.
    const minIterations = settings.normalizeObservation ? 2 : 1;
    const iterations = Math.ceil(steps / stepsPerIteration);
    return { iterations, stepsPerIteration, minIterations, sizes: "numEnvs or numSteps" };
  },
  checkDevice: async (device, run) => {
    if (device === "tensorflow") await loadTensorFlow();
    if (device === "webgpu") await checkWebgpu(ppoOptions(run));
  },
  open: (device, run) => openPpo(device, ppoOptions(run)),
  pack: packPpo,
  unpack: unpackPpo,
  report: reportPpo,
  stateShape: ppoShape,
  whyImpossible,
  watch: watchPpo,
});

/** The learner of a run, but for its device. The learning rate reaches 0 at the end of PPO's own steps. */
function ppoOptions({ world, lane, horizon, settings, steps, numThreads, random }: LearnerRun<PpoSettings>): LearnerOptions {
  const { relaxed } = settings;
  return { world, lane, horizon, ppo: { ...settings, totalSteps: steps }, numThreads, relaxed, random };
}

/**
 * A learner on a device. All of them keep one contract: a state of one goes on on another.
 * @throws UserError `E_TENSORFLOW_MISSING` when no TensorFlow.js package works here; `E_WEBGPU_PACKAGE`, `E_WEBGPU_ADAPTER` or
 * `E_WEBGPU_LIMITS` when there is no GPU, `E_WEBGPU_MEMORY` or `E_WASM_MEMORY` when the run does not fit
 */
async function openPpo(device: TrainDevice, options: LearnerOptions): Promise<PpoLearner> {
  switch (device) {
    case "wasm":
      return createLearner(options);
    case "webgpu":
      return createWebgpuLearner(options);
    case "tensorflow":
      return createLearner(options, tensorflowUpdater(await loadTensorFlow()));
  }
}
