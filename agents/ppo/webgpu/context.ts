import type { AgentPlan } from "../../../models/spec.js";
import type { Gpu } from "../../../models/webgpu/device.js";
import type { Stopwatch } from "../../../models/webgpu/passes.js";
import type { LaneBlock } from "../../rollout/lane-block.js";
import type { LearnerOptions } from "../context.js";
import type { LearnerPrograms } from "../layout.js";
import type { LearnerState } from "../state.js";
import type { GpuBuffers, GpuKernels } from "./kernels.js";
import type { GpuLayout } from "./layout.js";
import type { ReadBack } from "./read-back.js";

/** What the parts of a learner on a GPU share. */
export interface GpuContext {
  readonly options: LearnerOptions;
  readonly programs: LearnerPrograms;
  readonly agent: AgentPlan;
  readonly layout: GpuLayout;
  /** The lanes in a saved state. */
  readonly block: LaneBlock;
  readonly gpu: Gpu;
  readonly buffers: GpuBuffers;
  readonly kernels: GpuKernels;
  readonly readBack: ReadBack;
  readonly stopwatch: Stopwatch | undefined;
}

/** What the host knows of a run without asking the device. */
export type Progress = Pick<LearnerState, "iteration" | "envSteps" | "clock" | "updates">;
