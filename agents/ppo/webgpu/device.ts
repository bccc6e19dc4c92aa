import type { LearnerDevice } from "../../learner/device.js";
import type { PpoMetrics } from "../metrics.js";
import type { PpoState } from "../state.js";
import type { LearnerOptions } from "../wasm/wasm-context.js";
import { checkWebgpu, createWebgpuLearner } from "./gpu-learner.js";

/**
 * The whole iteration on a GPU, by kernels of our own.
 * @throws UserError `E_WEBGPU_PACKAGE`, `E_WEBGPU_ADAPTER` or `E_WEBGPU_LIMITS` when there is no GPU, `E_WEBGPU_MEMORY` when the run
 * does not fit
 */
export const WEBGPU: LearnerDevice<LearnerOptions, PpoState, PpoMetrics> = {
  name: "webgpu",
  check: async (options) => {
    await checkWebgpu(options);
  },
  open: (options) => createWebgpuLearner(options),
};
