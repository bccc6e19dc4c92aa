import { unsignedLeb } from "./encoding.js";
import { CONTROL, LOCAL } from "./opcodes.js";

/** A local variable before its number is known; several that are never alive together share one in the module. */
export interface Register {
  readonly id: number;
  readonly type: "i32" | "v128";
}

/** An instruction, or several, that is written as it stands. */
interface Chunk {
  readonly id: number;
}

interface FinishedCode {
  readonly code: Uint8Array;
  readonly locals: { readonly i32: number; readonly v128: number };
}

/**
 * Collects instructions. Accesses to registers are kept apart until {@link CodeBuffer.finish}, which drops writes that
 * nobody reads and gives out local variables by a linear scan over the order of emission.
 */
export interface CodeBuffer {
  readonly register: (type: Register["type"]) => Register;
  /** A parameter of the function: its local variable is not shared. Call in the order of the parameters, before anything else. */
  readonly parameter: () => Register;
  /** Bytes to be written by `put`, as often as needed. */
  readonly chunk: (bytes: readonly number[]) => Chunk;
  readonly put: (chunk: Chunk) => void;
  readonly bytes: (...bytes: readonly number[]) => void;
  readonly get: (register: Register) => void;
  readonly set: (register: Register) => void;
  readonly tee: (register: Register) => void;
  /** Opens a loop: registers written before it and read inside stay alive to its end. */
  readonly openLoop: () => void;
  readonly closeLoop: () => void;
  readonly finish: () => FinishedCode;
}

/** What an item of the stream is, in its two lowest bits; the others are the number of the register or chunk. */
const [GET, SET, TEE, CHUNK] = [0, 1, 2, 3] as const;
const LOCAL_OPCODES = [LOCAL.get, LOCAL.set, LOCAL.tee] as const;
/** An item without instructions. */
const NOTHING = CHUNK;

interface Stream {
  readonly items: number[];
  readonly chunks: (readonly number[])[];
  readonly registers: Register[];
  /** Positions of the first item of each loop and of the one after its last, in the order of their starts. */
  readonly loops: { readonly start: number; end: number }[];
}

export function createCodeBuffer(): CodeBuffer {
  const stream: Stream = { items: [], chunks: [[]], registers: [], loops: [] };
  const { items, chunks, registers, loops } = stream;
  const openLoops: Stream["loops"] = [];
  let parameterCount = 0;
  const register = (type: Register["type"]) => {
    const made: Register = { id: registers.length, type };
    registers.push(made);
    return made;
  };
  const chunk = (bytes: readonly number[]) => ({ id: chunks.push(bytes) - 1 });
  const put = ({ id }: Chunk) => items.push(4 * id + CHUNK);
  return {
    ...{ register, chunk, put },
    parameter: () => {
      parameterCount++;
      return register("i32");
    },
    bytes: (...bytes) => put(chunk(bytes)),
    get: ({ id }) => items.push(4 * id + GET),
    set: ({ id }) => items.push(4 * id + SET),
    tee: ({ id }) => items.push(4 * id + TEE),
    openLoop: () => {
      const loop = { start: items.length, end: -1 };
      openLoops.push(loop);
      loops.push(loop);
    },
    closeLoop: () => {
      const loop = openLoops.pop();
      if (loop) loop.end = items.length;
    },
    finish: () => {
      dropDeadWrites(stream, chunk([CONTROL.drop]));
      return allocate(stream, parameterCount);
    },
  };
}

/** A `tee` of a register that is never read does nothing, a `set` only drops its value. Positions of items do not change. */
function dropDeadWrites({ items, registers }: Stream, drop: Chunk): void {
  const read = new Uint8Array(registers.length);
  for (const item of items) if ((item & 3) === GET) read[item >> 2] = 1;
  items.forEach((item, position) => {
    const access = item & 3;
    if ((access === SET || access === TEE) && read[item >> 2] === 0)
      items[position] = access === SET ? 4 * drop.id + CHUNK : NOTHING;
  });
}

function allocate(stream: Stream, parameterCount: number): FinishedCode {
  const { items, registers } = stream;
  const { first, last } = lifetimes(stream);
  const variables = new Int32Array(registers.length);
  for (let id = 0; id < parameterCount; id++) variables[id] = id;
  const counts = { i32: 0, v128: 0 };
  const free: Record<Register["type"], number[]> = { i32: [], v128: [] };
  const ending = registersByEnd(last, parameterCount, items.length);
  for (let position = 0; position < items.length; position++) {
    const id = (items[position] as number) >> 2;
    if (((items[position] as number) & 3) !== CHUNK && id >= parameterCount && first[id] === position) {
      const { type } = registers[id] as Register;
      variables[id] = free[type].pop() ?? counts[type]++;
    }
    for (const ended of ending[position] ?? []) free[(registers[ended] as Register).type].push(variables[ended] as number);
  }
  registers.forEach(({ id, type }) => {
    if (id >= parameterCount) variables[id] = (variables[id] as number) + parameterCount + (type === "v128" ? counts.i32 : 0);
  });
  return { code: encode(stream, variables), locals: counts };
}

function registersByEnd(last: Int32Array, parameterCount: number, length: number): (number[] | undefined)[] {
  const ending = new Array<number[] | undefined>(length + 1).fill(undefined);
  for (let id = parameterCount; id < last.length; id++) {
    const end = last[id] as number;
    if (end < 0) continue;
    const others = ending[end];
    if (others) others.push(id);
    else ending[end] = [id];
  }
  return ending;
}

/**
 * First and last position of each register: the last is its last access, or the end of the outermost loop that it enters
 * from outside. A register that is only used within a loop does not outlive an iteration: each writes it before reading.
 */
function lifetimes({ items, registers, loops }: Stream): { readonly first: Int32Array; readonly last: Int32Array } {
  const first = new Int32Array(registers.length).fill(-1);
  const last = new Int32Array(registers.length).fill(-1);
  items.forEach((item, position) => {
    if ((item & 3) === CHUNK) return;
    const id = item >> 2;
    if (first[id] === -1) first[id] = position;
    last[id] = position;
  });
  // A loop is listed before those inside it: once moved to its end, a register is past theirs.
  for (const { start, end } of loops)
    for (let id = 0; id < registers.length; id++) {
      const [from, to] = [first[id] as number, last[id] as number];
      if (from < start && to >= start && to < end) last[id] = end;
    }
  return { first, last };
}

function encode({ items, chunks }: Stream, variables: Int32Array): Uint8Array {
  const accesses = (item: number) => unsignedLeb(variables[item >> 2] as number);
  let size = 0;
  for (const item of items)
    size += (item & 3) === CHUNK ? (chunks[item >> 2] as readonly number[]).length : 1 + accesses(item).length;
  const code = new Uint8Array(size);
  let at = 0;
  for (const item of items) {
    if ((item & 3) !== CHUNK) code[at++] = LOCAL_OPCODES[item & 3] as number;
    for (const byte of (item & 3) === CHUNK ? (chunks[item >> 2] as readonly number[]) : accesses(item)) code[at++] = byte;
  }
  return code;
}
