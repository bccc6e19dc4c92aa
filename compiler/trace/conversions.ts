import type * as acorn from "acorn";
import { constantValue } from "../ir/constants.js";

import type { NodeTable } from "../ir/node-table.js";
import type { Node } from "../ir/program.js";
import { excerpt, fail, type Source } from "./source.js";
import { ONE, type Unit } from "./units.js";
import type { NumberValue } from "./values.js";

/** Where an operation stands, for its error messages. */
export interface Site {
  readonly source: Source;
  readonly node: acorn.AnyNode;
}

export function numberValue(node: Node, unit: Unit | null): NumberValue {
  return { kind: "number", node, unit };
}

/** The unit that both operands have; literals adopt the other one's. */
export function commonUnit(a: NumberValue, b: NumberValue, site: Site): Unit | null {
  if (a.unit === null || b.unit === null || a.unit === b.unit) return a.unit ?? b.unit;
  return fail(
    site.source,
    site.node,
    "E_STEP_UNIT",
    `"${excerpt(site.source, site.node)}" brings ${a.unit.text} and ${b.unit.text} together`,
    "convert one of them with a constant that has a unit (useUnits)",
  );
}

export function mustBeDimensionless(x: NumberValue, what: string, site: Site): void {
  if (x.unit === null || x.unit === ONE) return;
  fail(
    site.source,
    site.node,
    "E_STEP_UNIT",
    `${what} needs a pure number, "${excerpt(site.source, site.node)}" gives it ${x.unit.text}`,
    "divide by a reference value of the same unit first",
  );
}

/** The value as a float node. */
export function toFloat(table: NodeTable, x: NumberValue, site: Site): Node {
  switch (x.node.type) {
    case "f":
      return x.node;
    case "u":
      return table.make({ kind: "floatFromWord" }, [x.node]);
    case "i":
      return table.make({ kind: "floatFromInt" }, [x.node]);
    default:
      return fail(
        site.source,
        site.node,
        "E_STEP_TYPE",
        `"${excerpt(site.source, site.node)}" uses a truth value as a number`,
        "write condition ? 1 : 0",
      );
  }
}

/** The value as a truth value; numbers are true unless 0 or NaN. */
export function toBool(table: NodeTable, x: NumberValue, site: Site): Node {
  if (x.node.type === "b") return x.node;
  const value = toFloat(table, x, site);
  const zero = table.float(0);
  const below = table.make({ kind: "lt" }, [value, zero]);
  return table.make({ kind: "or" }, [below, table.make({ kind: "gt" }, [value, zero])]);
}

/** The value modulo 2^32, or undefined if it is not made of u32 values and whole constants. */
export function toWord(table: NodeTable, x: NumberValue): Node | undefined {
  if (x.word) return x.word;
  if (x.node.type === "u") return x.node;
  const value = constantValue(x.node);
  if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 32) return table.word(value);
  return undefined;
}

/** The value as an index node, or undefined if it is not shared by all lanes. */
export function toIndex(table: NodeTable, x: NumberValue): Node | undefined {
  if (x.node.type === "i") return x.node;
  const value = x.node.type === "f" ? constantValue(x.node) : undefined;
  return typeof value === "number" && Number.isSafeInteger(value) ? table.int(value) : undefined;
}

export function wordOperand(table: NodeTable, x: NumberValue): Node | undefined {
  if (x.node.type === "u") return x.node;
  const value = constantValue(x.node);
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 32 ? table.word(value) : undefined;
}

/** Brings both sides of a condition to one type and unit; undefined for a number and a truth value. */
export function unify(
  table: NodeTable,
  site: Site,
): (a: NumberValue, b: NumberValue) => readonly [NumberValue, NumberValue] | undefined {
  return (a, b) => {
    if ((a.node.type === "b") !== (b.node.type === "b")) return undefined;
    const unit = commonUnit(a, b, site);
    if (a.node === b.node) return [a, b];
    const type = a.node.type;
    if (type === "b" || (type === "u" && b.node.type === "u")) return [numberValue(a.node, unit), numberValue(b.node, unit)];
    if (a.node.type === "u" || b.node.type === "u") {
      const words = [wordOperand(table, a), wordOperand(table, b)];
      if (words[0] && words[1]) return [numberValue(words[0], unit), numberValue(words[1], unit)];
    }
    return [numberValue(toFloat(table, a, site), unit), numberValue(toFloat(table, b, site), unit)];
  };
}
