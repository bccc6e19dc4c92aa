import { roundInward } from "../float32/round-inward.js";
import { floatConstant } from "../ir/constants.js";
import type { Node, ValueType } from "../ir/program.js";
import type { Dialect } from "../text/dialect.js";
import { type Argument, COMMON_SPELLINGS, call, infix, prefix, type Spelling, type Spellings } from "../text/spellings.js";
import { MAX_QUARTERS } from "./library.js";
import { float } from "./literals.js";

/** Where a record lies, as code of the shader sees it. */
export interface WgslPlace {
  /** An array of u32 in any address space. */
  readonly words: string;
  /** The record's first word there. */
  readonly offset: number;
  /** Distance of one lane's neighbouring words, lane i starting at word i; absent where the words are shared or one lane's own. */
  readonly capacity?: number;
}

export const WGSL_TYPES: Readonly<Record<ValueType, string>> = { f: "f32", b: "bool", u: "u32", i: "i32" };

/** Truth values are joined without short circuit: as branches they stall the compilers of drivers where a world is in a loop. */
const OPERATIONS: Spellings = {
  ...COMMON_SPELLINGS,
  and: infix("&"),
  or: infix("|"),
  not: prefix("!"),
  select: (arg) => `select(${arg(2)}, ${arg(1)}, ${arg(0)})`,
  clamp: clampText,
  min: extremeText("min"),
  max: extremeText("max"),
  pow: powerText,
  abs: call("abs"),
  sqrt: call("sqrt"),
  floor: call("floor"),
  sign: call("sign"),
  exp: call("exp32"),
  log: call("log32"),
  tanh: call("tanh32"),
  sin: call("sin32"),
  cos: call("cos32"),
  uadd: infix("+"),
  umul: infix("*"),
  uxor: infix("^"),
  uand: infix("&"),
  ushr: (arg, { op }) => `(${arg(0)} >> ${op.kind === "ushr" ? op.bits : 0}u)`,
  ueq: infix("=="),
  ult: infix("<"),
  unitInterval: call("unit_interval"),
  floatFromWord: call("f32"),
  floatFromInt: call("f32"),
};

/** WGSL in float32 for lane `lane`, on arrays of words. */
export function wgslDialect(places: ReadonlyMap<string, WgslPlace>): Dialect {
  const address = (record: string, slot: number, index: string | undefined) => {
    const { words, offset, capacity } = places.get(record) as WgslPlace;
    const stride = capacity === undefined ? "" : ` * ${capacity}u`;
    const parts = [
      `${offset + slot * (capacity ?? 1)}u`,
      ...(index === undefined ? [] : [`u32(${index})${stride}`]),
      ...(capacity === undefined ? [] : ["lane"]),
    ];
    return `${words}[${parts.join(" + ")}]`;
  };
  return {
    literals: {
      const: float,
      bool: String,
      word: (value) => `${value >>> 0}u`,
      int: (value) => (value < 0 ? `(${value}i)` : `${value}i`),
    },
    operations: OPERATIONS,
    load: ({ record, slot }, { type }, index) => {
      const word = address(record, slot, index);
      return type === "u" ? word : `bitcast<${WGSL_TYPES[type]}>(${word})`;
    },
    randomWords: (id, key) => ({
      lines: [`let w${id} = pcg4d(vec4u(${key.join(", ")}));`],
      words: ["x", "y", "z", "w"].map((component) => `w${id}.${component}`),
    }),
    define: (name, value) => `let ${name} = ${value};`,
    assign: (local, value) => `${local} = ${value};`,
    store: ({ record, slot, node }, value, index) =>
      `${address(record, slot, index)} = ${node.type === "u" ? value : `bitcast<u32>(${value})`};`,
    blocks: {
      loop: (counter, count) => `for (var ${counter} = 0i; ${counter} < ${count}i; ${counter}++) {`,
      if: (condition) => `if (${condition}) {`,
      otherwise: "} else {",
      end: "}",
      indent: "  ",
    },
  };
}

/** NaN where either operand is, as in JS, on devices that keep NaN: the built-in `min` and `max` may drop it. */
function extremeText(kind: "min" | "max"): Spelling {
  return (arg, { args }) => {
    const [x, bound] = floatConstant(args[0]) === null ? [0, 1] : [1, 0];
    const limit = floatConstant(args[bound]);
    if (limit === null || Number.isNaN(limit)) return `${kind}_of(${arg(0)}, ${arg(1)})`;
    return `${kind}_bound(${arg(x)}, ${arg(bound)})`;
  };
}

/** Powers by a constant that is a multiple of 1/4 up to 8 in size are products and roots; others e^(y log x), for x >= 0. */
function powerText(arg: Argument, { args }: Node): string {
  const y = floatConstant(args[1]);
  if (y === 0) return "1f";
  const quarters = y === null ? 0 : 4 * Math.abs(y);
  if (y === null || !Number.isInteger(quarters) || quarters > MAX_QUARTERS) return `pow32(${arg(0)}, ${arg(1)})`;
  const product = `power_${quarters}(${arg(0)})`;
  return y > 0 ? product : `(1f / ${product})`;
}

/** See `clamp` of primitives.ts: constant bounds are rounded inward, and a safe value within them stays so. */
function clampText(arg: Argument, { args }: Node): string {
  const [, lowNode, highNode, safeNode] = args;
  const [low, high, safe] = [floatConstant(lowNode), floatConstant(highNode), floatConstant(safeNode)];
  const bounds = roundInward(low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY);
  const within = safe !== null && low !== null && high !== null && low <= safe && safe <= high;
  const safeText = within ? float(Math.min(Math.max(Math.fround(safe), bounds.low), bounds.high)) : arg(3);
  const lowText = low === null ? arg(1) : float(bounds.low);
  const highText = high === null ? arg(2) : float(bounds.high);
  return `clamp_safe(${arg(0)}, ${lowText}, ${highText}, ${safeNode === lowNode ? lowText : safeText})`;
}
