import type * as acorn from "acorn";
import { binary, negate } from "./arithmetic.js";
import { assign, update } from "./assignment.js";
import { traceCall } from "./call.js";
import { numberValue, type Site, toBool, toFloat } from "./conversions.js";
import { isCoverageCounter } from "./coverage-counter.js";
import { propertyName, readMember, resolveMember } from "./member.js";
import { excerpt, fail } from "./source.js";
import { choose, type Expression, evaluateNumber, findVariable, mustBeNumber, type Scope, type Tracer } from "./tracer.js";
import { type Cell, UNDEFINED, type Value } from "./values.js";

/** The value of an expression; its effects are applied to the tracer's machine. */
export function traceExpression(tracer: Tracer, node: Expression, scope: Scope): Value {
  switch (node.type) {
    case "Literal":
      return literal(tracer, node, scope);
    case "TemplateLiteral":
      return template(tracer, node, scope);
    case "Identifier":
      return identifier(tracer, node, scope);
    case "MemberExpression":
      return readMember(tracer, resolveMember(tracer, node, scope), { source: scope.source, node });
    case "BinaryExpression":
      return binaryExpression(tracer, node, scope);
    case "LogicalExpression":
      return logical(tracer, node, scope);
    case "UnaryExpression":
      return unary(tracer, node, scope);
    case "ConditionalExpression":
      return conditional(tracer, node, scope);
    case "AssignmentExpression":
      return assign(tracer, node, scope);
    case "UpdateExpression":
      return isCoverageCounter(node, scope) ? UNDEFINED : update(tracer, node, scope);
    case "SequenceExpression":
      return node.expressions.map((part) => tracer.evaluate(part, scope)).at(-1) as Value;
    case "ParenthesizedExpression":
      return tracer.evaluate(node.expression, scope);
    case "CallExpression":
      return isCoverageCounter(node, scope) ? UNDEFINED : traceCall(tracer, node, scope);
    case "ObjectExpression":
      return objectLiteral(tracer, node, scope);
    default: {
      const { name, hint = USABLE } = NOT_USABLE[node.type] ?? { name: describe(node.type) };
      return fail(scope.source, node, "E_STEP_SYNTAX", `${name} is not part of the step language`, hint);
    }
  }
}

const USABLE = "use arithmetic, comparisons, && || ! ?:, record fields, Math and calls of u's functions";
const INNER_FUNCTION = {
  name: "a function inside of a function",
  hint: "define it outside, add it to uses and call it by u",
};

/** Expressions that people write, by acorn's type of node. */
const NOT_USABLE: Readonly<Record<string, { readonly name: string; readonly hint?: string }>> = {
  ArrayExpression: { name: "a list of values", hint: "make the list a constant among uses, or an array field of a record" },
  ArrowFunctionExpression: INNER_FUNCTION,
  FunctionExpression: INNER_FUNCTION,
  ChainExpression: { name: "the operator ?.", hint: "write a plain dot: every record and function is there" },
  ThisExpression: { name: "this", hint: "use the function's own parameters" },
};

