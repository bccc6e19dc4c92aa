import { loadTensorFlow } from "../../../models/tensorflow/load.js";
import type { LearnerDevice } from "../../learner/device.js";
import type { PpoMetrics } from "../metrics.js";
import type { PpoState } from "../state.js";
import type { LearnerOptions } from "../wasm/wasm-context.js";
import { createLearner } from "../wasm/wasm-learner.js";
import { tensorflowUpdater } from "./tensorflow-updater.js";

/**
 * Rollouts on the CPU, updates on TensorFlow.js.
 * @throws UserError `E_TENSORFLOW_MISSING` when no TensorFlow.js package works here
 */
export const TENSORFLOW: LearnerDevice<LearnerOptions, PpoState, PpoMetrics> = {
  name: "tensorflow",
  check: async () => {
    await loadTensorFlow();
  },
  open: async (options) => createLearner(options, tensorflowUpdater(await loadTensorFlow())),
};
