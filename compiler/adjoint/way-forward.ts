import type { Node, Statement } from "../ir/program.js";
import { allRoots, forEachStatement, reachable } from "../ir/traversal.js";
import type { Block, Leaves } from "./leaves.js";
import type { Tape } from "./tape.js";

interface Forward {
  readonly body: Block;
  readonly tape: Tape;
  readonly leaves: Leaves;
  readonly backward: Block;
  /** All that the program stores, or only what its own later loads need. */
  readonly keepsStores: boolean;
}

/** The program again, with the values kept that the way back needs. */
export function wayForward({ body, tape, leaves, backward, keepsStores }: Forward): Statement[] {
  const needed = reachable(allRoots(withoutPins(backward)));
  const isNeeded = (load: Node) => needed.has(load);
  const isLoadedLater = keepsStores ? () => true : findLoadedStores(body, leaves);
  const copy = (block: Block, isTop: boolean): Statement[] => {
    const here = leaves.blocks.get(block) as ReadonlyMap<Node, number>;
    // At the top values keep their names to the end; pinned so that no later change touches them.
    const kept = (at: number): Statement[] =>
      isTop
        ? [...here].filter(([, place]) => place === at).map(([node]) => ({ kind: "eval", node }))
        : tape.stores(block, at, isNeeded);
    return [...kept(-1), ...block.flatMap((statement, at) => [...inner(statement), ...kept(at)])];
  };
  const inner = (statement: Statement): Statement[] => {
    switch (statement.kind) {
      case "store":
        return isLoadedLater(statement) ? [statement] : [];
      case "loop":
        return [{ ...statement, body: copy(statement.body, false) }];
      case "if":
        return [
          {
            ...statement,
            // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the IR; statements are never awaited
            then: copy(statement.then, false),
            otherwise: copy(statement.otherwise, false),
          },
        ];
      default:
        return [statement];
    }
  };
  return copy(body, true);
}

/** Whether a leaf loads what a statement stores: after it, or in the next iteration of a loop around it. */
function findLoadedStores(body: Block, { blocks }: Leaves): (store: Statement) => boolean {
  const place = (record: string, slot: number) => `${record}:${slot}`;
  const lastLoad = new Map<string, number>();
  const positions = new Map<Statement, number>();
  let end = 0;
  const visit = (block: Block, loopEnd: number | undefined): void => {
    for (const statement of block) {
      positions.set(statement, end++);
      const inside = statement.kind === "loop" ? (loopEnd ?? end + countStatements(statement.body)) : loopEnd;
      if (statement.kind === "loop") visit(statement.body, inside);
      if (statement.kind === "if") for (const side of [statement.then, statement.otherwise]) visit(side, inside);
    }
    for (const [{ op }, at] of blocks.get(block) as ReadonlyMap<Node, number>) {
      if (op.kind !== "load") continue;
      const key = place(op.record, op.slot);
      const position = loopEnd ?? (at < 0 ? -1 : (positions.get(block[at] as Statement) as number));
      lastLoad.set(key, Math.max(lastLoad.get(key) ?? -1, position));
    }
  };
  visit(body, undefined);
  return (store) =>
    store.kind === "store" && (lastLoad.get(place(store.record, store.slot)) ?? -1) >= (positions.get(store) as number);
}

function countStatements(block: Block): number {
  let count = 0;
  forEachStatement(block, () => {
    count++;
  });
  return count;
}

/** Without the statements that only give a value its place. */
function withoutPins(block: Block): Statement[] {
  return block.flatMap((statement): Statement[] => {
    switch (statement.kind) {
      case "eval":
        return [];
      case "loop":
        return [{ ...statement, body: withoutPins(statement.body) }];
      case "if":
        // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the IR; statements are never awaited
        return [{ ...statement, then: withoutPins(statement.then), otherwise: withoutPins(statement.otherwise) }];
      default:
        return [statement];
    }
  });
}
