import type { LearnerDevice } from "../../learner/device.js";
import type { PpoMetrics } from "../metrics.js";
import type { PpoState } from "../state.js";
import type { LearnerOptions } from "./wasm-context.js";
import { createLearner } from "./wasm-learner.js";

/** Rollouts and updates on the CPU, by kernels of our own. */
export const WASM: LearnerDevice<LearnerOptions, PpoState, PpoMetrics> = {
  name: "wasm",
  check: async () => {},
  /** @throws UserError `E_WASM_MEMORY` when the run does not fit */
  open: (options) => createLearner(options),
};
