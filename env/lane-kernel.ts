import type { Program } from "../compiler/ir/program.js";
import { emitJs } from "../compiler/js/emit-js.js";
import type { RecordBinding, RecordLayout } from "../compiler/schema.js";
import { layoutRecord } from "../compiler/schema.js";
import { buildProgram } from "../compiler/trace/build-program.js";
import { emitWasm } from "../compiler/wasm/emit-wasm.js";
import { instantiateKernel } from "../compiler/wasm/instantiate.js";
import type { LaneOptions } from "./lane.js";
import { laneUses, laneUseUnits, resetLane, stepLane } from "./lane.js";
import type { LaneRecords } from "./lane-records.js";
import { laneRecords } from "./lane-records.js";
import type { World } from "./world.js";

/** `js` is float64 and exact, `wasm` float32 and four lanes at a time. */
export type LaneDevice = "js" | "wasm";

export type LaneArray = Float64Array | Float32Array;

/** Any number of lanes of one world, compiled, with their memory. */
export interface LaneKernel {
  /** Lanes in memory: a multiple of 4. */
  readonly capacity: number;
  readonly step: () => void;
  readonly reset: () => void;
  /** One value for all lanes (uniform record) or element `lane` of it; counters and keys are u32. */
  readonly view: (record: keyof LaneRecords, field: string) => LaneArray | Uint32Array;
  /** Whether a field is stored: parameters that are the same for all lanes are part of the code. */
  readonly has: (record: keyof LaneRecords, field: string) => boolean;
  readonly fields: (record: keyof LaneRecords) => readonly string[];
}

/** @throws UserError E_STEP_* where a function of the world is outside of the compiler's subset; E_NO_EVAL for `js` */
export function compileLanes(world: World, options: LaneOptions, device: LaneDevice, numLanes: number): LaneKernel {
  const records = laneRecords(world, options.params);
  const capacity = Math.ceil(numLanes / 4) * 4;
  const lane = { uses: laneUses(world, options), useUnits: laneUseUnits(world), records: Object.values(records) };
  const programs = [
    buildProgram({ name: `${world.id} step`, step: stepLane, ...lane }),
    buildProgram({ name: `${world.id} reset`, step: resetLane, ...lane }),
  ];
  const memory = (device === "js" ? planFloat64 : planFloat32)(Object.values(records), capacity);
  const [step, reset] = programs.map((program) => memory.compile(program));
  return {
    capacity,
    step: step!,
    reset: reset!,
    view: memory.view,
    has: (record, field) => layoutRecord(records[record]).slots.has(field),
    fields: (record) => [...layoutRecord(records[record]).slots.keys()],
  };
}

interface LaneMemory {
  readonly compile: (program: Program) => () => void;
  readonly view: LaneKernel["view"];
}

function planFloat64(records: readonly RecordBinding[], capacity: number): LaneMemory {
  const views = new Map(records.map((record) => [record.name, new Float64Array(sizeOf(record, capacity))]));
  return {
    compile(program) {
      const { run } = emitJs(program, { capacity });
      const inOrder = program.records.map(({ name }) => views.get(name)!);
      return () => run(0, capacity, inOrder);
    },
    view(record, field) {
      const { at, count } = locate(records, record, field, capacity);
      return views.get(record)!.subarray(at, at + count);
    },
  };
}

function planFloat32(records: readonly RecordBinding[], capacity: number): LaneMemory {
  const bases = new Map<string, number>();
  let bytes = 0;
  for (const record of records) {
    bases.set(record.name, bytes);
    // Lane records are loaded 16 bytes at a time.
    bytes += Math.ceil((sizeOf(record, capacity) * 4) / 16) * 16;
  }
  const pages = Math.max(1, Math.ceil(bytes / 65536));
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return {
    compile(program) {
      const { run } = instantiateKernel(emitWasm(program, { capacity, sharedMemory: false }), memory);
      const inOrder = program.records.map(({ name }) => bases.get(name)!);
      return () => run(0, capacity, ...inOrder);
    },
    view(record, field) {
      const { at, count, isFloat } = locate(records, record, field, capacity);
      const address = bases.get(record)! + at * 4;
      return isFloat ? new Float32Array(memory.buffer, address, count) : new Uint32Array(memory.buffer, address, count);
    },
  };
}

function sizeOf(record: RecordBinding, capacity: number): number {
  if (record.kind === "scratch") return 0;
  return layoutRecord(record).size * (record.kind === "lane" ? capacity : 1);
}

function locate(records: readonly RecordBinding[], name: string, field: string, capacity: number) {
  const record = records.find((binding) => binding.name === name)!;
  const layout: RecordLayout = layoutRecord(record);
  const slot = layout.slots.get(field);
  if (slot === undefined) throw new Error(`internal: lanes store no ${name}.${field}`);
  const { length = 1, type = "float" } = record.fields[field]!;
  const stride = record.kind === "lane" ? capacity : 1;
  return { at: slot * stride, count: length * stride, isFloat: type === "float" };
}
