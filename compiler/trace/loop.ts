import type * as acorn from "acorn";
import { constantValue } from "../ir/constants.js";

import { numberValue, toIndex } from "./conversions.js";
import { type Counting, traceLoopRegion } from "./loop-region.js";
import { excerpt, fail } from "./source.js";
import { evaluateNumber, findVariable, innerScope, mustBeNumber, type Scope, type Tracer } from "./tracer.js";
import { UNDEFINED, type Value } from "./values.js";

export function traceLoop(tracer: Tracer, node: acorn.ForStatement | acorn.ForInStatement, scope: Scope): void {
  if (node.type === "ForInStatement") traceForIn(tracer, node, scope);
  else traceFor(tracer, node, innerScope(scope));
}

function traceForIn(tracer: Tracer, node: acorn.ForInStatement, outer: Scope): void {
  const names = listKeys(tracer.evaluate(node.right, outer));
  if (!names) {
    fail(
      outer.source,
      node.right,
      "E_STEP_LOOP",
      `"${excerpt(outer.source, node.right)}" has no fields to loop over`,
      "loop over a record, an object or a group of u",
    );
  }
  const { left } = node;
  const id = left.type === "VariableDeclaration" ? left.declarations[0]?.id : left;
  if (id?.type !== "Identifier")
    fail(outer.source, left, "E_STEP_LOOP", "the key needs a plain name", "write for (const k in record)");
  for (const name of names) {
    const scope = innerScope(outer);
    const key: Value = { kind: "string", text: name };
    const known = left.type === "VariableDeclaration" && left.kind !== "var" ? undefined : findVariable(scope, id.name);
    if (known) tracer.machine.write(known, key);
    else scope.variables.set(id.name, tracer.machine.newCell(id.name, key));
    tracer.run([node.body], scope);
  }
}

function listKeys(value: Value): readonly string[] | undefined {
  if (value.kind === "record") return Object.keys(value.binding.fields);
  if (value.kind === "group") return Object.keys(value.uses);
  if (value.kind === "object") return [...value.cells.keys()];
  return undefined;
}

function traceFor(tracer: Tracer, node: acorn.ForStatement, scope: Scope): void {
  if (node.init?.type === "VariableDeclaration") tracer.run([node.init], scope);
  else if (node.init) tracer.evaluate(node.init, scope);
  const counting = readCounting(tracer, node, scope);
  if (!tryUnroll(tracer, node, counting, scope)) {
    const body = (counter: Value): void => iteration(tracer, node, counting, counter, scope);
    traceLoopRegion(tracer, { source: scope.source, node }, counting, body);
  }
  const { start, step, count } = counting;
  tracer.machine.write(counting.cell, numberValue(tracer.table.int(start + step * count), null));
}

/** One iteration; the counter must come out of it as it went in. */
function iteration(tracer: Tracer, node: acorn.ForStatement, counting: Counting, counter: Value, scope: Scope): void {
  tracer.machine.write(counting.cell, counter);
  tracer.run([node.body], innerScope(scope));
  if (counting.cell.value === counter) return;
  fail(
    scope.source,
    node,
    "E_STEP_LOOP",
    `the loop changes its counter ${counting.cell.name}`,
    "use another variable in the body",
  );
}

function tryUnroll(tracer: Tracer, node: acorn.ForStatement, counting: Counting, scope: Scope): boolean {
  const { machine, table } = tracer;
  const { unroll } = machine.budgets;
  const { start, step, count } = counting;
  const frame = machine.push();
  for (let i = 0; i < count; i++) {
    iteration(tracer, node, counting, numberValue(table.int(start + step * i), null), scope);
    const size = table.nodes.length - frame.firstNode + frame.statements.length;
    // The first iteration tells about the others, later ones may find common subexpressions or constant conditions.
    if (size > unroll || (i === 0 && size * count > unroll)) {
      machine.undo(UNDEFINED);
      return false;
    }
  }
  machine.commit();
  return true;
}

function readCounting(tracer: Tracer, node: acorn.ForStatement, scope: Scope): Counting {
  const { test, update } = node;
  if (test?.type !== "BinaryExpression" || test.left.type !== "Identifier" || !update) return refuse(node, scope);
  const cell = findVariable(scope, test.left.name);
  const start = cell && wholeConstant(tracer, evaluateNumber(tracer, test.left, scope));
  const bound = wholeConstant(tracer, evaluateNumber(tracer, test.right, scope));
  const step = readStep(tracer, update, test.left.name, scope);
  if (!cell || start === undefined || bound === undefined || !step) return refuse(node, scope);
  const count = tripCount(test.operator, start, bound, step);
  if (count === undefined) return refuse(node, scope);
  return { cell, start, step, count };
}

function refuse(node: acorn.ForStatement, scope: Scope): never {
  return fail(
    scope.source,
    node,
    "E_STEP_LOOP",
    "the loop's bounds are not constant",
    "write for (let i = 0; i < CONSTANT; i++) with a number, a constant of u or an array's length",
  );
}

function tripCount(operator: string, start: number, bound: number, step: number): number | undefined {
  const distance = bound - start;
  switch (operator) {
    case "<":
    case ">":
      if ((operator === "<") !== step > 0) return undefined;
      return Math.max(0, Math.ceil(distance / step));
    case "<=":
    case ">=":
      if ((operator === "<=") !== step > 0) return undefined;
      return Math.max(0, Math.floor(distance / step) + 1);
    default:
      return undefined;
  }
}

function readStep(tracer: Tracer, update: acorn.Expression, name: string, scope: Scope): number | undefined {
  if (update.type === "UpdateExpression" && update.argument.type === "Identifier" && update.argument.name === name) {
    return update.operator === "++" ? 1 : -1;
  }
  if (update.type !== "AssignmentExpression" || update.left.type !== "Identifier" || update.left.name !== name)
    return undefined;
  if (update.operator !== "+=" && update.operator !== "-=") return undefined;
  const value = wholeConstant(
    tracer,
    mustBeNumber(tracer.evaluate(update.right, scope), { source: scope.source, node: update.right }),
  );
  return value === undefined || update.operator === "+=" ? value : -value;
}

function wholeConstant(tracer: Tracer, value: { readonly node: ReturnType<Tracer["table"]["int"]> }): number | undefined {
  const index = toIndex(tracer.table, { kind: "number", node: value.node, unit: null });
  const constant = index && constantValue(index);
  return typeof constant === "number" ? constant : undefined;
}
