import { roundInward } from "../float32/round-inward.js";
import { floatConstant } from "../ir/constants.js";
import type { Node } from "../ir/program.js";
import type { SimdMath } from "./math.js";
import type { Push, Simd } from "./simd.js";

function isPlusZero(node: Node): boolean {
  return (
    (node.op.kind === "const" && Object.is(Math.fround(node.op.value), 0)) || (node.op.kind === "word" && node.op.value === 0)
  );
}

/** True if the value is known to be positive, normal and finite, and never NaN. */
function isPositive({ op, args }: Node): boolean {
  if (op.kind === "unitInterval") return true;
  if (op.kind !== "clamp") return false;
  const inRange = (bound: Node | undefined) => {
    const value = floatConstant(bound);
    return value !== null && value >= 2 ** -125 && value < 3e38;
  };
  return args.slice(1).every(inRange);
}

const ALL_LANES = 0xffffffff;

/** What {@link operationCode} writes with: instructions, functions, and the values of argument nodes. */
interface OperationTools {
  readonly simd: Simd;
  readonly math: SimdMath;
  readonly value: (node: Node) => Push;
  /** True when no other node reads this one, so that it may become part of its reader. */
  readonly usedOnce: (node: Node) => boolean;
}

/** Instructions for a node of type f, b or u that neither reads memory nor a local (those and `pcg4d` are the emitter's). */
export function operationCode(node: Node, tools: OperationTools): Push {
  const { simd, math } = tools;
  const { op, args } = node;
  const [a, b] = args.map(tools.value) as [Push, Push];
  switch (op.kind) {
    case "const":
      return simd.float(op.value);
    case "bool":
      return simd.word(op.value ? ALL_LANES : 0);
    case "word":
      return simd.word(op.value);
    case "units":
      return a;
    case "log":
      return isPositive(args[0] as Node) ? math.positiveLog(a) : math.log(a);
    case "exp":
    case "tanh":
    case "sin":
    case "cos":
      return math[op.kind](a);
    case "neg":
    case "abs":
    case "sqrt":
    case "floor":
    case "not":
      return simd[op.kind](a);
    case "sign":
      return sign(simd, a);
    case "add":
    case "sub":
      return sum(op.kind, args, tools);
    case "mul":
    case "div":
    case "lt":
    case "le":
    case "gt":
    case "ge":
    case "eq":
    case "ne":
    case "and":
    case "or":
      return simd[op.kind](a, b);
    case "min":
    case "max":
      return extreme(op.kind, args, tools);
    case "pow":
      return power(args, tools);
    case "select":
      return select(args, tools);
    case "clamp":
      return clamp(args, tools);
    default:
      return wordCode(node, simd, a, b);
  }
}

function wordCode({ op }: Node, simd: Simd, a: Push, b: Push): Push {
  switch (op.kind) {
    case "uadd":
      return simd.iadd(a, b);
    case "umul":
      return simd.imul(a, b);
    case "uxor":
      return simd.xor(a, b);
    case "uand":
      return simd.and(a, b);
    case "ushr":
      return simd.shru(a, op.bits);
    case "ueq":
      return simd.ieq(a, b);
    case "ult":
      return simd.iltu(a, b);
    case "unitInterval":
      // The upper 23 bits below the exponent of 1 are 1 + k 2^-23; subtracting 1 - 2^-24 is exact.
      return simd.sub(simd.or(simd.shru(a, 9), simd.float(1)), simd.float(1 - 2 ** -24));
    case "floatFromWord":
      return simd.fromUnsigned(a);
    default:
      throw new Error(`no SIMD instruction for ${op.kind}`);
  }
}

/** Scaling by the largest float twice takes every x but 0 and NaN beyond [-1, 1], denormals included. */
function sign({ mul, float, pmin, pmax }: Simd, x: Push): Push {
  const huge = float(bigFloat);
  return pmax(pmin(mul(mul(x, huge), huge), float(1)), float(-1));
}
const bigFloat = 2 ** 127;

/** Plain sums, or multiply-add where an operand is a product that nothing else reads (the same unless relaxed). */
function sum(kind: "add" | "sub", args: readonly Node[], tools: OperationTools): Push {
  const { simd, value } = tools;
  const [left, right] = args as [Node, Node];
  const factors = (node: Node) => node.args.map(value) as [Push, Push];
  const isProduct = (node: Node) => node.op.kind === "mul" && tools.usedOnce(node);
  if (isProduct(right)) {
    const join = kind === "add" ? simd.madd : simd.nmadd;
    return join(...factors(right), value(left));
  }
  if (kind === "add" && isProduct(left)) return simd.madd(...factors(left), value(right));
  return simd[kind](value(left), value(right));
}

