import type { WordPlan } from "../../../compiler/wgsl/word-plan.js";
import type { AgentPlan } from "../../../models/spec.js";
import type { TilePlan } from "../../../models/webgpu/tile.js";
import type { RolloutSizes } from "../rollout-layout.js";
import type { TrainingPrograms } from "../training-programs.js";
import type { LaneSumRows, planStats } from "./statistics-shader.js";

/** Places of what a rollout on a GPU reads and writes. */
export interface GpuRolloutLayout {
  readonly tile: TilePlan;
  readonly lanes: WordPlan;
  /** Of one step. */
  readonly controlWords: number;
  readonly numObservations: number;
  /** Observations and hidden state: what the critic sees. */
  readonly numInputs: number;
  /** Floats of the samples: network input, decision, value, advantage, return; columns of the latter. */
  readonly sampleStride: number;
  readonly decisionColumn: number;
  readonly valueColumn: number;
  readonly rowFields: readonly string[];
  readonly sumRows: LaneSumRows;
  readonly stats: ReturnType<typeof planStats>;
}

/** What the shaders of a rollout follow from. */
export interface GpuRolloutPlan {
  readonly programs: TrainingPrograms;
  readonly agent: AgentPlan;
  readonly layout: GpuRolloutLayout;
  readonly sizes: RolloutSizes;
}
