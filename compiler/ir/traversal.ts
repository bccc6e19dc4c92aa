import type { Node, Statement } from "./program.js";

/** Every statement, those in branches and loops included, in order. */
export function forEachStatement(body: readonly Statement[], visit: (statement: Statement) => void): void {
  for (const statement of body) {
    visit(statement);
    if (statement.kind === "loop") forEachStatement(statement.body, visit);
    if (statement.kind === "if") {
      forEachStatement(statement.then, visit);
      forEachStatement(statement.otherwise, visit);
    }
  }
}

/** The nodes that a statement itself needs. */
export function statementRoots(statement: Statement): readonly Node[] {
  switch (statement.kind) {
    case "eval":
    case "assign":
      return [statement.node];
    case "store":
      return statement.index ? [statement.index, statement.node] : [statement.node];
    case "if":
      return [statement.condition];
    default:
      return [];
  }
}

/** The nodes that statements need directly, those in branches and loops included, in program order. */
export function allRoots(body: readonly Statement[]): readonly Node[] {
  const roots: Node[] = [];
  forEachStatement(body, (statement) => {
    roots.push(...statementRoots(statement));
  });
  return roots;
}

/** The roots and all that they are computed from, as far as it is not available, arguments first. */
export function reachable(roots: readonly Node[], isAvailable: (node: Node) => boolean = () => false): ReadonlySet<Node> {
  const seen = new Set<Node>();
  // Not by recursion: chains of operations can be longer than the stack is deep.
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node) || isAvailable(node)) continue;
    seen.add(node);
    stack.push(...node.args);
  }
  return new Set(sortNodes(seen));
}

/** By number: arguments before what is computed from them. */
export function sortNodes(nodes: Iterable<Node>): Node[] {
  return [...nodes].sort((a, b) => a.id - b.id);
}
