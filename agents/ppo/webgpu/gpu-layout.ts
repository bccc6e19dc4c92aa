import { recordInfo } from "../../../compiler/ir/record-info.js";
import { layoutRecord } from "../../../compiler/schema.js";
import { planWords } from "../../../compiler/wgsl/word-plan.js";
import { UserError } from "../../../core/errors.js";
import { type AgentPlan, padded } from "../../../models/spec.js";
import { columnWorkgroups, planUpdateSums } from "../../../models/webgpu/optimizer-shader.js";
import { planRecords, type RecordPlan } from "../../../models/webgpu/records.js";
import { planTile } from "../../../models/webgpu/tile.js";
import { planWeightGradient, type WeightGradientPlan } from "../../../models/webgpu/weight-gradient.js";
import { savedRecords } from "../../rollout/rollout-layout.js";
import { STEP_RECORD } from "../../rollout/stages.js";
import type { GpuRolloutLayout } from "../../rollout/webgpu/gpu-rollout-layout.js";
import { laneSumRows, planStats } from "../../rollout/webgpu/statistics-shader.js";
import type { LearnerPrograms } from "../programs.js";
import type { PpoOptions } from "../settings.js";

/** Samples whose activations are kept at a time before a workgroup sums weight gradients over them. */
const SLICE_SAMPLES = 64;
/** Workgroups that share a minibatch, at most: several for each core of the largest cards. Each has a partial gradient of its own. */
const MAX_WORKGROUPS = 1024;
/** All partial gradients together, and all activations: what grows with the networks and not with the environments. */
const PARTIAL_BYTES = { usual: 2 ** 28, most: 2 ** 30 };
const RECORD_BYTES = 2 ** 29;
/** Workgroups that share the permuting of a minibatch. */
const MAX_PARTS = 64;
const PART_SAMPLES = 1024;

/** Sizes and places of everything that a learner keeps on a GPU. */
export interface GpuLayout extends GpuRolloutLayout {
  readonly advantageColumn: number;
  readonly records: RecordPlan;
  readonly weightGradient: WeightGradientPlan;
  readonly lossNames: readonly string[];
  readonly updateSums: ReturnType<typeof planUpdateSums>;
  /** Floats of a partial gradient: the parameters, then the sums of the loss's outputs. */
  readonly partialCount: number;
  /** Tiles of a minibatch, and how they are shared out. */
  readonly minibatchTiles: number;
  readonly tilesPerWorkgroup: number;
  readonly tilesPerSlice: number;
  readonly workgroups: number;
  readonly permuteParts: number;
  /** Bytes of every buffer. */
  readonly buffers: Readonly<Record<BufferName, number>>;
  readonly bytes: number;
  /** Of what a state is read through, for as long as that takes. */
  readonly stateBytes: number;
}

/** What a saved state holds. */
export const STATE_BUFFERS = ["lanes", "params", "firstMoment", "secondMoment", "stats"] as const;

export type BufferName =
  | "lanes"
  | "control"
  | "stats"
  | "params"
  | "firstMoment"
  | "secondMoment"
  | "samples"
  | "rows"
  | "laneSums"
  | "sums"
  | "indices"
  | "advantageSums"
  | "records"
  | "jobs"
  | "partials"
  | "gradient"
  | "norms"
  | "updateSums"
  | "steps"
  | "turns"
  | "run";

/** Dynamic uniforms lie at multiples of this many bytes. */
export const UNIFORM_STRIDE = 256;

/** Workgroups along one dimension of a dispatch. */
const MAX_ACROSS = 65_535;

function checkUpdates({ updateEpochs, numMinibatches }: PpoOptions): void {
  if (updateEpochs * numMinibatches <= MAX_ACROSS) return;
  throw new UserError(
    "E_WEBGPU_LIMITS",
    `updateEpochs * numMinibatches must be at most ${MAX_ACROSS} on a GPU, got ${updateEpochs} * ${numMinibatches}`,
    "use larger minibatches: a lower numMinibatches",
  );
}

/** What a plan depends on besides the run. */
export interface PlanOptions {
  /** What goes through the steps of a rollout; "device" unless given. */
  readonly loop?: "device" | "host";
  /** Bytes of the device's largest buffer: of large ones, partial gradients take more memory, so that wide networks keep all cores busy. */
  readonly largestBuffer?: number;
  /** Workgroups that share a minibatch, at most; fewer than usual for tests of their work. */
  readonly maxWorkgroups?: number | undefined;
}

