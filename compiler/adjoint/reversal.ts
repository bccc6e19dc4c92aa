import type { NodeTable } from "../ir/node-table.js";
import type { Node, Statement, ValueType } from "../ir/program.js";
import { forEachStatement } from "../ir/traversal.js";
import type { DerivativeRules } from "./derivative-rules.js";
import type { Jumps } from "./jumps.js";
import { type Block, isLeaf, type Leaves } from "./leaves.js";
import type { Tape } from "./tape.js";

/** Where derivatives with respect to what records hold come from and go to. */
export interface DerivativeMemory {
  /** The derivative with respect to what a place holds after a store to it, which is 0 from there on; undefined where it is 0. */
  readonly take: (place: Place, write: Writer) => Node | undefined;
  /** Adds to the derivative with respect to what a place holds. */
  readonly add: (place: Place, weight: Node, write: Writer) => void;
}

export interface Place {
  readonly record: string;
  readonly slot: number;
  readonly index: Node | undefined;
}

/** Statements on the way back, with new versions of what they load. */
export interface Writer {
  readonly load: (place: Place) => Node;
  readonly store: (place: Place, node: Node) => void;
}

interface ReversalSetup {
  readonly table: NodeTable;
  readonly tape: Tape;
  readonly leaves: Leaves;
  /** Types of the program's locals; those of the way back are added. */
  readonly locals: ValueType[];
  readonly rules: DerivativeRules;
  /** Of nodes of the way forward. */
  readonly active: (node: Node) => boolean;
  readonly memory: DerivativeMemory;
  /** Of the way forward. */
  readonly jumps: Jumps;
}

/** A list of statements on the way back. */
interface Context {
  readonly block: Block;
  readonly parent: Context | undefined;
  /** Loops around, by number: the number of the iteration on the way back. */
  readonly counters: ReadonlyMap<number, Node>;
  /** Values of the way forward as they are known on the way back. */
  readonly values: Map<Node, Node>;
  /** Of values on the way back that belong to this list: the position from which on they are known. */
  readonly places: Map<Node, number>;
  /** Derivatives of values on the way back, complete once nothing that uses them is left. */
  readonly adjoints: Map<Node, Node>;
  readonly out: Statement[];
}

/** Known outside of the list. */
const OUTSIDE = -2;

/** Writes the statements that run through a program from its end to its start. */
export class Reversal {
  readonly locals: ValueType[];
  /** Values on the way back that depend on what is differentiated. */
  readonly #active = new Set<Node>();
  readonly #smoothed = new Map<Node, number>();
  readonly #flags = new Set<Node>();
  readonly #adjointLocals = new Map<number, number>();
  #versions = 1;
  #loops = 0;

  constructor(readonly setup: ReversalSetup) {
    this.locals = setup.locals;
  }

  /** @param finish writes what is left to do at the start of the program */
  program(body: Block, finish: (write: Writer) => void = () => {}): Statement[] {
    this.#loops = 1 + lastLoop(body);
    const context = this.#open(body, undefined, new Map());
    this.#reverse(context);
    finish(this.#writer(context));
    const { table } = this.setup;
    const zero = table.float(0);
    // Locals keep their values from one lane to the next.
    const start = [...this.#adjointLocals.values()].map((local): Statement => ({ kind: "assign", local, node: zero }));
    return [...start, ...context.out];
  }

  #open(block: Block, parent: Context | undefined, counters: ReadonlyMap<number, Node>): Context {
    const context: Context = {
      ...{ block, parent, counters, values: new Map(), places: new Map(), adjoints: new Map(), out: [] },
    };
    const { tape, leaves, active } = this.setup;
    for (const [leaf, at] of leaves.blocks.get(block) as ReadonlyMap<Node, number>) {
      if (!parent) {
        context.values.set(leaf, leaf);
        context.places.set(leaf, at);
        this.#keepJump(leaf, leaf);
        if (active(leaf)) this.#active.add(leaf);
        continue;
      }
      const { load, reload } = tape.keep(leaf, block, (loop) => counters.get(loop) as Node);
      context.out.push({ kind: "eval", node: load });
      context.values.set(leaf, reload);
      context.places.set(load, at);
      this.#keepJump(leaf, reload);
      if (active(leaf)) this.#active.add(load);
    }
    return context;
  }

  /** A value of the way forward on the way back. */
  #value(context: Context, root: Node): Node {
    const { table } = this.setup;
    const stack = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      if (context.values.has(node)) {
        stack.pop();
        continue;
      }
      const missing = isLeaf(node) ? [] : node.args.filter((arg) => !context.values.has(arg));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      context.values.set(node, this.#remake(context, table, node));
    }
    return context.values.get(root) as Node;
  }

