import type { Program } from "../../compiler/ir/program.js";
import { emitJs } from "../../compiler/js/emit-js.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { instantiateKernel } from "../../compiler/wasm/instantiate.js";

/** `js` is float64 and exact, `wasm` float32 and four lanes at a time. */
export type LaneDevice = "js" | "wasm";

export type LaneArray = Float64Array | Float32Array;

/** One value for all lanes (uniform record) or element `lane` of it; counters and keys are u32 on `wasm`. */
export type LaneView = LaneArray | Uint32Array;

/** First element of each record, by its name, in the memory of a device. */
type Places = ReadonlyMap<string, number>;

/** Memory of a device that compiled programs work on. */
interface LaneMemory {
  /** @param places of all records of the program */
  readonly compile: (program: Program, places: Places) => () => void;
  readonly view: (record: RecordBinding, place: number, field: string) => LaneView;
}

interface LaneMemorySize {
  /** Elements of all records, as {@link recordSize} counts them. */
  readonly size: number;
  /** Elements from one field of a lane record to the next. */
  readonly capacity: number;
  /** Lanes that a program runs on, a multiple of 4 up to `capacity`. */
  readonly lanes: number;
}

/** Elements of a record, up to a multiple of 4: lane records are loaded 16 bytes at a time. */
export function recordSize(record: RecordBinding, capacity: number): number {
  if (record.kind === "scratch") return 0;
  return Math.ceil((layoutRecord(record).size * (record.kind === "lane" ? capacity : 1)) / 4) * 4;
}

export function allocateLanes(device: LaneDevice, memory: LaneMemorySize): LaneMemory {
  return device === "js" ? float64Memory(memory) : float32Memory(memory);
}

function float64Memory({ size, capacity, lanes }: LaneMemorySize): LaneMemory {
  const all = new Float64Array(size);
  return {
    compile(program, places) {
      const { run } = emitJs(program, { capacity });
      const views = program.records.map(({ name }) => all.subarray(places.get(name)!));
      return () => run(0, lanes, views);
    },
    view(record, place, field) {
      const { from, count } = locateField(record, field, capacity);
      return all.subarray(place + from, place + from + count);
    },
  };
}

function float32Memory({ size, capacity, lanes }: LaneMemorySize): LaneMemory {
  const pages = Math.max(1, Math.ceil((size * 4) / 65536));
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return {
    compile(program, places) {
      const { run } = instantiateKernel(emitWasm(program, { capacity, sharedMemory: false }), memory);
      const addresses = program.records.map(({ name }) => places.get(name)! * 4);
      return () => run(0, lanes, ...addresses);
    },
    view(record, place, field) {
      const { from, count, isFloat } = locateField(record, field, capacity);
      const address = (place + from) * 4;
      return isFloat ? new Float32Array(memory.buffer, address, count) : new Uint32Array(memory.buffer, address, count);
    },
  };
}

function locateField(record: RecordBinding, field: string, capacity: number) {
  const slot = layoutRecord(record).slots.get(field);
  if (slot === undefined) throw new Error(`internal: lanes store no ${record.name}.${field}`);
  const { length = 1, type = "float" } = record.fields[field]!;
  const stride = record.kind === "lane" ? capacity : 1;
  return { from: slot * stride, count: length * stride, isFloat: type === "float" };
}
