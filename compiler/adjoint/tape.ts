import type { NodeTable } from "../ir/node-table.js";
import type { Node, Statement } from "../ir/program.js";
import type { Block, Leaves, LoopAround } from "./leaves.js";

/** The record in which a program keeps values of loops and branches for its way back; of size 0 where there are none. */
export const TAPE = "tape";

/** A value of a loop's body or of a branch that the way back needs: one slot for each iteration. */
interface Saved {
  readonly leaf: Node;
  readonly block: Block;
  readonly slot: number;
  /** The same value on the way back: a load, or a comparison of one for truth values. */
  readonly reload: Node;
  readonly load: Node;
}

/** Values kept on the way forward for the way back, in a record of their own. */
export class Tape {
  /** Slots handed out. */
  size = 0;
  readonly #saved: Saved[] = [];

  constructor(
    readonly record: string,
    readonly table: NodeTable,
    readonly leaves: Leaves,
  ) {}

  /**
   * Room for a leaf of `block`, and its value on the way back.
   * @param counter the number of the iteration on the way back, by loop
   */
  keep(leaf: Node, block: Block, counter: (loop: number) => Node): Saved {
    const around = this.leaves.loops.get(block) as readonly LoopAround[];
    const slot = this.size;
    this.size += around.reduce((size, { count }) => size * count, 1);
    const type = leaf.type === "b" ? "f" : leaf.type;
    const index = iteration(this.table, around, counter);
    const load = this.table.make(
      { kind: "load", record: this.record, slot, length: 1, version: 0 },
      index ? [index] : [],
      type,
    );
    const reload = leaf.type === "b" ? this.table.make({ kind: "ne" }, [load, this.table.float(0)]) : load;
    const saved = { leaf, block, slot, reload, load };
    this.#saved.push(saved);
    return saved;
  }

  /** The stores of the way forward after the statement at `at` of `block`, of what is needed. */
  stores(block: Block, at: number, isNeeded: (load: Node) => boolean): Statement[] {
    const here = this.leaves.blocks.get(block);
    const around = this.leaves.loops.get(block) as readonly LoopAround[];
    return this.#saved.flatMap((saved): Statement[] => {
      if (saved.block !== block || here?.get(saved.leaf) !== at || !isNeeded(saved.load)) return [];
      const { table } = this;
      const index = iteration(table, around, (loop) => table.make({ kind: "counter", loop }));
      const node =
        saved.leaf.type === "b" ? table.make({ kind: "select" }, [saved.leaf, table.float(1), table.float(0)]) : saved.leaf;
      return [{ kind: "store", record: this.record, slot: saved.slot, ...(index ? { index } : {}), node }];
    });
  }
}

/** The number of the iteration of all loops around together. */
function iteration(table: NodeTable, around: readonly LoopAround[], counter: (loop: number) => Node): Node | undefined {
  let index: Node | undefined;
  for (const { loop, count } of around) {
    const outer = index && table.make({ kind: "imul" }, [index, table.int(count)]);
    index = outer ? table.make({ kind: "iadd" }, [outer, counter(loop)]) : counter(loop);
  }
  return index;
}