/** @throws UserError `E_WEBGPU_LIMITS` for more updates than a dispatch has rows */
export function planGpuLearner(
  programs: LearnerPrograms,
  agent: AgentPlan,
  ppo: PpoOptions,
  options: PlanOptions = {},
): GpuLayout {
  checkUpdates(ppo);
  const { costs, control } = programs.lane.records;
  const columns = planColumns(programs);
  const records = planRecords(agent);
  const lossNames = Object.keys(programs.loss.output.fields);
  const networks = {
    tile: planTile(agent),
    records,
    weightGradient: planWeightGradient(agent, records),
    lossNames,
    updateSums: planUpdateSums(lossNames.length),
    partialCount: agent.parameterCount + padded(lossNames.length),
  };
  const layout = {
    lanes: planWords(savedRecords(programs).map(recordInfo), ppo.numEnvs),
    controlWords: layoutRecord(control).size,
    ...columns,
    rowFields: Object.keys(STEP_RECORD),
    sumRows: laneSumRows(columns.numInputs, Object.keys(costs.fields)),
    stats: planStats(columns.numInputs),
    ...networks,
    ...shareOut(networks, ppo, options),
  };
  const buffers = bufferBytes(layout, agent, ppo, options);
  const bytes = Object.values(buffers).reduce((sum, each) => sum + each, 0);
  const stateBytes = STATE_BUFFERS.reduce((sum, name) => sum + buffers[name], 0);
  return { ...layout, buffers, bytes, stateBytes };
}

/** Where a sample's numbers lie. */
function planColumns({ lane, policy, loss }: LearnerPrograms) {
  const numObservations = Object.keys(lane.records.observation.fields).length;
  const numInputs = numObservations + Object.keys(lane.records.hidden.fields).length;
  const valueColumn = numInputs + layoutRecord(policy.decision).size;
  const sampleStride = padded(numInputs + layoutRecord(loss.sample).size);
  const advantageColumn = valueColumn + 1;
  return { numObservations, numInputs, sampleStride, decisionColumn: numInputs, valueColumn, advantageColumn };
}

/** Bytes of the records of a slice. */
const sliceBytes = ({ tile, records }: Pick<GpuLayout, "tile" | "records">, tilesPerSlice: number): number =>
  tilesPerSlice * tile.samples * records.size * 16;

/** How the tiles of a minibatch are shared out to workgroups. */
function shareOut(
  networks: Pick<GpuLayout, "tile" | "records" | "partialCount">,
  { numEnvs, numSteps, numMinibatches }: PpoOptions,
  { largestBuffer, maxWorkgroups = MAX_WORKGROUPS }: PlanOptions,
) {
  const minibatchSize = (numEnvs * numSteps) / numMinibatches;
  const minibatchTiles = minibatchSize / networks.tile.samples;
  const tilesPerSlice = Math.max(1, SLICE_SAMPLES / networks.tile.samples);
  const partialBytes = largestBuffer === undefined ? PARTIAL_BYTES.usual : Math.min(PARTIAL_BYTES.most, largestBuffer / 2);
  const recordBytes = Math.min(RECORD_BYTES, largestBuffer ?? RECORD_BYTES);
  const fitting = Math.min(
    Math.floor(partialBytes / (4 * networks.partialCount)),
    Math.floor(recordBytes / sliceBytes(networks, tilesPerSlice)),
  );
  const most = Math.min(maxWorkgroups, Math.max(1, fitting));
  const tilesPerWorkgroup = Math.max(tilesPerSlice, Math.ceil(minibatchTiles / most));
  const workgroups = Math.ceil(minibatchTiles / tilesPerWorkgroup);
  const permuteParts = Math.min(MAX_PARTS, Math.ceil(minibatchSize / PART_SAMPLES));
  return { minibatchTiles, tilesPerWorkgroup, tilesPerSlice, workgroups, permuteParts };
}

function bufferBytes(
  layout: Omit<GpuLayout, "buffers" | "bytes" | "stateBytes">,
  { parameterCount }: AgentPlan,
  { numEnvs, numSteps, numMinibatches, updateEpochs, decisionInterval }: PpoOptions,
  { loop = "device" }: PlanOptions,
): GpuLayout["buffers"] {
  const { sumRows, partialCount, workgroups } = layout;
  const total = numEnvs * numSteps;
  const updates = updateEpochs * numMinibatches;
  return {
    lanes: layout.lanes.laneWords * 4,
    control: layout.controlWords * numSteps * decisionInterval * 4,
    stats: layout.stats.size * 4,
    params: parameterCount * 4,
    firstMoment: parameterCount * 4,
    secondMoment: parameterCount * 4,
    samples: total * layout.sampleStride * 4,
    rows: (numSteps + 1) * layout.rowFields.length * numEnvs * 4,
    laneSums: sumRows.size * numEnvs * 4,
    sums: 2 * sumRows.size * 4,
    indices: updateEpochs * total * 4,
    advantageSums: updates * layout.permuteParts * 8,
    records: workgroups * sliceBytes(layout, layout.tilesPerSlice),
    jobs: layout.weightGradient.jobs.byteLength,
    partials: workgroups * partialCount * 4,
    gradient: partialCount * 4,
    norms: columnWorkgroups(partialCount) * 4,
    updateSums: layout.updateSums.size * 4,
    steps: updates * UNIFORM_STRIDE,
    turns: loop === "host" ? numSteps * decisionInterval * UNIFORM_STRIDE : 0,
    run: 16,
  };
}
