import { unsignedLeb } from "./encoding.js";
import { CONTROL, LOCAL } from "./opcodes.js";

/** A local variable before its number is known; several that are never alive together share one in the module. */
export interface Register {
  readonly id: number;
  readonly type: "i32" | "v128";
}

export interface FinishedCode {
  readonly code: readonly number[];
  readonly locals: { readonly i32: number; readonly v128: number };
}

type Access = "get" | "set" | "tee";

/**
 * Collects instructions. Bytes and accesses to registers are kept apart until {@link CodeBuffer.finish}, which drops
 * writes that nobody reads and gives out local variables by a linear scan over the order of emission.
 */
export interface CodeBuffer {
  readonly register: (type: Register["type"]) => Register;
  /** A parameter of the function: its local variable is not shared. Call in the order of the parameters, before anything else. */
  readonly parameter: () => Register;
  readonly bytes: (...bytes: readonly number[]) => void;
  readonly get: (register: Register) => void;
  readonly set: (register: Register) => void;
  readonly tee: (register: Register) => void;
  /** Opens a loop: registers written before it and read inside stay alive to its end. */
  readonly openLoop: () => void;
  readonly closeLoop: () => void;
  readonly finish: () => FinishedCode;
}

/** Items of the stream: a byte is below 256; a register access is 256 + 4 * id + its kind. */
const ACCESS: readonly Access[] = ["get", "set", "tee"];
const accessItem = (register: Register, access: Access) => 256 + 4 * register.id + ACCESS.indexOf(access);

export function createCodeBuffer(): CodeBuffer {
  const items: number[] = [];
  const registers: Register[] = [];
  const loops: { readonly start: number; end: number }[] = [];
  const openLoops: number[] = [];
  let parameterCount = 0;
  const register = (type: Register["type"]) => {
    const made: Register = { id: registers.length, type };
    registers.push(made);
    return made;
  };
  return {
    register,
    parameter: () => {
      parameterCount++;
      return register("i32");
    },
    bytes: (...bytes) => {
      for (const byte of bytes) items.push(byte);
    },
    get: (from) => items.push(accessItem(from, "get")),
    set: (to) => items.push(accessItem(to, "set")),
    tee: (to) => items.push(accessItem(to, "tee")),
    openLoop: () => {
      openLoops.push(loops.length);
      loops.push({ start: items.length, end: -1 });
    },
    closeLoop: () => {
      const loop = loops[openLoops.pop() as number];
      if (loop) loop.end = items.length;
    },
    finish: () => {
      const live = dropDeadWrites(items, registers.length);
      return allocate({ items: live, registers, loops, parameterCount });
    },
  };
}

/** A `tee` of a register that is never read does nothing, a `set` only drops its value. Positions of items do not change. */
function dropDeadWrites(items: readonly number[], count: number): number[] {
  const read = new Uint8Array(count);
  for (const item of items) if (item >= 256 && (item & 3) === 0) read[(item - 256) >> 2] = 1;
  return items.map((item) => {
    if (item < 256 || (item & 3) === 0 || read[(item - 256) >> 2] === 1) return item;
    return (item & 3) === 1 ? CONTROL.drop : REMOVED;
  });
}

const REMOVED = -1;

interface Allocation {
  readonly items: readonly number[];
  readonly registers: readonly Register[];
  readonly loops: readonly { readonly start: number; readonly end: number }[];
  readonly parameterCount: number;
}

function allocate({ items, registers, loops, parameterCount }: Allocation): FinishedCode {
  const ends = lastPositions(items, registers.length, loops);
  const variables = new Int32Array(registers.length).fill(-1);
  const counts = { i32: 0, v128: 0 };
  const free: { readonly i32: number[]; readonly v128: number[] } = { i32: [], v128: [] };
  const expiring = new Map<number, Register[]>();
  const assign = (register: Register) => {
    variables[register.id] = free[register.type].pop() ?? counts[register.type]++;
    const end = ends[register.id] as number;
    const others = expiring.get(end);
    if (others) others.push(register);
    else expiring.set(end, [register]);
  };
  for (let position = 0; position <= items.length; position++) {
    const item = position < items.length ? (items[position] as number) : REMOVED;
    const register = item >= 256 ? registers[(item - 256) >> 2] : undefined;
    if (register && register.id >= parameterCount && variables[register.id] === -1) assign(register);
    for (const ended of expiring.get(position) ?? []) free[ended.type].push(variables[ended.id] as number);
  }
  return { code: resolve(items, registers, variables, parameterCount, counts.i32), locals: counts };
}

/**
 * Last position of each register: its last access, or the end of the outermost loop that it enters from outside. Accesses
 * to a register that is only used within a loop do not outlive an iteration (`set` precedes `get` in each).
 */
function lastPositions(items: readonly number[], count: number, loops: Allocation["loops"]): Int32Array {
  const first = new Int32Array(count).fill(-1);
  const last = new Int32Array(count).fill(-1);
  items.forEach((item, position) => {
    if (item < 256) return;
    const id = (item - 256) >> 2;
    if (first[id] === -1) first[id] = position;
    last[id] = position;
  });
  // Loops are listed by their start, so an inner one is met after the one around it: the inner end never exceeds it.
  for (const { start, end } of loops)
    for (let id = 0; id < count; id++) {
      const before = (first[id] as number) < start;
      const inside = (last[id] as number) >= start && (last[id] as number) < end;
      if (before && inside) last[id] = end;
    }
  return last;
}

function resolve(
  items: readonly number[],
  registers: readonly Register[],
  variables: Int32Array,
  parameterCount: number,
  i32Count: number,
): number[] {
  const code: number[] = [];
  const opcodes = ACCESS.map((access) => LOCAL[access]);
  for (const item of items) {
    if (item === REMOVED) continue;
    if (item < 256) {
      code.push(item);
      continue;
    }
    const { id, type } = registers[(item - 256) >> 2] as Register;
    const base = id < parameterCount ? id : parameterCount + (type === "i32" ? 0 : i32Count) + (variables[id] as number);
    code.push(opcodes[item & 3] as number, ...unsignedLeb(base));
  }
  return code;
}
