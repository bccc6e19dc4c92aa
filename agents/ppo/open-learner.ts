import { loadTensorFlow } from "../../models/tensorflow/load.js";
import type { LearnerOptions } from "./context.js";
import { createLearner, type Learner } from "./learner.js";
import { tensorflowUpdater } from "./tensorflow-updater.js";

/** Devices that a policy can be trained on. */
export type TrainDevice = "wasm" | "tensorflow";

/**
 * A learner on a device. All of them keep one contract: a state of one goes on on another.
 * @throws UserError `E_TENSORFLOW_MISSING` when no TensorFlow.js package works here
 */
export async function openLearner(device: TrainDevice, options: LearnerOptions): Promise<Learner> {
  return device === "tensorflow" ? createLearner(options, tensorflowUpdater(await loadTensorFlow())) : createLearner(options);
}