function describe(type: string): string {
  return type.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

function literal(tracer: Tracer, node: acorn.Literal, scope: Scope): Value {
  const { value } = node;
  if (typeof value === "number") return numberValue(tracer.table.float(value), null);
  if (typeof value === "boolean") return numberValue(tracer.table.bool(value), null);
  if (typeof value === "string") return { kind: "string", text: value };
  return fail(scope.source, node, "E_STEP_SYNTAX", "only numbers, truth values and strings may be written out", "use a number");
}

function template(tracer: Tracer, node: acorn.TemplateLiteral, scope: Scope): Value {
  let text = "";
  node.quasis.forEach((quasi, i) => {
    text += quasi.value.cooked ?? "";
    const expression = node.expressions[i];
    if (expression)
      text += propertyName(tracer, tracer.evaluate(expression, scope), { source: scope.source, node: expression });
  });
  return { kind: "string", text };
}

function identifier(tracer: Tracer, node: acorn.Identifier, scope: Scope): Value {
  const cell = findVariable(scope, node.name);
  if (cell) return cell.value;
  if (node.name === "Math") return { kind: "math" };
  if (node.name === "undefined") return UNDEFINED;
  if (node.name === "NaN") return numberValue(tracer.table.float(Number.NaN), null);
  if (node.name === "Infinity") return numberValue(tracer.table.float(Number.POSITIVE_INFINITY), null);
  return fail(
    scope.source,
    node,
    "E_STEP_FREE_NAME",
    `"${node.name}" is defined outside of the function`,
    `add it to uses and write u.${node.name}; only Math may be used freely`,
  );
}

function binaryExpression(tracer: Tracer, node: acorn.BinaryExpression, scope: Scope): Value {
  const site = { source: scope.source, node };
  const left = tracer.evaluate(node.left as Expression, scope);
  const right = tracer.evaluate(node.right, scope);
  const strings = stringOperation(tracer, node.operator, left, right, site);
  if (strings) return strings;
  const a = mustBeNumber(left, { source: scope.source, node: node.left });
  const b = mustBeNumber(right, { source: scope.source, node: node.right });
  return binary(tracer.table, node.operator, a, b, site);
}

function stringOperation(tracer: Tracer, operator: string, a: Value, b: Value, site: Site): Value | undefined {
  if (a.kind !== "string" && b.kind !== "string") return undefined;
  if (operator === "+") {
    if (a.kind === "number" || b.kind === "number") {
      const message = `"${excerpt(site.source, site.node)}" adds a text and a number`;
      return fail(site.source, site.node, "E_STEP_TYPE", message, "texts can only be keys; write numbers without quotes");
    }
    return { kind: "string", text: propertyName(tracer, a, site) + propertyName(tracer, b, site) };
  }
  if (a.kind === "string" && b.kind === "string" && /^[!=]==?$/.test(operator)) {
    return numberValue(tracer.table.bool((a.text === b.text) === operator.startsWith("=")), null);
  }
  if (operator === "in" && a.kind === "string" && b.kind === "record") {
    return numberValue(tracer.table.bool(Object.hasOwn(b.binding.fields, a.text)), null);
  }
  return undefined;
}

function unary(tracer: Tracer, node: acorn.UnaryExpression, scope: Scope): Value {
  const site = { source: scope.source, node };
  switch (node.operator) {
    case "-":
      return negate(tracer.table, evaluateNumber(tracer, node.argument, scope), site);
    case "+": {
      const x = evaluateNumber(tracer, node.argument, scope);
      toFloat(tracer.table, x, site);
      return x;
    }
    case "!":
      return numberValue(
        tracer.table.make({ kind: "not" }, [toBool(tracer.table, evaluateNumber(tracer, node.argument, scope), site)]),
        null,
      );
    case "void":
      tracer.evaluate(node.argument, scope);
      return UNDEFINED;
    default:
      return fail(
        scope.source,
        node,
        "E_STEP_SYNTAX",
        `the operator ${node.operator} is not allowed`,
        "use - + ! before an expression",
      );
  }
}

function conditional(tracer: Tracer, node: acorn.ConditionalExpression, scope: Scope): Value {
  const test = tracer.evaluate(node.test, scope);
  const side = (part: acorn.Expression) => () => tracer.evaluate(part, scope);
  return choose(tracer, test, side(node.consequent), side(node.alternate), { source: scope.source, node });
}

function logical(tracer: Tracer, node: acorn.LogicalExpression, scope: Scope): Value {
  const site = { source: scope.source, node };
  if (node.operator === "??") return fail(scope.source, node, "E_STEP_SYNTAX", "the operator ?? is not allowed", "use ?:");
  const left = tracer.evaluate(node.left, scope);
  const right = (): Value => tracer.evaluate(node.right, scope);
  return node.operator === "&&" ? choose(tracer, left, right, () => left, site) : choose(tracer, left, () => left, right, site);
}

function objectLiteral(tracer: Tracer, node: acorn.ObjectExpression, scope: Scope): Value {
  const cells = new Map<string, Cell>();
  for (const property of node.properties) {
    if (property.type !== "Property" || property.kind !== "init" || property.method) {
      return fail(scope.source, property, "E_STEP_SYNTAX", "an object can only have plain properties", "write name: value");
    }
    const name = propertyKey(tracer, property, scope);
    cells.set(name, tracer.machine.newCell(name, tracer.evaluate(property.value, scope)));
  }
  return { kind: "object", cells };
}

function propertyKey(tracer: Tracer, property: acorn.Property, scope: Scope): string {
  const { key } = property;
  if (property.computed) return propertyName(tracer, tracer.evaluate(key, scope), { source: scope.source, node: key });
  return key.type === "Identifier" ? key.name : String((key as acorn.Literal).value);
}
