import type { AgentPlan } from "../../../models/spec.js";
import type { Gpu } from "../../../models/webgpu/device.js";
import type { Stopwatch } from "../../../models/webgpu/passes.js";
import type { ReadBack } from "../../../models/webgpu/read-back.js";
import type { LaneBlock } from "../../rollout/lane-block.js";
import type { LearnerPrograms } from "../programs.js";
import type { PpoState } from "../state.js";
import type { LearnerOptions } from "../wasm/wasm-context.js";
import type { GpuLayout } from "./gpu-layout.js";
import type { GpuBuffers, GpuKernels } from "./kernels.js";

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
export type Progress = Pick<PpoState, "iteration" | "envSteps" | "clock" | "updates">;
