import type { Node, Program } from "../ir/program.js";
import type { CodeBuffer, Register } from "./code-buffer.js";
import { signedLeb, unsignedLeb } from "./encoding.js";
import { I32_OPS, SIMD_PREFIX, V128_OPS } from "./opcodes.js";
import type { Push } from "./simd.js";

/** A place in a record: `slot` elements from its start, plus `index` (type i) if given. */
interface Place {
  readonly record: string;
  readonly slot: number;
  readonly index?: Node | undefined;
}

/** Reads and writes of records. Lane records are addressed from a pointer that moves with the lanes. */
export interface MemoryAccess {
  /** Four lanes of a place; of a uniform record four times its one value. */
  readonly load: (place: Place) => Push;
  /** The integer at a place of a uniform record. */
  readonly loadInteger: (place: Place) => Push;
  readonly store: (place: Place, value: Push) => void;
  readonly isUniform: (record: string) => boolean;
  /** Pointers of the lane records, to be moved by 16 bytes per group of lanes. */
  readonly lanePointers: readonly Register[];
}

interface Record {
  readonly uniform: boolean;
  readonly pointer: Register;
}

/** @param value writes the value of a node of type i */
export function createMemoryAccess(options: {
  readonly program: Program;
  readonly capacity: number;
  readonly code: CodeBuffer;
  readonly bases: readonly Register[];
  readonly value: (node: Node) => Push;
}): MemoryAccess {
  const { program, capacity, code, bases, value } = options;
  const records = new Map<string, Record>(
    program.records.map(({ name, kind }, i) => [name, { uniform: kind === "uniform", pointer: bases[i] as Register }]),
  );
  const find = (name: string): Record => {
    const record = records.get(name);
    if (!record) throw new Error(`program ${program.name} has no record ${name}`);
    return record;
  };

  /** Writes the address and returns its constant part in bytes. */
  const address = ({ record: name, slot, index }: Place): number => {
    const record = find(name);
    const stride = record.uniform ? 4 : 4 * capacity;
    const { variable, offset } = splitIndex(index, slot);
    code.get(record.pointer);
    if (variable) {
      value(variable)();
      code.bytes(I32_OPS.const, ...signedLeb(stride), I32_OPS.mul, I32_OPS.add);
    }
    return offset * stride;
  };
  const vector = (opcode: number, alignment: number, offset: number) =>
    code.bytes(SIMD_PREFIX, ...unsignedLeb(opcode), alignment, ...unsignedLeb(offset));

  return {
    load: (place) => () => {
      const offset = address(place);
      if (find(place.record).uniform) vector(V128_OPS.load32Splat, 2, offset);
      else vector(V128_OPS.load, 4, offset);
    },
    loadInteger: (place) => () => {
      if (!find(place.record).uniform) throw new Error(`an index must be in a uniform record, not in ${place.record}`);
      const offset = address(place);
      code.bytes(I32_OPS.load, 2, ...unsignedLeb(offset));
    },
    store: (place, stored) => {
      if (find(place.record).uniform) throw new Error(`a uniform record cannot be stored to: ${place.record}`);
      const offset = address(place);
      stored();
      vector(V128_OPS.store, 4, offset);
    },
    isUniform: (name) => find(name).uniform,
    lanePointers: [...records.values()].filter((record) => !record.uniform).map((record) => record.pointer),
  };
}

/** Takes constants out of an index: `i + 3` at slot 2 is `i` at slot 5. The constant part must not be negative. */
function splitIndex(index: Node | undefined, slot: number): { readonly variable: Node | null; readonly offset: number } {
  if (!index) return { variable: null, offset: slot };
  const { op, args } = index;
  if (op.kind === "int") return { variable: null, offset: slot + op.value };
  const [left, right] = args;
  if (op.kind === "iadd" && left && right) {
    if (right.op.kind === "int" && slot + right.op.value >= 0) return splitIndex(left, slot + right.op.value);
    if (left.op.kind === "int" && slot + left.op.value >= 0) return splitIndex(right, slot + left.op.value);
  }
  if (op.kind === "isub" && left && right?.op.kind === "int" && slot >= right.op.value)
    return splitIndex(left, slot - right.op.value);
  return { variable: index, offset: slot };
}
