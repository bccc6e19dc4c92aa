import { roundInward } from "../../compiler/float32/round-inward.js";
import { floatConstant } from "../../compiler/ir/constants.js";
import type { Op } from "../../compiler/ir/program.js";
import {
  type Argument,
  COMMON_SPELLINGS,
  call,
  infix,
  prefix,
  type Spelling,
  type Spellings,
} from "../../compiler/text/spellings.js";

/** `arrays`: one array element per lane, of NumPy, JAX or PyTorch. `scalar`: plain Python numbers, one lane. */
export type PythonDialect = "arrays" | "scalar";

/** Names on the left are those of the array module (`xp`) in bench/peers/arrays.py. */
const ARRAYS: Spellings = {
  ...COMMON_SPELLINGS,
  and: infix("&"),
  or: infix("|"),
  not: prefix("~"),
  select: call("where"),
  min: call("minimum"),
  max: call("maximum"),
  pow: call("power"),
  abs: call("absolute"),
  sqrt: call("sqrt"),
  exp: call("exp"),
  log: call("log"),
  tanh: call("tanh"),
  floor: call("floor"),
  sign: call("sign"),
  sin: call("sin"),
  cos: call("cos"),
  uadd: infix("+"),
  unitInterval: call("unit_interval"),
  floatFromWord: call("to_float"),
  floatFromInt: call("to_float"),
};

const SCALAR: Spellings = {
  ...COMMON_SPELLINGS,
  and: infix("and"),
  or: infix("or"),
  not: prefix("not "),
  select: (arg) => `(${arg(1)} if ${arg(0)} else ${arg(2)})`,
  min: (arg) => `(${arg(0)} if ${arg(0)} < ${arg(1)} else ${arg(1)})`,
  max: (arg) => `(${arg(0)} if ${arg(0)} > ${arg(1)} else ${arg(1)})`,
  pow: infix("**"),
  abs: call("abs"),
  sqrt: call("math.sqrt"),
  exp: call("math.exp"),
  log: call("math.log"),
  tanh: call("math.tanh"),
  floor: (arg) => `float(math.floor(${arg(0)}))`,
  sin: call("math.sin"),
  cos: call("math.cos"),
  uadd: (arg) => `((${arg(0)} + ${arg(1)}) & 0xFFFFFFFF)`,
  unitInterval: (arg) => `((${arg(0)} >> 9) * ${2 ** -23} + ${2 ** -24})`,
  floatFromWord: call("float"),
  floatFromInt: call("float"),
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

interface PythonFloats {
  readonly dialect: PythonDialect;
  /** Text of a float constant. */
  readonly number: (value: number) => string;
  /** Bits of a float: in 32 constant bounds of `clamp` are rounded inward. */
  readonly precision: 32 | 64;
}

export function pythonSpellings(floats: PythonFloats): Spellings {
  return { ...(floats.dialect === "arrays" ? ARRAYS : SCALAR), clamp: clampSpelling(floats) };
}

/** See `clamp` of compiler/primitives.ts. The usual one, whose safe value is the low bound, is `fmin(fmax(x, low), high)`. */
function clampSpelling({ dialect, number, precision }: PythonFloats): Spelling {
  return (arg: Argument, { args: [, lowNode, highNode, safeNode] }) => {
    const [low, high] = [floatConstant(lowNode), floatConstant(highNode)];
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
  };
}

/** A float as Python writes it. */
export function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  if (!Number.isFinite(value)) return value > 0 ? 'float("inf")' : 'float("-inf")';
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
