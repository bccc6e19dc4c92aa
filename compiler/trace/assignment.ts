import type * as acorn from "acorn";
import { binary } from "./arithmetic.js";
import { numberValue, type Site } from "./conversions.js";
import { type Member, propertyName, readMember, resolveMember } from "./member.js";
import { excerpt, fail } from "./source.js";
import { choose, findVariable, mustBeNumber, type Scope, type Tracer } from "./tracer.js";
import type { Cell, Value } from "./values.js";

type Target = { readonly cell: Cell } | { readonly member: Member };

/** `target = value`, `target += value` and so on. */
export function assign(tracer: Tracer, node: acorn.AssignmentExpression, scope: Scope): Value {
  const site: Site = { source: scope.source, node };
  const target = resolveTarget(tracer, node.left, scope);
  if (node.operator === "=") {
    const value = tracer.evaluate(node.right, scope);
    const from: Site = { source: scope.source, node: node.right };
    store(tracer, target, "cell" in target || target.member.object.kind === "object" ? value : mustBeNumber(value, from), site);
    return value;
  }
  const old = load(tracer, target, { source: scope.source, node: node.left });
  if (node.operator === "&&=" || node.operator === "||=") {
    const set = (): Value => {
      const value = tracer.evaluate(node.right, scope);
      store(tracer, target, value, site);
      return value;
    };
    const keep = (): Value => old;
    return node.operator === "&&=" ? choose(tracer, old, set, keep, site) : choose(tracer, old, keep, set, site);
  }
  const right = mustBeNumber(tracer.evaluate(node.right, scope), { source: scope.source, node: node.right });
  const left = mustBeNumber(old, { source: scope.source, node: node.left });
  const value = binary(tracer.table, node.operator.slice(0, -1), left, right, site);
  store(tracer, target, value, site);
  return value;
}

/** `x++` and `x--`. */
export function update(tracer: Tracer, node: acorn.UpdateExpression, scope: Scope): Value {
  const site: Site = { source: scope.source, node };
  const target = resolveTarget(tracer, node.argument, scope);
  const old = mustBeNumber(load(tracer, target, site), site);
  const one = numberValue(tracer.table.float(1), null);
  const value = binary(tracer.table, node.operator === "++" ? "+" : "-", old, one, site);
  store(tracer, target, value, site);
  return node.prefix ? value : old;
}

function resolveTarget(tracer: Tracer, node: acorn.AnyNode, scope: Scope): Target {
  if (node.type === "ParenthesizedExpression") return resolveTarget(tracer, node.expression, scope);
  if (node.type === "MemberExpression") return { member: resolveMember(tracer, node, scope) };
  if (node.type === "Identifier") {
    const cell = findVariable(scope, node.name);
    if (cell) return { cell };
    const hint = "declare it with let, or write to a field of a record";
    return fail(scope.source, node, "E_STEP_FREE_NAME", `"${node.name}" is defined outside of the function`, hint);
  }
  return fail(scope.source, node, "E_STEP_SYNTAX", "cannot assign to this", "assign to a variable or to a field of a record");
}

function load(tracer: Tracer, target: Target, site: Site): Value {
  return "cell" in target ? target.cell.value : readMember(tracer, target.member, site);
}

function store(tracer: Tracer, target: Target, value: Value, site: Site): void {
  if ("cell" in target) {
    tracer.machine.write(target.cell, value);
    return;
  }
  const { object, key } = target.member;
  switch (object.kind) {
    case "record":
      tracer.records.write(object, propertyName(tracer, key, site), mustBeNumber(value, site), site);
      return;
    case "array":
      tracer.records.writeElement(object, mustBeNumber(key, site), mustBeNumber(value, site), site);
      return;
    case "object": {
      const name = propertyName(tracer, key, site);
      const cell = object.cells.get(name);
      if (!cell)
        fail(site.source, site.node, "E_STEP_FIELD", `the object has no "${name}"`, "give it the property where it is made");
      if (cell.shared) {
        const hint = "assign to its fields before the condition that chooses it";
        fail(site.source, site.node, "E_STEP_FIELD", `${name} belongs to an object that a condition has chosen`, hint);
      }
      tracer.machine.write(cell, value);
      return;
    }
    default:
      fail(
        site.source,
        site.node,
        "E_STEP_FIELD",
        `"${excerpt(site.source, site.node)}" assigns to a property of ${object.kind === "group" ? "u" : `a ${object.kind}`}`,
        "assign to fields of records",
      );
  }
}
