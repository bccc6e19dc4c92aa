import type * as acorn from "acorn";
import type { NodeTable } from "../ir/node-table.js";
import { type Site, toBool, unify } from "./conversions.js";
import type { Machine } from "./machine.js";
import type { RecordAccess } from "./record-access.js";
import { type AnyFunction, fail, type Source } from "./source.js";
import type { Cell, NumberValue, Value } from "./values.js";

/** Variables of a block, within those of the enclosing blocks and of the function. */
export interface Scope {
  readonly variables: Map<string, Cell>;
  readonly parent?: Scope;
  readonly source: Source;
}

export type Expression = acorn.Expression | acorn.PrivateIdentifier | acorn.Super | acorn.SpreadElement;

/** The parts of the tracing interpreter, which call each other. */
export interface Tracer {
  readonly table: NodeTable;
  readonly machine: Machine;
  readonly records: RecordAccess;
  readonly useUnits: Readonly<Record<string, string>>;
  /** Functions being inlined, outermost first. */
  readonly calls: AnyFunction[];
  evaluate(node: Expression, scope: Scope): Value;
  /** Runs statements; the result is the value of a `return`, or undefined. */
  run(list: readonly acorn.AnyNode[], scope: Scope): Value;
  loop(node: acorn.ForStatement | acorn.ForInStatement, scope: Scope): void;
  inline(run: AnyFunction, name: string, args: readonly Value[]): Value;
}

export function findVariable(scope: Scope, name: string): Cell | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const cell = at.variables.get(name);
    if (cell) return cell;
  }
  return undefined;
}

export function innerScope(scope: Scope): Scope {
  return { variables: new Map(), parent: scope, source: scope.source };
}

/** The value as a number; other kinds fail with the reason. */
export function mustBeNumber(value: Value, site: Site): NumberValue {
  if (value.kind === "number") return value;
  const why =
    value.kind === "poison" ? value.why : `is ${value.kind === "undefined" ? "undefined" : `a ${value.kind}`}, not a number`;
  const text = site.source.text.slice(site.node.start - site.source.shift, site.node.end - site.source.shift);
  const code = value.kind === "poison" ? "E_STEP_UNSET" : "E_STEP_TYPE";
  return fail(site.source, site.node, code, `"${text}" ${why}`, "use a number that has been assigned on every path");
}

/** The number that an expression stands for. */
export function evaluateNumber(tracer: Tracer, node: Expression, scope: Scope): NumberValue {
  return mustBeNumber(tracer.evaluate(node, scope), { source: scope.source, node });
}

/** Traces two sides of a condition, or only the one that is known to be taken. */
export function choose(tracer: Tracer, test: Value, whenTrue: () => Value, whenFalse: () => Value, site: Site): Value {
  const condition = toBool(tracer.table, mustBeNumber(test, site), site);
  if (condition.op.kind === "bool") return condition.op.value ? whenTrue() : whenFalse();
  return tracer.machine.branch(condition, whenTrue, whenFalse, unify(tracer.table, site));
}