/**
 * Minimum or maximum, NaN where either operand is, as in JS; of two zeros either may come back. `pmin` and `pmax` return their
 * first operand when in doubt, so only a NaN in the second needs care: a mask of ones is a NaN. (`f32x4.min` and `max` take
 * 7 to 8 instructions on x64.)
 */
function extreme(kind: "min" | "max", args: readonly Node[], { simd, value }: OperationTools): Push {
  const [left, right] = args as [Node, Node];
  const quick = kind === "min" ? simd.pmin : simd.pmax;
  const [variable, bound] = floatConstant(left) === null ? [left, right] : [right, left];
  const limit = floatConstant(bound);
  if (limit !== null && !Number.isNaN(limit)) return quick(value(variable), value(bound));
  const second = simd.keep(value(right));
  return simd.or(quick(value(left), second), simd.ne(second, second));
}

function select(args: readonly Node[], { simd, value }: OperationTools): Push {
  const [condition, whenTrue, whenFalse] = args as [Node, Node, Node];
  if (isPlusZero(whenFalse)) return simd.and(value(whenTrue), value(condition));
  if (isPlusZero(whenTrue)) return simd.andnot(value(whenFalse), value(condition));
  return simd.select(value(condition), value(whenTrue), value(whenFalse));
}

/** See `clamp` of primitives.ts. A zero at a bound of zero may change its sign. */
function clamp(args: readonly Node[], { simd, value }: OperationTools): Push {
  const [x, lowNode, highNode, safeNode] = args as [Node, Node, Node, Node];
  const { keep, float, pmin, pmax, lt, ge, eq } = simd;
  const given = { low: floatConstant(lowNode), high: floatConstant(highNode), safe: floatConstant(safeNode) };
  const bounds = roundInward(given.low ?? Number.NEGATIVE_INFINITY, given.high ?? Number.POSITIVE_INFINITY);
  const low = given.low === null ? value(lowNode) : float(bounds.low);
  const high = given.high === null ? value(highNode) : float(bounds.high);
  // A safe value within the bounds stays within the rounded ones.
  const within =
    given.safe !== null && given.low !== null && given.high !== null && given.low <= given.safe && given.safe <= given.high;
  const safe = within ? float(Math.min(Math.max(Math.fround(given.safe as number), bounds.low), bounds.high)) : value(safeNode);

  const ordered = given.low !== null && given.high !== null && bounds.low <= bounds.high;
  if (ordered && safeNode === lowNode) return pmin(pmax(low, value(x)), high);
  if (ordered && safeNode === highNode) return pmin(high, pmax(value(x), low));
  if (ordered) {
    const limited = keep(pmin(pmax(value(x), low), high));
    return simd.select(eq(limited, limited), limited, safe);
  }
  const kept = keep(value(x));
  const floor = keep(low);
  const below = safeNode === lowNode ? floor : simd.select(lt(kept, floor), floor, safe);
  return simd.select(ge(kept, floor), pmin(high, kept), below); // a NaN bound is not hidden
}

/** Powers by a constant that is a multiple of 1/4 up to 8 in size are products and roots; others e^(y log x), for x >= 0. */
function power(args: readonly Node[], { simd, math, value }: OperationTools): Push {
  const { keep, float, mul, div, eq } = simd;
  const [base, exponent] = args as [Node, Node];
  const y = floatConstant(exponent);
  if (y === 0) return float(1);
  if (y !== null && Math.abs(y) <= 8 && Number.isInteger(4 * y)) {
    const product = positivePower(simd, keep(value(base)), Math.abs(y));
    return y > 0 ? product : div(float(1), product);
  }
  if (y !== null) return math.exp(mul(float(y), math.log(value(base))));
  const x = keep(value(base));
  const times = keep(value(exponent));
  const usual = math.exp(mul(times, math.log(x)));
  return simd.select(eq(times, float(0)), float(1), usual);
}

/** x^y for y = 1/4, 1/2, .. 8. */
function positivePower({ keep, float, mul, sqrt, add }: Simd, x: Push, y: number): Push {
  const factors: Push[] = [];
  if (y % 1 !== 0) {
    const root = keep(sqrt(add(x, float(0)))); // (-0)^(1/2) is +0, sqrt(-0) is not
    if (y % 1 !== 0.25) factors.push(root);
    if (y % 0.5 !== 0) factors.push(keep(sqrt(root)));
  }
  let square = x;
  for (let bits = Math.floor(y); bits > 0; bits >>= 1) {
    if (bits & 1) factors.push(square);
    if (bits > 1) square = keep(mul(square, square));
  }
  return factors.reduce((product, factor) => mul(product, factor));
}
