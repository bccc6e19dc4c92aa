import { roundInward } from "../../compiler/float32/round-inward.js";
import type { Node, Op } from "../../compiler/ir/program.js";
import { INFIX } from "../../compiler/text/infix.js";

/** `arrays`: one array element per lane, of NumPy, JAX or PyTorch. `scalar`: plain Python numbers, one lane. */
export type PythonDialect = "arrays" | "scalar";

type Argument = (i: number) => string;
type Templates = Readonly<Partial<Record<Op["kind"], (arg: Argument) => string>>>;

const PYTHON_INFIX: Readonly<Partial<Record<Op["kind"], string>>> = {
  ...INFIX,
  eq: "==",
  ne: "!=",
};

const call =
  (name: string, count: number) =>
  (arg: Argument): string =>
    `${name}(${Array.from({ length: count }, (_, i) => arg(i)).join(", ")})`;

/** Names on the left are those of the array module (`xp`) in bench/peers/arrays.py. */
const ARRAYS: Templates = {
  and: (arg) => `(${arg(0)} & ${arg(1)})`,
  or: (arg) => `(${arg(0)} | ${arg(1)})`,
  not: (arg) => `(~${arg(0)})`,
  select: call("where", 3),
  min: call("minimum", 2),
  max: call("maximum", 2),
  pow: call("power", 2),
  abs: call("absolute", 1),
  sqrt: call("sqrt", 1),
  exp: call("exp", 1),
  log: call("log", 1),
  tanh: call("tanh", 1),
  floor: call("floor", 1),
  sign: call("sign", 1),
  sin: call("sin", 1),
  cos: call("cos", 1),
  uadd: (arg) => `(${arg(0)} + ${arg(1)})`,
  unitInterval: call("unit_interval", 1),
  floatFromWord: call("to_float", 1),
  floatFromInt: call("to_float", 1),
};

const SCALAR: Templates = {
  and: (arg) => `(${arg(0)} and ${arg(1)})`,
  or: (arg) => `(${arg(0)} or ${arg(1)})`,
  not: (arg) => `(not ${arg(0)})`,
  select: (arg) => `(${arg(1)} if ${arg(0)} else ${arg(2)})`,
  min: (arg) => `(${arg(0)} if ${arg(0)} < ${arg(1)} else ${arg(1)})`,
  max: (arg) => `(${arg(0)} if ${arg(0)} > ${arg(1)} else ${arg(1)})`,
  pow: (arg) => `(${arg(0)} ** ${arg(1)})`,
  abs: call("abs", 1),
  sqrt: call("math.sqrt", 1),
  exp: call("math.exp", 1),
  log: call("math.log", 1),
  tanh: call("math.tanh", 1),
  floor: (arg) => `float(math.floor(${arg(0)}))`,
  sin: call("math.sin", 1),
  cos: call("math.cos", 1),
  uadd: (arg) => `((${arg(0)} + ${arg(1)}) & 0xFFFFFFFF)`,
  unitInterval: (arg) => `((${arg(0)} >> 9) * ${2 ** -23} + ${2 ** -24})`,
  floatFromWord: call("float", 1),
  floatFromInt: call("float", 1),
};

/** Operations whose text repeats an argument, so that it has to be a name. */
export const REPEATS: ReadonlySet<Op["kind"]> = new Set(["min", "max", "clamp"]);

/** Functions of the array module that an operation calls. */
export const ARRAY_FUNCTIONS = [
  "where",
  "minimum",
  "maximum",
  "fmin",
  "fmax",
  "power",
  "absolute",
  "sqrt",
  "exp",
  "log",
  "tanh",
  "floor",
  "sign",
  "sin",
  "cos",
  "isnan",
  "unit_interval",
  "to_float",
  "pcg4d",
  "row",
  "with_row",
  "stack",
  "fill",
  "branch",
] as const;

export interface ExpressionContext {
  readonly dialect: PythonDialect;
  /** Text of a float constant. */
  readonly number: (value: number) => string;
  /** Bits of a float: in 32 constant bounds of `clamp` are rounded inward. */
  readonly precision: 32 | 64;
}

/** The Python expression of an operation other than a constant, a leaf, a load or a random word. */
export function pythonExpression(node: Node, arg: Argument, context: ExpressionContext): string {
  const { kind } = node.op;
  const infix = PYTHON_INFIX[kind];
  if (infix) return `(${arg(0)} ${infix} ${arg(1)})`;
  if (kind === "neg") return `(-${arg(0)})`;
  if (kind === "units") return arg(0);
  if (kind === "clamp") return clampText(node, arg, context);
  const template = (context.dialect === "arrays" ? ARRAYS : SCALAR)[kind];
  if (!template) throw new RangeError(`the Python peers have no operation ${kind}`);
  return template(arg);
}

/** See `clamp` of compiler/primitives.ts. The usual one, whose safe value is the low bound, is `fmin(fmax(x, low), high)`. */
function clampText(node: Node, arg: Argument, { dialect, number, precision }: ExpressionContext): string {
  const [, lowNode, highNode, safeNode] = node.args as readonly [Node, Node, Node, Node];
  const [low, high] = [lowNode, highNode].map(({ op }) => (op.kind === "const" ? op.value : null)) as [
    number | null,
    number | null,
  ];
  const exact = { low: low ?? Number.NEGATIVE_INFINITY, high: high ?? Number.POSITIVE_INFINITY };
  const bounds = precision === 32 ? roundInward(exact.low, exact.high) : exact;
  const lowText = low === null ? arg(1) : number(bounds.low);
  const highText = high === null ? arg(2) : number(bounds.high);
  const [x, safe] = [arg(0), safeNode === lowNode ? lowText : arg(3)];
  if (dialect === "scalar") {
    const limited = `(${x} if ${x} < ${highText} else ${highText})`;
    return `(${limited} if ${x} >= ${lowText} else ${lowText} if ${x} < ${lowText} else ${safe})`;
  }
  if (safeNode === lowNode) return `fmin(fmax(${x}, ${lowText}), ${highText})`;
  return `where(isnan(${x}), ${safe}, minimum(maximum(${x}, ${lowText}), ${highText}))`;
}

/** A float as Python writes it. */
export function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  if (!Number.isFinite(value)) return value > 0 ? 'float("inf")' : 'float("-inf")';
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
