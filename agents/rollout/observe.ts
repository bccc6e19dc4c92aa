import type { Program } from "../../compiler/ir/program.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import type { Argument, Call } from "../../models/wasm/plan.js";
import type { LaneBlock } from "./lane-block.js";
import { laneBinding, type RolloutPrograms, withoutUnits } from "./programs.js";
import { kernel, perChunk } from "./rollout-jobs.js";

/** Sums over the raw observations of episodes that have not ended, for running moments. */
export interface ObservationSums {
  /** Observations, each a vector. */
  readonly count: number;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Sums them up during episodes: a record in the lane block, a program and memory of its own per chunk. */
export interface Observer {
  readonly record: RecordBinding;
  /** (metrics, observation, record) */
  readonly program: Program;
  readonly chunkBytes: number;
}

export function buildObserver({ records, metrics }: RolloutPrograms): Observer {
  const fields = ["alive", ...Object.keys(records.observation.fields)];
  const record = laneBinding("seen", Object.fromEntries(fields.map((name) => [name, { unit: "1", doc: `${name}, or 0` }])));
  const program = buildProgram({
    name: "observe",
    uses: {},
    step: keepLive,
    records: [withoutUnits(metrics), withoutUnits(records.observation), record],
  });
  return { record, program, chunkBytes: Math.ceil((layoutRecord(record).size * 16) / 64) * 64 };
}

type Values = Record<string, number>;

/** What an ended episode still shows counts for nothing. */
function keepLive(m: Values, o: Values, seen: Values): void {
  seen["alive"] = m["alive"]!;
  for (const name in o) seen[name] = m["alive"]! > 0.5 ? o[name]! : 0;
}

interface Place {
  readonly block: LaneBlock;
  /** Of the program among the device's modules. */
  readonly instance: number;
  readonly lane: (record: string) => Argument;
  /** Of the sums of the first chunk. */
  readonly address: number;
}

/** The calls of one control step, before its decision. */
export function observeCalls({ record, chunkBytes }: Observer, { block, instance, lane, address }: Place): readonly Call[] {
  const { capacity, chunkLanes } = block;
  const run = { instance, export: "run", args: [0, chunkLanes, lane("m"), lane("observation"), lane("seen")] };
  const { size } = layoutRecord(record);
  return [run, kernel("moments", lane("seen"), capacity, size, chunkLanes, perChunk(address, chunkBytes))];
}

/** Sums of some chunks, in their order. */
export function readObservations(
  { record, chunkBytes }: Observer,
  buffer: ArrayBufferLike,
  address: number,
  chunks: { readonly from: number; readonly to: number },
): ObservationSums {
  const { size } = layoutRecord(record);
  const pairs = new Float64Array(2 * size);
  for (let chunk = chunks.from; chunk < chunks.to; chunk++) {
    const own = new Float64Array(buffer, address + chunk * chunkBytes, 2 * size);
    for (let i = 0; i < pairs.length; i++) pairs[i]! += own[i]!;
  }
  const every = (which: 0 | 1) => pairs.filter((_, i) => i % 2 === which).subarray(1);
  return { count: pairs[0]!, sums: every(0), squares: every(1) };
}
