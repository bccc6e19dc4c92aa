import { layoutRecord } from "../../compiler/schema.js";
import { type NetworkPlan, networkTable } from "../../models/spec.js";
import { type LaneBlock, planLaneBlock } from "../rollout/lane-block.js";
import { type ApgPrograms, sizeOf } from "./programs.js";

/** Episodes that are followed together on a thread: a block of the network's kernels. */
export const CHUNK_LANES = 64;

/** Bytes from one to the next of what there is per control step. */
interface DaySizes {
  readonly control: number;
  readonly kept: number;
  readonly day: number;
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
  /** Per thread. */
  readonly scratch: number;
  readonly scratchBytes: number;
  /** Of one run of the network. */
  readonly elementScratchBytes: number;
  readonly lanes: number;
  /** Kept lane records and what was recorded, per chunk and control step. */
  readonly keptDays: number;
  readonly dayRecords: number;
  /** Gradients, per chunk. */
  readonly gradient: number;
  readonly gradientBytes: number;
  readonly bytes: number;
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** @param chunks that are followed at a time */
export function planApg(
  programs: ApgPrograms,
  network: NetworkPlan,
  { horizon, chunks, numThreads }: { readonly horizon: number; readonly chunks: number; readonly numThreads: number },
): ApgLayout {
  const { kept, derivatives, others, lane, policy, day } = programs;
  const block = planLaneBlock(chunks * CHUNK_LANES, [...kept, ...derivatives, ...others], CHUNK_LANES);
  const laneBytes = block.capacity * 4;
  const days = {
    control: align(layoutRecord(lane.records.control).size * 4),
    kept: kept.reduce((sum, record) => sum + sizeOf(record), 0) * laneBytes,
    day: sizeOf(day) * laneBytes,
  };
  const gradientBytes = align(network.parameterCount * 4);
  const elementScratchBytes = align(network.scratchCount * 4);
  const scratchBytes = elementScratchBytes * policy.places.numElements;
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
    scratch: take(scratchBytes * numThreads),
    lanes: take(block.bytes),
    keptDays: take(days.kept * horizon * chunks),
    dayRecords: take(days.day * horizon * chunks),
    gradient: take(gradientBytes * chunks),
  };
  return { block, days, ...addresses, scratchBytes, elementScratchBytes, gradientBytes, bytes: next };
}
