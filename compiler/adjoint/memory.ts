import type { NodeTable } from "../ir/node-table.js";
import type { Node } from "../ir/program.js";
import { allRoots, forEachStatement, reachable } from "../ir/traversal.js";
import type { Block } from "./leaves.js";
import type { DerivativeMemory, Place, Writer } from "./reversal.js";

/**
 * Derivatives in records of their own, laid out as those that they belong to.
 * @param nameOf the record of a place's derivatives, undefined where it is taken for constant
 */
export function derivativeRecords(
  table: NodeTable,
  body: Block,
  nameOf: (place: Place) => string | undefined,
): DerivativeMemory & { readonly finish: (write: Writer) => void } {
  const once = storedOnce(body);
  // Of a scalar that is stored at one place of the program's top level, the derivative is cleared or written anew only once.
  const cleared = new Map<string, Place>();
  const find = (place: Place): Place | undefined => {
    const record = nameOf(place);
    return record === undefined ? undefined : { ...place, record };
  };
  return {
    take: (place, write) => {
      const target = find(place);
      if (!target) return undefined;
      const weight = write.load(target);
      if (once.has(keyOf(place))) cleared.set(keyOf(place), target);
      else write.store(target, table.float(0));
      return weight;
    },
    add: (place, weight, write) => {
      const target = find(place);
      if (!target) return;
      const isCleared = cleared.delete(keyOf(place));
      write.store(target, isCleared ? weight : table.make({ kind: "add" }, [write.load(target), weight]));
    },
    finish: (write) => {
      for (const place of cleared.values()) write.store(place, table.float(0));
    },
  };
}

const keyOf = ({ record, slot }: { readonly record: string; readonly slot: number }): string => `${record}:${slot}`;

/** Scalars that the top level stores to at one place, that nothing else touches by element, in a loop or in a branch. */
function storedOnce(body: Block): ReadonlySet<string> {
  const top = new Map<string, number>();
  const others = new Set<string>();
  const outer = new Set<unknown>(body);
  forEachStatement(body, (statement) => {
    if (statement.kind !== "store") return;
    const key = keyOf(statement);
    if (!outer.has(statement) || statement.index) others.add(key);
    top.set(key, (top.get(key) ?? 0) + 1);
  });
  const inner = body.flatMap((statement) =>
    statement.kind === "loop" ? statement.body : statement.kind === "if" ? [...statement.then, ...statement.otherwise] : [],
  );
  const isElement = ({ op, args }: Node) => op.kind === "load" && args.length > 0;
  for (const node of reachable(allRoots(body))) if (node.op.kind === "load" && isElement(node)) others.add(keyOf(node.op));
  for (const { node } of pins(inner)) if (node.op.kind === "load") others.add(keyOf(node.op));
  return new Set([...top].filter(([key, count]) => count === 1 && !others.has(key)).map(([key]) => key));
}

/** What the branches and bodies pin. */
function pins(body: Block): { readonly node: Node }[] {
  const found: { readonly node: Node }[] = [];
  forEachStatement(body, (statement) => {
    if (statement.kind === "eval") found.push(statement);
  });
  return found;
}
