import { loadTensorFlow } from "../../models/tensorflow/load.js";
import type { LearnerOptions } from "./context.js";
import { createLearner, type Learner } from "./learner.js";
import { tensorflowUpdater } from "./tensorflow-updater.js";
import { createWebgpuLearner } from "./webgpu/learner.js";

/** Devices that a policy can be trained on. */
export type TrainDevice = "wasm" | "webgpu" | "tensorflow";

/**
 * A learner on a device. All of them keep one contract: a state of one goes on on another.
 * @throws UserError `E_TENSORFLOW_MISSING` when no TensorFlow.js package works here; `E_WEBGPU_PACKAGE`, `E_WEBGPU_ADAPTER` or
 * `E_WEBGPU_LIMITS` when there is no GPU, `E_WEBGPU_MEMORY` or `E_WASM_MEMORY` when the run does not fit
 */
export async function openLearner(device: TrainDevice, options: LearnerOptions): Promise<Learner> {
  switch (device) {
    case "wasm":
      return createLearner(options);
    case "webgpu":
      return createWebgpuLearner(options);
    case "tensorflow":
      return createLearner(options, tensorflowUpdater(await loadTensorFlow()));
  }
}
