import type { Node, Statement } from "../ir/program.js";
import { allRoots, reachable } from "../ir/traversal.js";

/**
 * The largest expressions in a loop's body that have one value in all iterations, so that they can be computed before it.
 * Constants and plain loads are left where they are: they cost nothing there.
 */
export function loopInvariants(loop: number, body: readonly Statement[]): readonly Node[] {
  const changed = { locals: new Set<number>(), loops: new Set([loop]), pinned: new Set<Node>() };
  collectChanges(body, changed);
  const variant = new Map<Node, boolean>();
  const invariants = new Set<Node>();
  const isVariant = (node: Node): boolean => variant.get(node) as boolean;
  const roots = allRoots(body);
  for (const node of reachable(roots)) {
    const { op } = node;
    const itself =
      (op.kind === "local" && changed.locals.has(op.local)) ||
      (op.kind === "counter" && changed.loops.has(op.loop)) ||
      (op.kind === "load" && changed.pinned.has(node));
    variant.set(node, itself || node.args.some(isVariant));
    if (isVariant(node)) for (const arg of node.args) if (!isVariant(arg)) invariants.add(arg);
  }
  for (const root of roots) if (!isVariant(root)) invariants.add(root);
  return [...invariants].filter((node) => node.args.length > 0 && node.op.kind !== "load");
}

interface Changes {
  readonly locals: Set<number>;
  readonly loops: Set<number>;
  /** Loads made within the body. */
  readonly pinned: Set<Node>;
}

function collectChanges(list: readonly Statement[], changes: Changes): void {
  for (const statement of list) {
    if (statement.kind === "assign") changes.locals.add(statement.local);
    if (statement.kind === "eval") changes.pinned.add(statement.node);
    if (statement.kind === "loop") {
      changes.loops.add(statement.loop);
      collectChanges(statement.body, changes);
    }
    if (statement.kind === "if") {
      collectChanges(statement.then, changes);
      collectChanges(statement.otherwise, changes);
    }
  }
}
