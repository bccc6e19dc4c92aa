import type * as acorn from "acorn";
import { propertyName, readMember } from "./member.js";
import { fail } from "./source.js";
import { choose, innerScope, type Scope, type Tracer } from "./tracer.js";
import { UNDEFINED, type Value } from "./values.js";

type Next = () => Value;
const end: Next = () => UNDEFINED;

/** Runs statements; what follows an `if` with a `return` inside is traced within its branches. */
export function traceStatements(tracer: Tracer, list: readonly acorn.AnyNode[], scope: Scope, next: Next = end): Value {
  for (let i = 0; i < list.length; i++) {
    const node = list[i] as acorn.Statement;
    if (!mayReturn(node)) {
      traceStatement(tracer, node, scope);
      continue;
    }
    const rest: Next = () => traceStatements(tracer, list.slice(i + 1), scope, next);
    switch (node.type) {
      case "ReturnStatement":
        return node.argument ? tracer.evaluate(node.argument, scope) : UNDEFINED;
      case "BlockStatement":
        return traceStatements(tracer, node.body, innerScope(scope), rest);
      case "IfStatement":
        return traceIf(tracer, node, scope, rest);
      default:
        return fail(
          scope.source,
          node,
          "E_STEP_SYNTAX",
          "return is not allowed in a loop",
          "assign to a variable in the loop, return after it",
        );
    }
  }
  return next();
}

function traceIf(tracer: Tracer, node: acorn.IfStatement, scope: Scope, next: Next): Value {
  const side = (part: acorn.Statement | null | undefined) => (): Value =>
    part ? traceStatements(tracer, [part], innerScope(scope), next) : next();
  const test = tracer.evaluate(node.test, scope);
  return choose(tracer, test, side(node.consequent), side(node.alternate), { source: scope.source, node: node.test });
}

function traceStatement(tracer: Tracer, node: acorn.Statement, scope: Scope): void {
  switch (node.type) {
    case "ExpressionStatement":
      tracer.evaluate(node.expression, scope);
      return;
    case "VariableDeclaration":
      for (const declarator of node.declarations) declare(tracer, node.kind, declarator, scope);
      return;
    case "BlockStatement":
      traceStatements(tracer, node.body, innerScope(scope));
      return;
    case "IfStatement":
      traceIf(tracer, node, scope, end);
      return;
    case "ForStatement":
    case "ForInStatement":
      tracer.loop(node, scope);
      return;
    case "EmptyStatement":
      return;
    default:
      fail(
        scope.source,
        node,
        "E_STEP_SYNTAX",
        `a ${statementName(node.type)} statement is not part of the step language`,
        "use const, let, assignments, if, for with constant bounds, for-in over a record and return",
      );
  }
}

function statementName(type: string): string {
  const words = type.replace(/(Statement|Declaration)$/, "");
  return words.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

function declare(tracer: Tracer, kind: string, declarator: acorn.VariableDeclarator, scope: Scope): void {
  const { id, init } = declarator;
  const value = init ? tracer.evaluate(init, scope) : UNDEFINED;
  if (kind === "var" && id.type === "Identifier") {
    const known = functionScope(scope).variables.get(id.name);
    if (known && !init) return;
    if (known) {
      tracer.machine.write(known, value);
      return;
    }
  }
  bindPattern(tracer, id, value, scope);
}

function functionScope(scope: Scope): Scope {
  let at = scope;
  while (at.parent) at = at.parent;
  return at;
}

/** Declares the variables of a parameter or declaration: a name, or `{ a, b: c }`. */
export function bindPattern(tracer: Tracer, pattern: acorn.Pattern, value: Value, scope: Scope): void {
  if (pattern.type === "Identifier") {
    scope.variables.set(pattern.name, tracer.machine.newCell(pattern.name, value));
    return;
  }
  if (pattern.type !== "ObjectPattern") {
    fail(
      scope.source,
      pattern,
      "E_STEP_SYNTAX",
      "default values, rest and array patterns are not allowed",
      "use plain names or { a, b }",
    );
  }
  for (const property of pattern.properties) {
    if (property.type !== "Property")
      fail(scope.source, property, "E_STEP_SYNTAX", "rest is not allowed", "name each property");
    const site = { source: scope.source, node: property };
    const { key } = property;
    const name = property.computed
      ? propertyName(tracer, tracer.evaluate(key, scope), site)
      : key.type === "Identifier"
        ? key.name
        : String((key as acorn.Literal).value);
    bindPattern(
      tracer,
      property.value,
      readMember(tracer, { object: value, key: { kind: "string", text: name } }, site),
      scope,
    );
  }
}

const returning = new WeakMap<acorn.AnyNode, boolean>();

/** Whether a `return` stands somewhere within a statement. */
function mayReturn(node: acorn.AnyNode): boolean {
  const known = returning.get(node);
  if (known !== undefined) return known;
  const found = node.type === "ReturnStatement" || childStatements(node).some(mayReturn);
  returning.set(node, found);
  return found;
}

function childStatements(node: acorn.AnyNode): readonly acorn.AnyNode[] {
  switch (node.type) {
    case "BlockStatement":
      return node.body;
    case "IfStatement":
      return node.alternate ? [node.consequent, node.alternate] : [node.consequent];
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
      return [node.body];
    default:
      return [];
  }
}

/** Names declared by `var` within a statement: they belong to the whole function. */
export function varNames(node: acorn.AnyNode): string[] {
  const names: string[] = [];
  if (node.type === "VariableDeclaration" && node.kind === "var") {
    for (const { id } of node.declarations) if (id.type === "Identifier") names.push(id.name);
  }
  if (node.type === "ForStatement" && node.init) names.push(...varNames(node.init));
  if (node.type === "ForInStatement") names.push(...varNames(node.left));
  for (const child of childStatements(node)) names.push(...varNames(child));
  return names;
}
