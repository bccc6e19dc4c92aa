import type { LaneOptions } from "../../../env/lane/uses.js";
import type { World } from "../../../env/world.js";
import type { AgentPlan } from "../../../models/spec.js";
import type { Device } from "../../../models/wasm/device.js";
import type { PlacedBlock } from "../../rollout/lane-block.js";
import type { LearnerPrograms } from "../programs.js";
import type { PpoOptions } from "../settings.js";
import type { LearnerJobs } from "./jobs.js";
import type { LearnerLayout } from "./memory-layout.js";

export interface LearnerOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly horizon: number;
  readonly ppo: PpoOptions;
  readonly numThreads: number;
  readonly relaxed: boolean;
  /** Uniform numbers for the initial weights. */
  readonly random: () => number;
}

/** What the parts of an iteration share. */
export interface LearnerContext {
  readonly options: LearnerOptions;
  readonly programs: LearnerPrograms;
  readonly agent: AgentPlan;
  readonly layout: LearnerLayout;
  readonly jobs: LearnerJobs;
  readonly device: Device;
  readonly placed: PlacedBlock;
  readonly f32: (address: number, length: number) => Float32Array;
  readonly f64: (address: number, length: number) => Float64Array;
}
