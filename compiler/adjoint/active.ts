import type { Node } from "../ir/program.js";
import { forEachStatement, reachable } from "../ir/traversal.js";
import type { Block } from "./leaves.js";
import { comparisonsIn } from "./soft-truth.js";

/**
 * Which nodes can depend on the loads of `isInput`, through locals too.
 * @param smoothed selects that depend on what their condition compares
 */
export function findActive(
  body: Block,
  isInput: (load: Node) => boolean,
  smoothed: ReadonlyMap<Node, unknown>,
): (node: Node) => boolean {
  const locals = new Set<number>();
  let known = new Map<Node, boolean>();
  const isActive = (root: Node): boolean => {
    for (const node of reachable([root], (other) => known.has(other))) {
      const { op, args, type } = node;
      const sources = smoothed.has(node)
        ? [...args, ...comparisonsIn(args[0] as Node).flatMap((comparison) => comparison.args)]
        : args;
      if (op.kind === "load") known.set(node, type === "f" && isInput(node));
      else if (op.kind === "local") known.set(node, type === "f" && locals.has(op.local));
      else known.set(node, type === "f" && sources.some((arg) => known.get(arg)));
    }
    return known.get(root) as boolean;
  };
  for (let before = -1; before !== locals.size; ) {
    before = locals.size;
    known = new Map();
    forEachStatement(body, (statement) => {
      if (statement.kind === "assign" && isActive(statement.node)) locals.add(statement.local);
    });
  }
  known = new Map();
  return isActive;
}
