import type { Node } from "../ir/program.js";
import { forEachStatement } from "../ir/traversal.js";
import type { Block } from "./leaves.js";
import { comparisonsIn } from "./soft-truth.js";

type Slot = { readonly record: string; readonly slot: number };

/**
 * Slots whose derivatives can be other than 0 in a chain of runs, where those after the last run are 0 but for the seeds: the seeds,
 * and all that a live slot's new value is computed from. The order of statements is left out: a slot may seem live that is not.
 * @param smoothed selects that depend on what their condition compares
 */
export function findLive(body: Block, smoothed: ReadonlyMap<Node, unknown>, seeds: readonly Slot[]): (slot: Slot) => boolean {
  const writers = writersOf(body);
  const live = new Set(seeds.map(slotKey));
  const waiting = [...live];
  const seen = new Set<Node>();
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const stack = [...(writers.get(key) ?? [])];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (node.type !== "f" || seen.has(node)) continue;
      seen.add(node);
      const source = sourceKey(node);
      if (source !== undefined && !live.has(source)) {
        live.add(source);
        waiting.push(source);
      }
      stack.push(...node.args);
      if (smoothed.has(node)) stack.push(...comparisonsIn(node.args[0] as Node).flatMap(({ args }) => args));
    }
  }
  return (slot) => live.has(slotKey(slot));
}

const slotKey = ({ record, slot }: Slot): string => `${record}:${slot}`;
const localKey = (local: number): string => `local ${local}`;

/** Where a load or a local has its value from. */
function sourceKey({ op }: Node): string | undefined {
  if (op.kind === "load") return slotKey(op);
  return op.kind === "local" ? localKey(op.local) : undefined;
}

/** All that is stored to each slot and assigned to each local. */
function writersOf(body: Block): ReadonlyMap<string, readonly Node[]> {
  const writers = new Map<string, Node[]>();
  forEachStatement(body, (statement) => {
    if (statement.kind !== "store" && statement.kind !== "assign") return;
    const key = statement.kind === "store" ? slotKey(statement) : localKey(statement.local);
    const known = writers.get(key);
    if (known) known.push(statement.node);
    else writers.set(key, [statement.node]);
  });
  return writers;
}
