import type { Node, Program, Statement } from "../ir/program.js";
import { reachable, statementRoots } from "../ir/traversal.js";

/** A list of statements: the whole program, the body of a loop or one side of a condition. */
export type Block = readonly Statement[];

/**
 * Where the values come from that arithmetic starts with: reads of locals and loads of what the program overwrites or of an element.
 * `blocks` gives for each list of statements those that get their value in it, with the position of the statement after which they
 * have it; -1 is the start of the list.
 */
export interface Leaves {
  readonly blocks: ReadonlyMap<Block, ReadonlyMap<Node, number>>;
  /** Counts of the loops around a block, the outermost first. */
  readonly loops: ReadonlyMap<Block, readonly LoopAround[]>;
}

export interface LoopAround {
  readonly loop: number;
  readonly count: number;
}

/** One list on the way from the program to a statement. */
interface Level {
  readonly block: Block;
  readonly isLoop: boolean;
  at: number;
}

export function findLeaves({ body }: Pick<Program, "body">): Leaves {
  const blocks = new Map<Block, Map<Node, number>>();
  const loops = new Map<Block, readonly LoopAround[]>();
  const path: Level[] = [];

  const isKnown = (leaf: Node): boolean => path.some(({ block }) => blocks.get(block)?.has(leaf));
  const define = (block: Block, leaf: Node, at: number): void => {
    blocks.get(block)?.set(leaf, at);
  };
  const visit = (block: Block, isLoop: boolean, around: readonly LoopAround[]): void => {
    blocks.set(block, new Map());
    loops.set(block, around);
    const level: Level = { block, isLoop, at: 0 };
    path.push(level);
    block.forEach((statement, at) => {
      level.at = at;
      for (const node of reachable(statementRoots(statement))) {
        if (!isLeaf(node) || isKnown(node)) continue;
        // What an eval pins has the value of this place; anything else is as it was after the last change.
        if (statement.kind === "eval" && statement.node === node) define(block, node, at);
        else defineAtLastChange(path, node, define);
      }
      if (statement.kind === "loop") visit(statement.body, true, [...around, statement]);
      if (statement.kind === "if") {
        visit(statement.then, false, around);
        visit(statement.otherwise, false, around);
      }
    });
    path.pop();
  };
  visit(body, false, []);
  return { blocks, loops };
}

/** Nodes whose value depends on the place in the program. */
export function isLeaf({ op }: Node): boolean {
  return op.kind === "local" || op.kind === "load";
}

function defineAtLastChange(path: readonly Level[], leaf: Node, define: (block: Block, leaf: Node, at: number) => void): void {
  for (const { block, isLoop, at } of [...path].reverse()) {
    const last = block.slice(0, at).findLastIndex((statement) => mayChange(statement, leaf));
    if (last >= 0 || (isLoop && block.some((statement) => mayChange(statement, leaf)))) {
      define(block, leaf, last);
      return;
    }
  }
  define((path[0] as Level).block, leaf, -1);
}

function mayChange(statement: Statement, leaf: Node): boolean {
  const { op } = leaf;
  switch (statement.kind) {
    case "assign":
      return op.kind === "local" && op.local === statement.local;
    case "store":
      return op.kind === "load" && op.record === statement.record && mayOverlap(statement, op.slot, leaf.args.length > 0);
    case "loop":
      return statement.body.some((inner) => mayChange(inner, leaf));
    case "if":
      return [...statement.then, ...statement.otherwise].some((inner) => mayChange(inner, leaf));
    default:
      return false;
  }
}

/** Elements of one array may be the same; a scalar has a slot of its own. */
function mayOverlap({ slot, index }: Extract<Statement, { kind: "store" }>, at: number, isElement: boolean): boolean {
  return (index !== undefined) === isElement ? slot === at : true;
}
