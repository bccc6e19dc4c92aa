import type { Op } from "../ir/program.js";
import { INFIX } from "../text/infix.js";

const JS_INFIX: Readonly<Record<string, string>> = {
  ...INFIX,
  pow: "**",
  eq: "===",
  ne: "!==",
  and: "&&",
  or: "||",
  uxor: "^",
  uand: "&",
};

type Argument = (i: number) => string;

/** Words are held as any integer of the same value modulo 2^32; `>>> 0` makes them the u32 where that matters. */
const TEMPLATES: Readonly<Record<string, (arg: Argument) => string>> = {
  neg: (arg) => `(-${arg(0)})`,
  not: (arg) => `(!${arg(0)})`,
  select: (arg) => `(${arg(0)} ? ${arg(1)} : ${arg(2)})`,
  clamp: (arg) => `clamp(${arg(0)}, ${arg(1)}, ${arg(2)}, ${arg(3)})`,
  units: (arg) => arg(0),
  floatFromInt: (arg) => arg(0),
  floatFromWord: (arg) => `(${arg(0)} >>> 0)`,
  unitInterval: (arg) => `((${arg(0)} >>> 9) * ${2 ** -23} + ${2 ** -24})`,
  uadd: (arg) => `((${arg(0)} + ${arg(1)}) | 0)`,
  umul: (arg) => `Math.imul(${arg(0)}, ${arg(1)})`,
  ueq: (arg) => `(${arg(0)} >>> 0 === ${arg(1)} >>> 0)`,
  ult: (arg) => `(${arg(0)} >>> 0 < ${arg(1)} >>> 0)`,
  min: (arg) => `Math.min(${arg(0)}, ${arg(1)})`,
  max: (arg) => `Math.max(${arg(0)}, ${arg(1)})`,
};

/** The JS expression of an operation other than a load; `arg` gives the text of its arguments. */
export function expression(op: Op, arg: Argument): string {
  const infix = JS_INFIX[op.kind];
  if (infix) return `(${arg(0)} ${infix} ${arg(1)})`;
  const template = TEMPLATES[op.kind];
  if (template) return template(arg);
  switch (op.kind) {
    case "const":
    case "int":
      return numberText(op.value);
    case "bool":
    case "word":
      return String(op.value);
    case "counter":
      return `k${op.loop}`;
    case "local":
      return `l${op.local}`;
    case "ushr":
      return `(${arg(0)} >>> ${op.bits})`;
    default:
      return `Math.${op.kind}(${arg(0)})`;
  }
}

export function isConstant(op: Op): boolean {
  return op.kind === "const" || op.kind === "bool" || op.kind === "word" || op.kind === "int";
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return "(-0)";
  return value < 0 ? `(${value})` : String(value);
}
