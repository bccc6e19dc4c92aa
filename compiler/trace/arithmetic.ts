import { constantValue } from "../ir/constants.js";

import type { NodeTable } from "../ir/node-table.js";
import type { Comparison, FloatBinary, FloatUnary, Node, Origin } from "../ir/program.js";
import {
  commonUnit,
  mustBeDimensionless,
  numberValue,
  type Site,
  toFloat,
  toIndex,
  toWord,
  wordOperand,
} from "./conversions.js";
import { indexBounds } from "./index-bounds.js";
import { describeOrigin, excerpt, fail } from "./source.js";
import { divideUnits, multiplyUnits, ONE, powerUnit, type Unit } from "./units.js";
import type { NumberValue } from "./values.js";

const FLOAT_OPERATORS: Readonly<Record<string, FloatBinary>> = { "+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow" };
const INDEX_OPERATORS = { "+": "iadd", "-": "isub", "*": "imul", "%": "irem" } as const;
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
  "===": "eq",
  "==": "eq",
  "!==": "ne",
  "!=": "ne",
};

/** `a operator b` for the operators of JS; fails for those outside the subset. */
export function binary(table: NodeTable, operator: string, a: NumberValue, b: NumberValue, site: Site): NumberValue {
  if (operator in COMPARISONS) return compare(table, COMPARISONS[operator] as Comparison, a, b, site);
  if (operator === ">>>") return shiftRight(table, a, b, site);
  const index = indexArithmetic(table, operator, a, b, site);
  if (index) return index;
  if (operator === "%") return remainder(table, a, b, site);
  const kind = FLOAT_OPERATORS[operator];
  if (!kind) {
    return fail(
      site.source,
      site.node,
      "E_STEP_SYNTAX",
      `the operator ${operator} is not allowed`,
      "use + - * / ** comparisons && || ! ?: (and % for indices, >>> 0 for u32 sums)",
    );
  }
  const result = floatBinary(table, kind, a, b, site);
  const word = kind === "add" || kind === "sub" ? wordSum(table, kind, a, b) : undefined;
  return word ? { ...result, word } : result;
}

/** add, sub, mul, div, min, max or pow of two floats, with their units. */
export function floatBinary(table: NodeTable, kind: FloatBinary, a: NumberValue, b: NumberValue, site: Site): NumberValue {
  const node = table.make({ kind }, [toFloat(table, a, site), toFloat(table, b, site)]);
  switch (kind) {
    case "mul":
      return numberValue(node, a.unit && b.unit ? multiplyUnits(a.unit, b.unit) : (a.unit ?? b.unit));
    case "div":
      noteOrigin(table, node, "div", site);
      return numberValue(node, b.unit ? divideUnits(a.unit ?? ONE, b.unit) : a.unit);
    case "pow":
      return numberValue(node, raiseUnit(a, b, site));
    default:
      return numberValue(node, commonUnit(a, b, site));
  }
}

/** Of equal nodes the first place counts. */
function noteOrigin(table: NodeTable, node: Node, operation: Origin["operation"], site: Site): void {
  if (!table.origins.has(node)) table.origins.set(node, describeOrigin(operation, site.source, site.node));
}

function raiseUnit(base: NumberValue, exponent: NumberValue, site: Site): Unit | null {
  mustBeDimensionless(exponent, "an exponent", site);
  if (base.unit === null || base.unit === ONE) return base.unit ?? exponent.unit;
  const value = constantValue(exponent.node);
  const unit = typeof value === "number" ? powerUnit(base.unit, value) : undefined;
  if (unit) return unit;
  return fail(
    site.source,
    site.node,
    "E_STEP_UNIT",
    `"${excerpt(site.source, site.node)}" raises ${base.unit.text} to a power that is not a constant multiple of one half`,
    "divide by a reference value of the same unit first",
  );
}

function wordSum(table: NodeTable, kind: "add" | "sub", a: NumberValue, b: NumberValue): Node | undefined {
  if (!isWordy(a) && !isWordy(b)) return undefined;
  const left = toWord(table, a);
  const right = kind === "add" ? toWord(table, b) : negatedWord(table, b);
  return left && right ? table.make({ kind: "uadd" }, [left, right]) : undefined;
}

function negatedWord(table: NodeTable, x: NumberValue): Node | undefined {
  const value = constantValue(x.node);
  return typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 32 ? table.word(-value) : undefined;
}

function isWordy(x: NumberValue): boolean {
  return x.word !== undefined || x.node.type === "u";
}

function shiftRight(table: NodeTable, a: NumberValue, b: NumberValue, site: Site): NumberValue {
  const word = toWord(table, a);
  const bits = constantValue(b.node);
  if (word && typeof bits === "number" && Number.isInteger(bits) && bits >= 0 && bits < 32) {
    return numberValue(table.make({ kind: "ushr", bits }, [word]), a.unit);
  }
  return fail(
    site.source,
    site.node,
    "E_STEP_TYPE",
    `"${excerpt(site.source, site.node)}" shifts a value that is not a u32`,
    "use >>> 0 on sums of u32 fields and whole constants",
  );
}

