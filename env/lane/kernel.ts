import { layoutRecord } from "../../compiler/schema.js";
import type { World } from "../world.js";
import { allocateLanes, type LaneDevice, type LaneView, recordSize } from "./memory.js";
import { lanePrograms } from "./programs.js";
import type { LaneRecords } from "./records.js";
import type { LaneOptions } from "./uses.js";

/** Any number of lanes of one world, compiled, with their memory. */
export interface LaneKernel {
  /** Lanes in memory: a multiple of 4. */
  readonly capacity: number;
  readonly step: () => void;
  readonly reset: () => void;
  /** One value for all lanes (uniform record) or element `lane` of it; counters and keys are u32. */
  readonly view: (record: keyof LaneRecords, field: string) => LaneView;
  /** Whether a field is stored: parameters that are the same for all lanes are part of the code. */
  readonly has: (record: keyof LaneRecords, field: string) => boolean;
  readonly fields: (record: keyof LaneRecords) => readonly string[];
  /** The fields that are no rings. */
  readonly scalars: (record: keyof LaneRecords) => readonly string[];
}

/** @throws UserError E_STEP_* where a function of the world is outside of the compiler's subset; E_NO_EVAL for `js` */
export function compileLanes(world: World, options: LaneOptions, device: LaneDevice, numLanes: number): LaneKernel {
  const { records, step, reset } = lanePrograms(world, options);
  const capacity = Math.ceil(numLanes / 4) * 4;
  const places = new Map<string, number>();
  let size = 0;
  for (const record of Object.values(records)) {
    places.set(record.name, size);
    size += recordSize(record, capacity);
  }
  const memory = allocateLanes(device, { size, capacity, lanes: capacity });
  const fields = (record: keyof LaneRecords) => [...layoutRecord(records[record]).slots.keys()];
  return {
    capacity,
    step: memory.compile(step, places),
    reset: memory.compile(reset, places),
    view: (record, field) => memory.view(records[record], places.get(record)!, field),
    has: (record, field) => layoutRecord(records[record]).slots.has(field),
    fields,
    scalars: (record) => fields(record).filter((name) => records[record].fields[name]!.length === undefined),
  };
}
