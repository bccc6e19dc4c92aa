import type { Node, Op, Program, RecordInfo, Statement, ValueType } from "../../compiler/ir/program.js";
import { clamp } from "../../compiler/primitives.js";
import { pcg4d, unitInterval } from "../../core/random.js";

/** Builds programs of the intermediate representation by hand. */
export function irBuilder() {
  const nodes: Node[] = [];
  const add = (op: Op, type: ValueType, ...args: Node[]): Node => {
    const node: Node = { id: nodes.length, op, type, args };
    nodes.push(node);
    return node;
  };
  return {
    nodes,
    add,
    constant: (value: number) => add({ kind: "const", value }, "f"),
    int: (value: number) => add({ kind: "int", value }, "i"),
    load: (record: string, slot: number, { type = "f" as ValueType, index = [] as Node[], version = 0, length = 1 } = {}) =>
      add({ kind: "load", record, slot, length, version }, type, ...index),
    program: (records: readonly RecordInfo[], body: readonly Statement[], locals: readonly ValueType[] = []): Program => ({
      ...{ name: "sample", records, nodes, locals, body },
    }),
  };
}

type Scalar = number | boolean;

/** The memory of {@link interpret}: one array of numbers per record, u32 and index fields as whole numbers. */
export type Memory = Readonly<Record<string, number[]>>;

interface Lane {
  readonly program: Program;
  readonly capacity: number;
  readonly lane: number;
  readonly memory: Memory;
  readonly pinned: Map<Node, Scalar>;
  readonly locals: Scalar[];
  readonly counters: Map<number, number>;
}

/** Runs a program one lane after the other in float32, by the plainest means: what the compiled kernel must agree with. */
export function interpret(program: Program, memory: Memory, lanes: number, capacity: number): void {
  for (let lane = 0; lane < lanes; lane++) {
    const state = {
      program,
      capacity,
      lane,
      memory,
      pinned: new Map(),
      locals: program.locals.map(() => 0),
      counters: new Map(),
    };
    runAll(state, program.body);
  }
}

function runAll(state: Lane, body: readonly Statement[]): void {
  for (const statement of body) runOne(state, statement);
}

function runOne(state: Lane, statement: Statement): void {
  // A value computed for one statement is not kept for the next, unless pinned.
  switch (statement.kind) {
    case "eval":
      state.pinned.delete(statement.node); // of the iteration before
      state.pinned.set(statement.node, compute(state, statement.node));
      break;
    case "assign":
      state.locals[statement.local] = compute(state, statement.node);
      break;
    case "store": {
      const index = statement.index ? (compute(state, statement.index) as number) : 0;
      const place = address(state, statement.record, statement.slot + index);
      (state.memory[statement.record] as number[])[place] = compute(state, statement.node) as number;
      break;
    }
    case "loop":
      for (let i = 0; i < statement.count; i++) {
        state.counters.set(statement.loop, i);
        runAll(state, statement.body);
      }
      break;
    case "if":
      runAll(state, compute(state, statement.condition) ? statement.then : statement.otherwise);
      break;
  }
}

function address(state: Lane, name: string, element: number): number {
  const uniform = state.program.records.find((record) => record.name === name)?.kind === "uniform";
  return uniform ? element : element * state.capacity + state.lane;
}

function compute(state: Lane, root: Node): Scalar {
  const values = new Map<Node, Scalar>();
  const visit = (node: Node): Scalar => {
    const known = values.get(node) ?? state.pinned.get(node);
    if (known !== undefined) return known;
    const result = evaluate(state, node, node.args.map(visit));
    values.set(node, result);
    return result;
  };
  return visit(root);
}

function evaluate(state: Lane, { op }: Node, args: readonly Scalar[]): Scalar {
  const [a, b, c, d] = args as [number, number, number, number];
  switch (op.kind) {
    case "const":
      return Math.fround(op.value);
    case "bool":
    case "word":
    case "int":
      return op.value;
    case "counter":
      return state.counters.get(op.loop) as number;
    case "local":
      return state.locals[op.local] as Scalar;
    case "load":
      return (state.memory[op.record] as number[])[address(state, op.record, op.slot + (args.length > 0 ? a : 0))] as number;
    case "select":
      return args[0] ? (args[1] as Scalar) : (args[2] as Scalar);
    case "clamp":
      return clamp(a, b, c, d);
    case "pcg4d":
      return pcg4d(a, b, c, d)["abcd"[op.component] as "a"];
    case "ushr":
      return a >>> op.bits;
    default:
      return (PLAIN[op.kind] as (a: number, b: number) => Scalar)(a, b);
  }
}

/** Every operation of plain arguments; those of floats are exact or rounded once to float32. */
export const PLAIN: Readonly<Record<string, (a: number, b: number) => Scalar>> = {
  neg: (a) => -a,
  abs: Math.abs,
  floor: Math.floor,
  sign: Math.sign,
  units: (a) => a,
  sqrt: (a) => Math.fround(Math.sqrt(a)),
  add: (a, b) => Math.fround(a + b),
  sub: (a, b) => Math.fround(a - b),
  mul: (a, b) => Math.fround(a * b),
  div: (a, b) => Math.fround(a / b),
  min: Math.min,
  max: Math.max,
  exp: (a) => Math.fround(Math.exp(a)),
  log: (a) => Math.fround(Math.log(a)),
  tanh: (a) => Math.fround(Math.tanh(a)),
  sin: (a) => Math.fround(Math.sin(a)),
  cos: (a) => Math.fround(Math.cos(a)),
  pow: (a, b) => Math.fround(a ** b),
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  and: (a, b) => Boolean(a) && Boolean(b),
  or: (a, b) => Boolean(a) || Boolean(b),
  not: (a) => !a,
  uadd: (a, b) => (a + b) >>> 0,
  umul: (a, b) => Math.imul(a, b) >>> 0,
  uxor: (a, b) => (a ^ b) >>> 0,
  uand: (a, b) => (a & b) >>> 0,
  ueq: (a, b) => a === b,
  ult: (a, b) => a < b,
  unitInterval,
  floatFromWord: (a) => Math.fround(a),
  floatFromInt: (a) => Math.fround(a),
  iadd: (a, b) => a + b,
  isub: (a, b) => a - b,
  imul: (a, b) => a * b,
  irem: (a, b) => a % b,
};
