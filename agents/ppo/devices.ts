import type { LearnerDevice } from "../learner/device.js";
import type { PpoMetrics } from "./metrics.js";
import type { PpoState } from "./state.js";
import { TENSORFLOW } from "./tensorflow/device.js";
import { WASM } from "./wasm/device.js";
import type { LearnerOptions } from "./wasm/wasm-context.js";
import { WEBGPU } from "./webgpu/device.js";

/** Where PPO learns; each is a folder. */
export const PPO_DEVICES: readonly LearnerDevice<LearnerOptions, PpoState, PpoMetrics>[] = [WASM, WEBGPU, TENSORFLOW];
