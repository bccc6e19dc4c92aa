import type { Node, Program, RecordInfo, Statement, ValueType } from "./ir.js";

/** Drops nodes, locals and statements that no store needs, and numbers the rest anew. */
export function prune(
  name: string,
  records: readonly RecordInfo[],
  locals: readonly ValueType[],
  statements: readonly Statement[],
): Program {
  const needed = markNeeded(statements);
  const kept = keep(statements, needed);
  return renumber(name, records, locals, kept);
}

interface Needed {
  readonly nodes: Set<Node>;
  readonly locals: Set<number>;
}

/** Everything that the stores depend on, through nodes, conditions and assigned locals. */
function markNeeded(statements: readonly Statement[]): Needed {
  const needed: Needed = { nodes: new Set(), locals: new Set() };
  for (let before = -1; before !== needed.nodes.size + needed.locals.size; ) {
    before = needed.nodes.size + needed.locals.size;
    markStatements(statements, needed);
  }
  return needed;
}

/** Marks what is needed in a list; true if the list does something that is needed. */
function markStatements(statements: readonly Statement[], needed: Needed): boolean {
  let useful = false;
  for (const statement of statements) if (markStatement(statement, needed)) useful = true;
  return useful;
}

function markStatement(statement: Statement, needed: Needed): boolean {
  switch (statement.kind) {
    case "eval":
      return false;
    case "assign":
      if (!needed.locals.has(statement.local)) return false;
      markNode(statement.node, needed);
      return true;
    case "store":
      markNode(statement.node, needed);
      if (statement.index) markNode(statement.index, needed);
      return true;
    case "loop":
      return markStatements(statement.body, needed);
    case "if": {
      const then = markStatements(statement.then, needed);
      const useful = markStatements(statement.otherwise, needed) || then;
      if (useful) markNode(statement.condition, needed);
      return useful;
    }
  }
}

function markNode(root: Node, needed: Needed): void {
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (needed.nodes.has(node)) continue;
    needed.nodes.add(node);
    if (node.op.kind === "local") needed.locals.add(node.op.local);
    stack.push(...node.args);
  }
}

function keep(statements: readonly Statement[], needed: Needed): Statement[] {
  const kept: Statement[] = [];
  for (const statement of statements) {
    if (statement.kind === "eval" && !needed.nodes.has(statement.node)) continue;
    if (statement.kind === "assign" && !needed.locals.has(statement.local)) continue;
    if (statement.kind === "loop") {
      const body = keep(statement.body, needed);
      if (body.some(hasEffect)) kept.push({ ...statement, body });
    } else if (statement.kind === "if") {
      const then = keep(statement.then, needed);
      const otherwise = keep(statement.otherwise, needed);
      if (then.some(hasEffect) || otherwise.some(hasEffect)) kept.push({ ...statement, then, otherwise });
    } else {
      kept.push(statement);
    }
  }
  return kept;
}

function hasEffect(statement: Statement): boolean {
  return statement.kind !== "eval";
}

/** The nodes that statements use directly, in program order. */
export function* statementNodes(statements: readonly Statement[]): Generator<Node> {
  for (const statement of statements) {
    if (statement.kind === "loop") {
      yield* statementNodes(statement.body);
    } else if (statement.kind === "if") {
      yield statement.condition;
      yield* statementNodes(statement.then);
      yield* statementNodes(statement.otherwise);
    } else {
      if (statement.kind === "store" && statement.index) yield statement.index;
      yield statement.node;
    }
  }
}

/** All nodes that the statements need, arguments first. */
export function reachable(roots: Iterable<Node>): Node[] {
  const seen = new Set<Node>();
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.args);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

function renumber(
  name: string,
  records: readonly RecordInfo[],
  locals: readonly ValueType[],
  statements: readonly Statement[],
): Program {
  const nodes: Node[] = [];
  const renamed = new Map<Node, Node>();
  const kept: ValueType[] = [];
  const localNumbers = new Map<number, number>();
  const loopNumbers = new Map<number, number>();
  const local = (old: number): number => {
    if (!localNumbers.has(old)) localNumbers.set(old, kept.push(locals[old] as ValueType) - 1);
    return localNumbers.get(old) as number;
  };
  const loop = (old: number): number => {
    if (!loopNumbers.has(old)) loopNumbers.set(old, loopNumbers.size);
    return loopNumbers.get(old) as number;
  };
  for (const node of reachable(statementNodes(statements))) {
    const { op } = node;
    const args = node.args.map((arg) => renamed.get(arg) as Node);
    const newOp =
      op.kind === "local" ? { ...op, local: local(op.local) } : op.kind === "counter" ? { ...op, loop: loop(op.loop) } : op;
    const made: Node = { id: nodes.length, op: newOp, type: node.type, args };
    nodes.push(made);
    renamed.set(node, made);
  }
  const at = (node: Node): Node => renamed.get(node) as Node;
  const rewrite = (statement: Statement): Statement => {
    switch (statement.kind) {
      case "eval":
        return { ...statement, node: at(statement.node) };
      case "assign":
        return { ...statement, local: local(statement.local), node: at(statement.node) };
      case "store":
        return statement.index
          ? { ...statement, index: at(statement.index), node: at(statement.node) }
          : { ...statement, node: at(statement.node) };
      case "loop":
        return { ...statement, loop: loop(statement.loop), body: statement.body.map(rewrite) };
      case "if":
        return {
          ...statement,
          condition: at(statement.condition),
          // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the IR; statements are never awaited
          then: statement.then.map(rewrite),
          otherwise: statement.otherwise.map(rewrite),
        };
    }
  };
  const body = statements.map(rewrite);
  return { name, records, nodes, locals: kept, body };
}