function indexArithmetic(
  table: NodeTable,
  operator: string,
  a: NumberValue,
  b: NumberValue,
  site: Site,
): NumberValue | undefined {
  if (!(operator in INDEX_OPERATORS) || (a.node.type !== "i" && b.node.type !== "i")) return undefined;
  const left = toIndex(table, a);
  const right = toIndex(table, b);
  if (!left || !right) return undefined;
  const kind = INDEX_OPERATORS[operator as keyof typeof INDEX_OPERATORS];
  const [low] = indexBounds(table.loopCounts, left);
  const divisor = indexBounds(table.loopCounts, right);
  if (kind === "irem" && (low < 0 || divisor[0] < 1)) {
    return fail(
      site.source,
      site.node,
      "E_STEP_INDEX",
      `"${excerpt(site.source, site.node)}" may take the remainder of a negative number`,
      "add the length first: (c.slot + 31 - 3) % 31",
    );
  }
  // A negative factor could make -0, which only a float can hold.
  if (kind === "imul" && (low < 0 || divisor[0] < 0)) return undefined;
  return numberValue(table.make({ kind }, [left, right]), commonUnit(a, b, site));
}

function remainder(table: NodeTable, a: NumberValue, b: NumberValue, site: Site): NumberValue {
  const left = constantValue(a.node);
  const right = constantValue(b.node);
  if (typeof left === "number" && typeof right === "number") {
    return numberValue(table.float(left % right), commonUnit(a, b, site));
  }
  return fail(
    site.source,
    site.node,
    "E_STEP_INDEX",
    `"${excerpt(site.source, site.node)}" uses % on values that are not indices`,
    "use % with index fields, loop counters and constants only; for others x - Math.floor(x / n) * n",
  );
}

function compare(table: NodeTable, kind: Comparison, a: NumberValue, b: NumberValue, site: Site): NumberValue {
  if (a.node.type === "b" && b.node.type === "b" && (kind === "eq" || kind === "ne")) {
    const same = table.make({ kind: "select" }, [a.node, b.node, table.make({ kind: "not" }, [b.node])]);
    return numberValue(kind === "eq" ? same : table.make({ kind: "not" }, [same]), null);
  }
  commonUnit(a, b, site);
  return numberValue(compareWords(table, kind, a, b) ?? compareFloats(table, kind, a, b, site), null);
}

function compareFloats(table: NodeTable, kind: Comparison, a: NumberValue, b: NumberValue, site: Site): Node {
  return table.make({ kind }, [toFloat(table, a, site), toFloat(table, b, site)]);
}

/** Exact in every execution, unlike a comparison of words rounded to float32. Sums of words are floats: they do not wrap. */
function compareWords(table: NodeTable, kind: Comparison, a: NumberValue, b: NumberValue): Node | undefined {
  const left = wordOperand(table, a);
  const right = wordOperand(table, b);
  if (!left || !right || (a.node.type !== "u" && b.node.type !== "u")) return undefined;
  const not = (node: Node): Node => table.make({ kind: "not" }, [node]);
  const less = (x: Node, y: Node): Node => table.make({ kind: "ult" }, [x, y]);
  switch (kind) {
    case "lt":
      return less(left, right);
    case "gt":
      return less(right, left);
    case "le":
      return not(less(right, left));
    case "ge":
      return not(less(left, right));
    case "eq":
      return table.make({ kind: "ueq" }, [left, right]);
    default:
      return not(table.make({ kind: "ueq" }, [left, right]));
  }
}

export function negate(table: NodeTable, x: NumberValue, site: Site): NumberValue {
  return numberValue(table.make({ kind: "neg" }, [toFloat(table, x, site)]), x.unit);
}

/** A function of Math with one argument, with its units. */
export function floatUnary(table: NodeTable, kind: FloatUnary, x: NumberValue, site: Site): NumberValue {
  const node = table.make({ kind }, [toFloat(table, x, site)]);
  if (kind === "log" || kind === "sqrt") noteOrigin(table, node, kind, site);
  switch (kind) {
    case "exp":
    case "log":
    case "tanh":
    case "sin":
    case "cos":
      mustBeDimensionless(x, `Math.${kind}`, site);
      return numberValue(node, x.unit);
    case "sign":
      return numberValue(node, x.unit && ONE);
    case "sqrt": {
      const unit = x.unit && powerUnit(x.unit, 0.5);
      if (unit === undefined) {
        return fail(
          site.source,
          site.node,
          "E_STEP_UNIT",
          `"${excerpt(site.source, site.node)}" takes the root of ${x.unit?.text}`,
          "exponents of units are multiples of one half",
        );
      }
      return numberValue(node, unit);
    }
    default:
      return numberValue(node, x.unit);
  }
}
