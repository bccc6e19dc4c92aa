import type * as acorn from "acorn";
import { findVariable, type Scope } from "./tracer.js";

/** Names that istanbul and c8 style instrumentation gives to its counters. */
const COUNTER_NAME = /^(cov_|__cov|__coverage)/;

/** Whether an expression only counts executions for a coverage tool: `cov_x().s[3]++`, `cov_x()`. Such are skipped. */
export function isCoverageCounter(node: acorn.UpdateExpression | acorn.CallExpression, scope: Scope): boolean {
  let at: acorn.AnyNode = node.type === "UpdateExpression" ? node.argument : node;
  for (;;) {
    if (at.type === "MemberExpression") at = at.object;
    else if (at.type === "CallExpression") at = at.callee;
    else break;
  }
  return at.type === "Identifier" && COUNTER_NAME.test(at.name) && findVariable(scope, at.name) === undefined;
}
