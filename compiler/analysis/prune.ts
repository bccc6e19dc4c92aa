import type { Node, Op, Origin, Program, RecordInfo, Statement, ValueType } from "../ir/program.js";
import { allRoots, reachable } from "../ir/traversal.js";

/** Drops nodes, locals and statements that no store needs, and numbers the rest anew. */
export function prune(
  name: string,
  records: readonly RecordInfo[],
  locals: readonly ValueType[],
  statements: readonly Statement[],
  origins: ReadonlyMap<Node, Origin> = new Map(),
): Program {
  const needed = markNeeded(statements);
  const kept = keep(statements, needed);
  const numbering = new Renumbering(locals);
  for (const node of reachable(allRoots(kept))) numbering.addNode(node);
  const body = kept.map(numbering.statement);
  return { name, records, nodes: numbering.nodes, locals: numbering.locals, origins: numbering.keepOrigins(origins), body };
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

/** Copies of statements and nodes with numbers from 0 on, without gaps. */
class Renumbering {
  readonly nodes: Node[] = [];
  readonly locals: ValueType[] = [];
  readonly #nodes = new Map<Node, Node>();
  readonly #localNumbers = new Map<number, number>();
  readonly #loops = new Map<number, number>();

  constructor(readonly oldLocals: readonly ValueType[]) {}

  addNode(node: Node): void {
    const made: Node = {
      id: this.nodes.length,
      op: this.#op(node.op),
      type: node.type,
      args: node.args.map((arg) => this.#node(arg)),
    };
    this.nodes.push(made);
    this.#nodes.set(node, made);
  }

  /** Of the nodes that were added. */
  keepOrigins(origins: ReadonlyMap<Node, Origin>): ReadonlyMap<Node, Origin> {
    const kept = new Map<Node, Origin>();
    for (const [old, origin] of origins) {
      const node = this.#nodes.get(old);
      if (node) kept.set(node, origin);
    }
    return kept;
  }

  statement = (statement: Statement): Statement => {
    switch (statement.kind) {
      case "eval":
        return { ...statement, node: this.#node(statement.node) };
      case "assign":
        return { ...statement, local: this.#local(statement.local), node: this.#node(statement.node) };
      case "store": {
        const node = this.#node(statement.node);
        return statement.index ? { ...statement, index: this.#node(statement.index), node } : { ...statement, node };
      }
      case "loop":
        return { ...statement, loop: this.#loop(statement.loop), body: statement.body.map(this.statement) };
      case "if":
        return {
          ...statement,
          condition: this.#node(statement.condition),
          // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the IR; statements are never awaited
          then: statement.then.map(this.statement),
          otherwise: statement.otherwise.map(this.statement),
        };
    }
  };

  #node(old: Node): Node {
    return this.#nodes.get(old) as Node;
  }

  #op(op: Op): Op {
    if (op.kind === "local") return { ...op, local: this.#local(op.local) };
    return op.kind === "counter" ? { ...op, loop: this.#loop(op.loop) } : op;
  }

  #local(old: number): number {
    let number = this.#localNumbers.get(old);
    if (number === undefined) {
      number = this.locals.push(this.oldLocals[old] as ValueType) - 1;
      this.#localNumbers.set(old, number);
    }
    return number;
  }

  #loop(old: number): number {
    const number = this.#loops.get(old) ?? this.#loops.size;
    this.#loops.set(old, number);
    return number;
  }
}
