import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { type NetworkPlan, networkTable } from "../../models/spec.js";
import { type LaneBlock, planLaneBlock } from "../rollout/lane-block.js";
import { type ApgPrograms, sizeOf } from "./programs.js";

/** Episodes that are followed together on a thread: a block of the network's kernels. */
export const CHUNK_LANES = 64;

/** Room between fields: as little as keeps their distance from being a power of two, as a year of it is read and written. */
const SPARE_LANES = 4;

/** What is kept of each day besides lane records: the request of the base, and the activations of the network. */
export const BASE_REQUEST = "baseRequest";
export const ACTIVATIONS = "activations";

/** Bytes per control step: the controls, the lane records that it starts from, and all that is kept of it. */
interface DaySizes {
  readonly control: number;
  readonly kept: number;
  readonly row: number;
}

/** Where everything lies; addresses in bytes. What is per chunk lies chunk after chunk. */
export interface ApgLayout {
  readonly block: LaneBlock;
  readonly days: DaySizes;
  readonly table: number;
  readonly params: number;
  readonly normalizer: number;
  readonly scale: number;
  readonly control: number;
  /** 16 bytes per control step: four ones where the derivatives of later steps are dropped, counted from the end. */
  readonly cuts: number;
  /** Per thread: activations of one run of the network, where those of each day are not kept. */
  readonly scratch: number;
  readonly activationBytes: number;
  readonly lanes: number;
  /** What is kept of each control step, per chunk, and where each part of it begins. */
  readonly dayRows: number;
  readonly dayOffsets: ReadonlyMap<string, number>;
  /** Gradients, per chunk. */
  readonly gradient: number;
  readonly gradientBytes: number;
  readonly bytes: number;
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

interface ApgSizes {
  readonly horizon: number;
  /** That are followed at a time. */
  readonly chunks: number;
  readonly numThreads: number;
  /** Keep the network's activations of each day; otherwise they are computed again on the way back. */
  readonly keepsActivations: boolean;
}

export function planApg(
  programs: ApgPrograms,
  network: NetworkPlan,
  { horizon, chunks, numThreads, keepsActivations }: ApgSizes,
): ApgLayout {
  const { kept, derivatives, others, policy } = programs;
  const block = planLaneBlock(chunks * CHUNK_LANES, [...kept, ...derivatives, ...others], CHUNK_LANES, SPARE_LANES);
  const activationBytes = align(network.scratchCount * 4);
  const keptRuns = keepsActivations ? policy.places.numElements : 0;
  const { dayOffsets, days } = planDay(programs, keptRuns * activationBytes, block.capacity);
  const gradientBytes = align(network.parameterCount * 4);
  let next = 64;
  const take = (bytes: number) => {
    const address = next;
    next += align(bytes);
    return address;
  };
  const addresses = {
    table: take(networkTable(network).byteLength),
    params: take(network.parameterCount * 4),
    normalizer: take(sizeOf(policy.normalizer) * 4),
    scale: take(12),
    control: take(days.control * horizon),
    cuts: take(16 * horizon),
    scratch: take(activationBytes * numThreads),
    lanes: take(block.bytes),
    dayRows: take(days.row * horizon * chunks),
    gradient: take(gradientBytes * chunks),
  };
  return { block, days, dayOffsets, ...addresses, activationBytes, gradientBytes, bytes: next };
}

/** The lane records that a step starts from lie first and as in the block: one copy keeps them. */
function planDay(programs: ApgPrograms, activations: number, capacity: number): Pick<ApgLayout, "days" | "dayOffsets"> {
  const { kept, lane, policy, day } = programs;
  const { requested, control } = lane.records;
  const dayOffsets = new Map<string, number>();
  let row = 0;
  const take = (name: string, bytes: number) => {
    dayOffsets.set(name, row);
    row += bytes;
  };
  const takeRecord = (record: RecordBinding, name = record.name) => take(name, sizeOf(record) * capacity * 4);
  for (const record of kept) takeRecord(record);
  const keptBytes = row;
  for (const record of [day, policy.input, policy.output, requested]) takeRecord(record);
  takeRecord(requested, BASE_REQUEST);
  row = align(row);
  if (activations > 0) take(ACTIVATIONS, activations);
  const days = { control: align(layoutRecord(control).size * 4), kept: keptBytes, row: align(row) };
  return { days, dayOffsets };
}
