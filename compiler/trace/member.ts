import type * as acorn from "acorn";
import { constantValue } from "../ir/constants.js";

import type { Uses } from "../schema.js";
import { numberValue, type Site, toIndex } from "./conversions.js";
import { suggestion } from "./record-access.js";
import { type AnyFunction, excerpt, fail } from "./source.js";
import { mustBeNumber, type Scope, type Tracer } from "./tracer.js";
import { ONE, parseUnit, type Unit } from "./units.js";
import { UNDEFINED, type Value } from "./values.js";

/** `object.key`, both evaluated; the key is a name or, for arrays and tables, an index. */
export interface Member {
  readonly object: Value;
  readonly key: Value;
}

export function resolveMember(tracer: Tracer, node: acorn.MemberExpression, scope: Scope): Member {
  const object = tracer.evaluate(node.object, scope);
  if (node.computed) return { object, key: tracer.evaluate(node.property as acorn.Expression, scope) };
  return { object, key: { kind: "string", text: (node.property as acorn.Identifier).name } };
}

/** A compile-time key: a string, or a constant number as JS would print it. */
export function propertyName(tracer: Tracer, value: Value, site: Site): string {
  if (value.kind === "string") return value.text;
  const constant = value.kind === "number" ? constantValue(toIndex(tracer.table, value) ?? value.node) : undefined;
  if (constant !== undefined) return String(constant);
  return fail(
    site.source,
    site.node,
    "E_STEP_INDEX",
    `the key "${excerpt(site.source, site.node)}" is not known at compile time`,
    "use constant strings and the key of a for-in loop",
  );
}

export function readMember(tracer: Tracer, { object, key }: Member, site: Site): Value {
  switch (object.kind) {
    case "record":
      return tracer.records.read(object, propertyName(tracer, key, site), site);
    case "records": {
      const name = propertyName(tracer, key, site);
      if (!Object.hasOwn(object.bindings, name)) return unknownProperty(name, Object.keys(object.bindings), site);
      return { kind: "record", binding: object.bindings[name]! };
    }
    case "array":
      if (key.kind === "string" && key.text === "length")
        return numberValue(tracer.table.int(object.spec.length as number), null);
      return tracer.records.readElement(object, mustBeNumber(key, site), site);
    case "table":
      return readTable(tracer, object.values, object.unit, key, site);
    case "group":
      return readGroup(tracer, object.uses, object.path, propertyName(tracer, key, site), site);
    case "object": {
      const name = propertyName(tracer, key, site);
      const cell = object.cells.get(name);
      if (cell) return cell.value;
      return unknownProperty(name, [...object.cells.keys()], site);
    }
    case "math":
      return readMath(tracer, propertyName(tracer, key, site), site);
    case "poison":
      return fail(
        site.source,
        site.node,
        "E_STEP_UNSET",
        `"${excerpt(site.source, site.node)}" ${object.why}`,
        "assign it on every path",
      );
    default:
      return fail(
        site.source,
        site.node,
        "E_STEP_TYPE",
        `"${excerpt(site.source, site.node)}" reads a property of ${object.kind === "undefined" ? "undefined" : `a ${object.kind}`}`,
        "read properties of records, objects and u",
      );
  }
}

function unknownProperty(name: string, names: readonly string[], site: Site): never {
  const hint = names.length > 0 ? `known names: ${names.slice(0, 12).join(", ")}` : "there are no names here";
  return fail(site.source, site.node, "E_STEP_FIELD", `there is no "${name}"${suggestion(name, names)}`, hint);
}

function readTable(tracer: Tracer, values: readonly number[], unit: Unit, key: Value, site: Site): Value {
  if (key.kind === "string" && key.text === "length") return numberValue(tracer.table.int(values.length), null);
  const name = Number(propertyName(tracer, key, site));
  const value = values[name];
  if (value !== undefined) return numberValue(tracer.table.float(value), unit);
  const hint = `use an index within 0..${values.length - 1}`;
  return fail(
    site.source,
    site.node,
    "E_STEP_INDEX",
    `"${excerpt(site.source, site.node)}" reads element ${name} of ${values.length}`,
    hint,
  );
}

function readGroup(tracer: Tracer, uses: Uses, path: string, name: string, site: Site): Value {
  if (!Object.hasOwn(uses, name)) return unknownProperty(name, Object.keys(uses), site);
  const value = uses[name] as unknown;
  const full = path === "" ? name : `${path}.${name}`;
  const unit = tracer.useUnits[full];
  if (typeof value === "number") return numberValue(tracer.table.float(value), unit === undefined ? ONE : parseUnit(unit));
  if (typeof value === "function") return { kind: "function", run: value as AnyFunction, name: full };
  if (typeof value === "string") return { kind: "string", text: value };
  if (typeof value === "boolean") return numberValue(tracer.table.bool(value), null);
  if (Array.isArray(value))
    return { kind: "table", values: value as number[], unit: unit === undefined ? ONE : parseUnit(unit) };
  if (typeof value === "object" && value !== null) return { kind: "group", uses: value as Uses, path: full };
  return UNDEFINED;
}

function readMath(tracer: Tracer, name: string, site: Site): Value {
  const value: unknown = Reflect.get(Math, name);
  if (typeof value === "number") return numberValue(tracer.table.float(value), null);
  if (typeof value === "function") return { kind: "function", run: value as AnyFunction, name: `Math.${name}` };
  return unknownProperty(name, Object.getOwnPropertyNames(Math), site);
}
