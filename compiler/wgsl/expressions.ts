import { roundInward } from "../float32/round-inward.js";
import type { Node, Op } from "../ir/program.js";
import { INFIX } from "../text/infix.js";
import { MOST_QUARTERS } from "./library.js";
import { float } from "./literals.js";

/** Truth values are joined without short circuit: as branches they stall the compilers of drivers where a world is in a loop. */
const WGSL_INFIX: Readonly<Partial<Record<Op["kind"], string>>> = {
  ...INFIX,
  eq: "==",
  ne: "!=",
  and: "&",
  or: "|",
  uadd: "+",
  umul: "*",
  uxor: "^",
  uand: "&",
  ueq: "==",
  ult: "<",
};

const CALLS: Readonly<Partial<Record<Op["kind"], string>>> = {
  abs: "abs",
  sqrt: "sqrt",
  floor: "floor",
  sign: "sign",
  exp: "exp32",
  log: "log32",
  tanh: "tanh32",
  sin: "sin32",
  cos: "cos32",
  unitInterval: "unit_interval",
  floatFromWord: "f32",
  floatFromInt: "f32",
};

type Argument = (i: number) => string;

/** The WGSL expression of an operation other than a load or a random word; `arg` gives the text of its arguments. */
export function expression(node: Node, arg: Argument): string {
  const { op, args } = node;
  const infix = WGSL_INFIX[op.kind];
  if (infix) return `(${arg(0)} ${infix} ${arg(1)})`;
  const call = CALLS[op.kind];
  if (call) return `${call}(${args.map((_, i) => arg(i)).join(", ")})`;
  switch (op.kind) {
    case "const":
      return float(op.value);
    case "bool":
      return String(op.value);
    case "word":
      return `${op.value >>> 0}u`;
    case "int":
      return op.value < 0 ? `(${op.value}i)` : `${op.value}i`;
    case "counter":
      return `k${op.loop}`;
    case "local":
      return `l${op.local}`;
    case "neg":
      return `(-${arg(0)})`;
    case "not":
      return `(!${arg(0)})`;
    case "units":
      return arg(0);
    case "select":
      return `select(${arg(2)}, ${arg(1)}, ${arg(0)})`;
    case "ushr":
      return `(${arg(0)} >> ${op.bits}u)`;
    case "min":
    case "max":
      return extremeText(op.kind, args, arg);
    case "clamp":
      return clampText(args, arg);
    case "pow":
      return powerText(args[1] as Node, arg);
    default:
      throw new Error(`no WGSL for ${op.kind}`);
  }
}

function constantOf(node: Node | undefined): number | null {
  return node?.op.kind === "const" ? node.op.value : null;
}

/** NaN where either operand is, as in JS, on devices that keep NaN: the built-in `min` and `max` may drop it. */
function extremeText(kind: "min" | "max", args: readonly Node[], arg: Argument): string {
  const [x, bound] = constantOf(args[0]) === null ? [0, 1] : [1, 0];
  const limit = constantOf(args[bound]);
  if (limit === null || Number.isNaN(limit)) return `${kind}_of(${arg(0)}, ${arg(1)})`;
  return `${kind}_bound(${arg(x)}, ${arg(bound)})`;
}

/** Powers by a constant that is a multiple of 1/4 up to 8 in size are products and roots; others e^(y log x), for x >= 0. */
function powerText(exponent: Node, arg: Argument): string {
  const y = constantOf(exponent);
  if (y === 0) return "1f";
  const quarters = y === null ? 0 : 4 * Math.abs(y);
  if (y === null || !Number.isInteger(quarters) || quarters > MOST_QUARTERS) return `pow32(${arg(0)}, ${arg(1)})`;
  const product = `power_${quarters}(${arg(0)})`;
  return y > 0 ? product : `(1f / ${product})`;
}

/** See `clamp` of primitives.ts: constant bounds are rounded inward, and a safe value within them stays so. */
function clampText([, lowNode, highNode, safeNode]: readonly Node[], arg: Argument): string {
  const [low, high, safe] = [lowNode, highNode, safeNode].map(constantOf) as [number | null, number | null, number | null];
  const bounds = roundInward(low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY);
  const within = safe !== null && low !== null && high !== null && low <= safe && safe <= high;
  const safeText = within ? float(Math.min(Math.max(Math.fround(safe), bounds.low), bounds.high)) : arg(3);
  const lowText = low === null ? arg(1) : float(bounds.low);
  const highText = high === null ? arg(2) : float(bounds.high);
  return `clamp_safe(${arg(0)}, ${lowText}, ${highText}, ${safeNode === lowNode ? lowText : safeText})`;
}
