import { clamp } from "../primitives.js";
import { constantValue } from "./constants.js";
import type { Comparison, FloatBinary, FloatUnary, Node, Op } from "./program.js";

/** What folding needs of the table of nodes. */
interface NodeMaker {
  readonly make: (op: Op, args?: readonly Node[]) => Node;
  readonly float: (value: number) => Node;
  readonly bool: (value: boolean) => Node;
  readonly word: (value: number) => Node;
  readonly int: (value: number) => Node;
}

/**
 * A simpler node of the same value, or undefined. Only rewrites that keep every bit of the float64 result, NaN and -0
 * included: `x + 0` and `x * 0` stay. `units` of a constant stays too: the Decimal execution floors it.
 */
export function simplify(table: NodeMaker, op: Op, args: readonly Node[]): Node | undefined {
  if (args.length === 0) return undefined;
  return foldConstants(table, op, args) ?? foldIdentity(table, op, args);
}

const UNARY: Readonly<Partial<Record<FloatUnary, (x: number) => number>>> = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  floor: Math.floor,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
};

const BINARY: Readonly<Record<FloatBinary, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  pow: (a, b) => a ** b,
};

const COMPARE: Readonly<Record<Comparison | "ueq" | "ult", (a: number, b: number) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  ueq: (a, b) => a === b,
  ult: (a, b) => a < b,
};

const INTEGER: Readonly<Record<string, (a: number, b: number) => number>> = {
  iadd: (a, b) => a + b,
  isub: (a, b) => a - b,
  imul: (a, b) => a * b,
  irem: (a, b) => a % b,
};

const WORD: Readonly<Record<string, (a: number, b: number) => number>> = {
  uadd: (a, b) => a + b,
  umul: Math.imul,
  uxor: (a, b) => a ^ b,
  uand: (a, b) => a & b,
};

function foldConstants(table: NodeMaker, op: Op, args: readonly Node[]): Node | undefined {
  const values = args.map(constantValue);
  if (values.includes(undefined)) return undefined;
  const [a, b, c, d] = values as number[];
  const { kind } = op;
  if (kind in UNARY) return table.float(UNARY[kind as FloatUnary]!(a!));
  if (kind in BINARY) return table.float(BINARY[kind as FloatBinary](a!, b!));
  if (kind in COMPARE) return table.bool(COMPARE[kind as Comparison](a!, b!));
  if (kind in INTEGER) return table.int(INTEGER[kind]!(a!, b!));
  if (kind in WORD) return table.word(WORD[kind]!(a!, b!));
  if (kind === "ushr") return table.word(a! >>> op.bits);
  if (kind === "clamp") return table.float(clamp(a!, b!, c!, d!));
  if (kind === "not") return table.bool(!a);
  if (kind === "floatFromWord" || kind === "floatFromInt") return table.float(a!);
  return undefined;
}

function foldIdentity(table: NodeMaker, op: Op, args: readonly Node[]): Node | undefined {
  const [a, b, c] = args as [Node, Node, Node];
  switch (op.kind) {
    case "add":
      return isFloat(a, -0) ? b : isFloat(b, -0) ? a : undefined;
    case "sub":
      return isFloat(b, 0) ? a : undefined;
    case "mul":
      return isFloat(a, 1) ? b : isFloat(b, 1) ? a : undefined;
    case "div":
      return isFloat(b, 1) ? a : undefined;
    case "neg":
    case "not":
      return a.op.kind === op.kind ? a.args[0] : undefined;
    case "min":
    case "max":
      return a === b ? a : undefined;
    case "and":
    case "or":
      return foldLogic(op.kind === "and", a, b);
    case "select":
      return foldSelect(table, a, b, c);
    case "iadd":
      return isInt(a, 0) ? b : isInt(b, 0) ? a : undefined;
    case "isub":
      return isInt(b, 0) ? a : undefined;
    case "imul":
      return isInt(a, 1) ? b : isInt(b, 1) ? a : undefined;
    case "ushr":
      return op.bits === 0 ? a : undefined;
    default:
      return undefined;
  }
}

function foldLogic(isAnd: boolean, a: Node, b: Node): Node | undefined {
  if (a === b) return a;
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    if (x.op.kind === "bool") return x.op.value === isAnd ? y : x;
  }
  return undefined;
}

function foldSelect(table: NodeMaker, condition: Node, yes: Node, no: Node): Node | undefined {
  if (condition.op.kind === "bool") return condition.op.value ? yes : no;
  if (yes === no) return yes;
  if (condition.op.kind === "not") return table.make({ kind: "select" }, [condition.args[0]!, no, yes]);
  if (yes.op.kind === "bool" && no.op.kind === "bool")
    return yes.op.value ? condition : table.make({ kind: "not" }, [condition]);
  return undefined;
}

function isFloat(node: Node, value: number): boolean {
  return node.op.kind === "const" && Object.is(node.op.value, value);
}

function isInt(node: Node, value: number): boolean {
  return node.op.kind === "int" && node.op.value === value;
}
