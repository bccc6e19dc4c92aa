import { layoutRecord } from "../../compiler/schema.js";
import { CHUNK_LANES } from "../apg/layout.js";
import { type LaneBlock, planLaneBlock } from "../rollout/lane-block.js";
import { sizeOf, type TablePrograms } from "./programs.js";

/** Where everything lies; addresses in bytes. What there is of each control step lies step after step, chunk after chunk. */
export interface TableLayout {
  readonly block: LaneBlock;
  /** Bytes from one control step to the next. */
  readonly days: { readonly control: number; readonly kept: number; readonly day: number; readonly request: number };
  readonly scale: number;
  readonly control: number;
  readonly lanes: number;
  readonly kept: number;
  readonly day: number;
  readonly requests: number;
  /** Derivatives by the requests, laid out like them. */
  readonly slopes: number;
  readonly bytes: number;
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** @param chunks that are followed at a time */
export function planTable({ kept, others, lane, day }: TablePrograms, horizon: number, chunks: number): TableLayout {
  const block = planLaneBlock(chunks * CHUNK_LANES, [...kept, ...others], CHUNK_LANES);
  const laneBytes = block.capacity * 4;
  const days = {
    control: align(layoutRecord(lane.records.control).size * 4),
    kept: kept.reduce((sum, record) => sum + sizeOf(record), 0) * laneBytes,
    day: sizeOf(day) * laneBytes,
    request: sizeOf(lane.records.requested) * laneBytes,
  };
  let next = 64;
  const take = (bytes: number) => {
    const address = next;
    next += align(bytes);
    return address;
  };
  const addresses = {
    scale: take(64),
    control: take(days.control * horizon),
    lanes: take(block.bytes),
    kept: take(days.kept * horizon * chunks),
    day: take(days.day * horizon * chunks),
    requests: take(days.request * horizon * chunks),
    slopes: take(days.request * horizon * chunks),
  };
  return { block, days, ...addresses, bytes: next };
}
