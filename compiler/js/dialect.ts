import { isConstant } from "../ir/constants.js";
import type { Node, Program, RecordInfo } from "../ir/program.js";
import type { Dialect } from "../text/dialect.js";
import { COMMON_SPELLINGS, call, infix, prefix, type Spellings, unchanged } from "../text/spellings.js";

/** Words are held as any integer of the same value modulo 2^32; `>>> 0` makes them the u32 where that matters. */
const OPERATIONS: Spellings = {
  ...COMMON_SPELLINGS,
  pow: infix("**"),
  eq: infix("==="),
  ne: infix("!=="),
  and: infix("&&"),
  or: infix("||"),
  not: prefix("!"),
  select: (arg) => `(${arg(0)} ? ${arg(1)} : ${arg(2)})`,
  clamp: call("clamp"),
  min: call("Math.min"),
  max: call("Math.max"),
  abs: call("Math.abs"),
  sqrt: call("Math.sqrt"),
  exp: call("Math.exp"),
  log: call("Math.log"),
  tanh: call("Math.tanh"),
  floor: call("Math.floor"),
  sign: call("Math.sign"),
  sin: call("Math.sin"),
  cos: call("Math.cos"),
  uadd: (arg) => `((${arg(0)} + ${arg(1)}) | 0)`,
  umul: call("Math.imul"),
  uxor: infix("^"),
  uand: infix("&"),
  ushr: (arg, { op }) => `(${arg(0)} >>> ${op.kind === "ushr" ? op.bits : 0})`,
  ueq: (arg) => `(${arg(0)} >>> 0 === ${arg(1)} >>> 0)`,
  ult: (arg) => `(${arg(0)} >>> 0 < ${arg(1)} >>> 0)`,
  unitInterval: (arg) => `((${arg(0)} >>> 9) * ${2 ** -23} + ${2 ** -24})`,
  floatFromWord: (arg) => `(${arg(0)} >>> 0)`,
  floatFromInt: unchanged,
};

/** JavaScript on one float64 array per record, `r0` and so on, for lane `i` of `capacity`. */
export function jsDialect(program: Program, capacity: number): Dialect {
  const records = new Map(program.records.map((record, i) => [record.name, { record, view: `r${i}` }]));
  const address = (name: string, slot: number, index: string | undefined) => {
    const { record, view } = records.get(name) as { record: RecordInfo; view: string };
    if (record.kind === "uniform") return `${view}[${index === undefined ? slot : `${slot} + ${index}`}]`;
    if (index !== undefined) return `${view}[(${slot} + ${index}) * ${capacity} + i]`;
    return slot === 0 ? `${view}[i]` : `${view}[i + ${slot * capacity}]`;
  };
  const shared = sharedNodes(program);
  return {
    literals: { const: numberText, int: numberText, bool: String, word: String },
    operations: OPERATIONS,
    load: ({ record, slot }, _, index) => address(record, slot, index),
    randomWords,
    define: (name, value) => `const ${name} = ${value};`,
    assign: (local, value) => `${local} = ${value};`,
    store: ({ record, slot, node }, value, index) =>
      `${address(record, slot, index)} = ${node.type === "u" ? `${value} >>> 0` : value};`,
    blocks: {
      loop: (counter, count) => `for (let ${counter} = 0; ${counter} < ${count}; ${counter}++) {`,
      if: (condition) => `if (${condition}) {`,
      otherwise: "} else {",
      end: "}",
      indent: "  ",
    },
    isShared: (node) => shared.has(node),
  };
}

/** Nodes with one value for all lanes, other than constants and what is computed from constants alone. */
function sharedNodes({ nodes, records }: Program): ReadonlySet<Node> {
  const uniform = new Set(records.filter(({ kind }) => kind === "uniform").map(({ name }) => name));
  const shared = new Set<Node>();
  for (const node of nodes) {
    const { op, args } = node;
    const isSharedLoad = op.kind === "load" && uniform.has(op.record);
    const isComputed = op.kind !== "load" && !args.every(isConstant);
    if ((isSharedLoad || isComputed) && args.every((arg) => isConstant(arg) || shared.has(arg))) shared.add(node);
  }
  return shared;
}

function randomWords(id: number, key: readonly string[]): ReturnType<Dialect["randomWords"]> {
  const words = ["x", "y", "z", "w"].map((letter) => `${letter}${id}`);
  const [x, y, z, w] = words as [string, string, string, string];
  const starts = words.map((name, i) => `let ${name} = (Math.imul(${key[i]}, 1664525) + 1013904223) | 0;`);
  const round = `${mix(x, y, w)} ${mix(y, z, x)} ${mix(z, x, y)} ${mix(w, y, z)}`;
  return { lines: [...starts, round, words.map((name) => `${name} ^= ${name} >>> 16;`).join(" "), round], words };
}

function mix(x: string, y: string, z: string): string {
  return `${x} = (${x} + Math.imul(${y}, ${z})) | 0;`;
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return "(-0)";
  return value < 0 ? `(${value})` : String(value);
}
