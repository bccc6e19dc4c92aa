import type { RecordBinding } from "../../compiler/schema.js";
import { storedRecords } from "../../env/lane/records.js";
import { CHUNK_LANES, type LaneBlock, planLaneBlock } from "./lane-block.js";
import type { TrainingPrograms } from "./training-programs.js";

/** Sizes of a rollout. */
export interface RolloutSizes {
  /** Lanes. */
  readonly numEnvs: number;
  /** Decisions of a lane. */
  readonly numSteps: number;
  /** Control steps of a decision. */
  readonly decisionInterval: number;
}

/** Byte addresses of what a rollout reads and writes in the memory of the `wasm` device. */
export interface RolloutLayout {
  readonly block: LaneBlock;
  readonly lanes: number;
  /** One control record per step of the rollout. */
  readonly control: number;
  readonly controlBytes: number;
  readonly normalizer: number;
  readonly scaling: number;
  readonly actorTable: number;
  readonly criticTable: number;
  readonly params: number;
  /** Rows of a chunk: numSteps + 1 times the fields of STEP_RECORD. */
  readonly rows: number;
  readonly rowBytes: number;
  readonly rowChunkBytes: number;
  /** Sample-major: network input, decision, value, advantage, return. */
  readonly samples: number;
  /** Floats. */
  readonly sampleStride: number;
  /** Per lane chunk: f64 sum and sum of squares of each observation, of the discounted return, and of each cost. */
  readonly observationSums: number;
  readonly observationSumsBytes: number;
  readonly gainSums: number;
  readonly costSums: number;
  readonly costSumsBytes: number;
  /** Per thread. */
  readonly scratch: number;
  readonly scratchBytes: number;
  /** Offsets within a thread's scratch, bytes. */
  readonly inScratch: { readonly actor: number; readonly critic: number };
}

/** The records that lie in the lanes' memory of every device, in their order in a saved state. */
export function savedRecords({ lane, step }: Pick<TrainingPrograms, "lane" | "step">): readonly RecordBinding[] {
  return [...storedRecords(lane.records).map((name) => lane.records[name]), step.discounted];
}

/** The lanes' memory of a learner: what a saved state holds, whatever the device. */
export function planLanes(programs: TrainingPrograms, numEnvs: number): LaneBlock {
  const { policy } = programs;
  const chunkLanes = [CHUNK_LANES, 128, 64].find((lanes) => numEnvs % lanes === 0);
  return planLaneBlock(numEnvs, [...savedRecords(programs), policy.input, policy.output, policy.decision], chunkLanes);
}