  #remake(context: Context, table: NodeTable, node: Node): Node {
    if (isLeaf(node)) {
      for (let at = context.parent; at; at = at.parent) {
        const known = at.values.get(node);
        if (known && (this.setup.leaves.blocks.get(at.block)?.has(node) ?? false)) return known;
      }
      throw new Error("internal: a value of the way forward belongs to no list");
    }
    if (node.op.kind === "counter") return context.counters.get(node.op.loop) ?? node;
    if (node.args.length === 0) return node;
    const made = table.make(
      node.op,
      node.args.map((arg) => context.values.get(arg) as Node),
      node.type,
    );
    if (this.setup.active(node)) this.#active.add(made);
    this.#keepJump(node, made);
    return made;
  }

  /** @param made what stands for `node` on the way back */
  #keepJump(node: Node, made: Node): void {
    const { selects, flags } = this.setup.jumps;
    const width = selects.get(node);
    if (width !== undefined) this.#smoothed.set(made, width);
    if (flags.has(node)) this.#flags.add(made);
  }

  #place(context: Context, root: Node): number {
    const { places } = context;
    const stack = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      const missing = places.has(node) ? [] : node.args.filter((arg) => !places.has(arg));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (places.has(node)) continue;
      const own = node.op.kind === "counter" && this.#isOwnCounter(context, node) ? -1 : OUTSIDE;
      places.set(node, Math.max(own, ...node.args.map((arg) => places.get(arg) as number)));
    }
    return places.get(root) as number;
  }

  #isOwnCounter({ counters, parent }: Context, node: Node): boolean {
    const inner = [...counters].filter(([loop]) => !parent?.counters.has(loop));
    return inner.some(([, counter]) => dependsOn(counter, node));
  }

  #reverse(context: Context): void {
    const { block } = context;
    for (let at = block.length - 1; at >= -1; at--) {
      this.#propagate(context, at);
      this.#finishLeaves(context, at);
      const statement = block[at];
      if (statement) this.#reverseStatement(context, statement);
    }
  }

  /** Hands the derivatives of all values that become known at `from` or later to what they are computed from. */
  #propagate(context: Context, from: number): void {
    const { rules } = this.setup;
    const isFlag = (node: Node) => this.#flags.has(node);
    const waiting = (): Node | undefined => {
      let last: Node | undefined;
      for (const node of context.adjoints.keys()) {
        if (isLeaf(node) || this.#place(context, node) < from) continue;
        if (!last || node.id > last.id) last = node;
      }
      return last;
    };
    for (let node = waiting(); node; node = waiting()) {
      const weight = context.adjoints.get(node) as Node;
      context.adjoints.delete(node);
      const width = this.#smoothed.get(node);
      if (width !== undefined)
        for (const [arg, part] of rules.jump(node, weight, width, isFlag)) this.#contribute(context, arg, part);
      for (const [i, part] of rules.contributions(node, weight).entries())
        if (part) this.#contribute(context, node.args[i] as Node, part);
    }
  }

  #contribute(context: Context, node: Node, part: Node): void {
    if (!this.#active.has(node)) return;
    context.adjoints.set(node, this.setup.rules.add(context.adjoints.get(node), part));
  }

  /** Values that are loaded, or read from a local, at `at`: their derivatives go to where they come from. */
  #finishLeaves(context: Context, at: number): void {
    for (const [leaf, place] of this.setup.leaves.blocks.get(context.block) as ReadonlyMap<Node, number>) {
      if (place !== at) continue;
      const node = context.values.get(leaf) as Node;
      const weight = context.adjoints.get(node);
      if (!weight) continue;
      context.adjoints.delete(node);
      if (leaf.op.kind === "local") this.#addToLocal(context, leaf.op.local, weight);
      else this.#addToRecord(context, leaf, weight);
    }
  }

  #addToLocal({ out }: Context, local: number, weight: Node): void {
    const target = this.#adjointLocal(local);
    const before = this.#read(target, out);
    out.push({ kind: "assign", local: target, node: this.setup.rules.add(before, weight) });
  }

  #addToRecord(context: Context, leaf: Node, weight: Node): void {
    const { op } = leaf;
    if (op.kind !== "load") return;
    const index = leaf.args[0] && this.#value(context, leaf.args[0]);
    this.setup.memory.add({ record: op.record, slot: op.slot, index }, weight, this.#writer(context));
  }

  #writer({ out }: Context): Writer {
    return {
      load: ({ record, slot, index }) => {
        const op = { kind: "load", record, slot, length: 1, version: this.#versions++ } as const;
        return this.#pin(this.setup.table.make(op, index ? [index] : [], "f"), out);
      },
      store: ({ record, slot, index }, node) => {
        out.push({ kind: "store", record, slot, ...(index ? { index } : {}), node });
      },
    };
  }

  #adjointLocal(local: number): number {
    const known = this.#adjointLocals.get(local);
    if (known !== undefined) return known;
    const made = this.locals.push("f") - 1;
    this.#adjointLocals.set(local, made);
    return made;
  }

  /** What a local holds at this point. */
  #read(local: number, out: Statement[]): Node {
    return this.#pin(this.setup.table.make({ kind: "local", local, version: this.#versions++ }, [], "f"), out);
  }

  #pin(node: Node, out: Statement[]): Node {
    this.setup.rules.mayBeZero(node);
    out.push({ kind: "eval", node });
    return node;
  }

  #reverseStatement(context: Context, statement: Statement): void {
    switch (statement.kind) {
      case "assign":
        this.#reverseAssign(context, statement);
        return;
      case "store":
        this.#reverseStore(context, statement);
        return;
      case "loop":
        this.#reverseLoop(context, statement);
        return;
      case "if":
        this.#reverseIf(context, statement);
        return;
      default:
    }
  }

  #reverseAssign(context: Context, { local, node }: Extract<Statement, { kind: "assign" }>): void {
    // Without derivatives nothing that comes later reads the local.
    if (!this.#adjointLocals.has(local)) return;
    if (!this.setup.active(node)) {
      // What the local held before is gone, and so is its share.
      this.#clearLocal(context, local);
      return;
    }
    const weight = this.#read(this.#adjointLocal(local), context.out);
    this.#clearLocal(context, local);
    this.#contribute(context, this.#value(context, node), weight);
  }

  #clearLocal({ out }: Context, local: number): void {
    out.push({ kind: "assign", local: this.#adjointLocal(local), node: this.setup.table.float(0) });
  }

  #reverseStore(context: Context, { record, slot, index: element, node }: Extract<Statement, { kind: "store" }>): void {
    if (node.type !== "f") return;
    const index = element && this.#value(context, element);
    const weight = this.setup.memory.take({ record, slot, index }, this.#writer(context));
    if (weight && this.setup.active(node)) this.#contribute(context, this.#value(context, node), weight);
  }

  #reverseLoop(context: Context, { loop, count, body }: Extract<Statement, { kind: "loop" }>): void {
    const { table, rules } = this.setup;
    const back = this.#loops++;
    const counter = table.make({ kind: "isub" }, [table.int(count - 1), table.make({ kind: "counter", loop: back })]);
    const inner = this.#open(body, context, new Map([...context.counters, [loop, counter]]));
    this.#prepareLocals(body);
    this.#reverse(inner);
    const shares = [...inner.adjoints].map(([node, share]) => ({ node, share, local: this.locals.push("f") - 1 }));
    for (const { local } of shares) context.out.push({ kind: "assign", local, node: table.float(0) });
    for (const { local, share } of shares) {
      const sum = rules.add(this.#read(local, inner.out), share);
      inner.out.push({ kind: "assign", local, node: sum });
    }
    context.out.push({ kind: "loop", loop: back, count, body: inner.out });
    for (const { node, local } of shares) this.#contribute(context, node, this.#read(local, context.out));
  }

  #reverseIf(context: Context, statement: Extract<Statement, { kind: "if" }>): void {
    const { table } = this.setup;
    const condition = this.#value(context, statement.condition);
    const sides = [statement.then, statement.otherwise].map((block) => {
      const inner = this.#open(block, context, context.counters);
      this.#reverse(inner);
      return inner;
    });
    const nodes = [...new Set(sides.flatMap(({ adjoints }) => [...adjoints.keys()]))];
    const shares = nodes.map((node) => ({ node, local: this.locals.push("f") - 1 }));
    for (const { node, local } of shares) {
      context.out.push({ kind: "assign", local, node: table.float(0) });
      for (const { adjoints, out } of sides) {
        const share = adjoints.get(node);
        if (share) out.push({ kind: "assign", local, node: share });
      }
    }
    const [then, otherwise] = sides.map(({ out }) => out) as [Statement[], Statement[]];
    context.out.push({ kind: "if", condition, then, otherwise });
    for (const { node, local } of shares) this.#contribute(context, node, this.#read(local, context.out));
  }

  /** Locals of a loop's body have derivatives before its first statement on the way back is written. */
  #prepareLocals(body: Block): void {
    forEachStatement(body, (statement) => {
      if (statement.kind === "assign" && this.locals[statement.local] === "f") this.#adjointLocal(statement.local);
    });
  }
}

function dependsOn(root: Node, node: Node): boolean {
  return root === node || root.args.some((arg) => dependsOn(arg, node));
}

function lastLoop(body: Block): number {
  let last = -1;
  forEachStatement(body, (statement) => {
    if (statement.kind === "loop") last = Math.max(last, statement.loop);
  });
  return last;
}
