import type { NodeTable } from "../ir/node-table.js";
import type { Node, Op, Statement, ValueType } from "../ir/program.js";
import type { Cell, NumberValue, ObjectValue, Value } from "./values.js";

/** What happened while a part of the function was traced: enough to undo it, to merge it or to keep it. */
interface Frame {
  /** Values before the first write in this frame. */
  readonly before: Map<Cell, Value>;
  /** Memory versions before the first store in this frame, by array. */
  readonly memoryBefore: Map<string, number>;
  readonly statements: Statement[];
  readonly pinned: Set<Node>;
  readonly firstNode: number;
}

/** The outcome of a branch that was traced and undone. */
export interface Captured {
  readonly result: Value;
  readonly changes: ReadonlyMap<Cell, Value>;
  readonly arrays: readonly string[];
  readonly statements: Statement[];
  readonly nodes: number;
}

/** How much code the compiler writes out before it keeps a structured region. */
export interface Budgets {
  /** Branches with at most so many new nodes (both sides together) are computed on every lane and merged by selects. */
  readonly select: number;
  /** Loops whose iterations together make at most so many nodes and statements are unrolled. */
  readonly unroll: number;
}

/** Beyond a thousand, code that is written out leaves the processor's caches: eight subnets of Bittensor run faster as a loop. */
export const BUDGETS: Budgets = { select: 200, unroll: 1000 };

/** All loops written out, however long: for code to be differentiated, or whose loop counters must be constants. */
export const WRITTEN_OUT: Budgets = { ...BUDGETS, unroll: Number.POSITIVE_INFINITY };

/** How two values of different units or types are brought together; throws for units that do not fit. */
type Unify = (a: NumberValue, b: NumberValue) => readonly [NumberValue, NumberValue] | undefined;

/** The state of the traced function: cells, array memories and the statements so far. */
export class Machine {
  readonly locals: ValueType[] = [];
  readonly #frames: Frame[] = [];
  readonly #memory = new Map<string, number>();
  #versions = 0;

  constructor(
    readonly table: NodeTable,
    readonly budgets: Budgets,
  ) {
    this.push();
  }

  get depth(): number {
    return this.#frames.length;
  }

  newCell(name: string, value: Value): Cell {
    return { name, depth: this.depth, value };
  }

  write(cell: Cell, value: Value): void {
    const { before } = this.#top();
    if (!before.has(cell)) before.set(cell, cell.value);
    cell.value = value;
  }

  emit(statement: Statement): void {
    this.#top().statements.push(statement);
  }

  /** Makes sure that `node` is computed at this point of the program. */
  pin(node: Node): void {
    if (this.#frames.some((frame) => frame.pinned.has(node))) return;
    this.#top().pinned.add(node);
    this.emit({ kind: "eval", node });
  }

  memoryVersion(array: string): number {
    return this.#memory.get(array) ?? 0;
  }

  /** Loads of `array` from here on differ from those before. */
  touch(array: string): void {
    const { memoryBefore } = this.#top();
    if (!memoryBefore.has(array)) memoryBefore.set(array, this.memoryVersion(array));
    this.#versions += 1;
    this.#memory.set(array, this.#versions);
  }

  /** Every array may have changed: for the start of a loop's body. */
  touchAll(): void {
    for (const array of [...this.#memory.keys()]) this.touch(array);
  }

  newLocal(type: ValueType): number {
    this.locals.push(type);
    return this.locals.length - 1;
  }

  readLocal(local: number, version: number): Node {
    const op: Op = { kind: "local", local, version };
    return this.table.make(op, [], this.locals[local] as ValueType);
  }

  push(): Frame {
    const frame: Frame = {
      before: new Map(),
      memoryBefore: new Map(),
      statements: [],
      pinned: new Set(),
      firstNode: this.table.nodes.length,
    };
    this.#frames.push(frame);
    return frame;
  }

  /** Closes the innermost frame and restores what was before it. */
  undo(result: Value): Captured {
    const frame = this.#frames.pop() as Frame;
    const changes = new Map<Cell, Value>();
    for (const [cell, before] of frame.before) {
      if (cell.depth > this.depth) continue;
      if (cell.value !== before) changes.set(cell, cell.value);
      cell.value = before;
    }
    for (const [array, version] of frame.memoryBefore) this.#memory.set(array, version);
    const nodes = this.table.nodes.length - frame.firstNode;
    return { result, changes, arrays: [...frame.memoryBefore.keys()], statements: frame.statements, nodes };
  }

  /** Closes the innermost frame as if it had never been opened. */
  commit(): void {
    const frame = this.#frames.pop() as Frame;
    const top = this.#top();
    for (const [cell, before] of frame.before) if (!top.before.has(cell)) top.before.set(cell, before);
    for (const [array, version] of frame.memoryBefore) if (!top.memoryBefore.has(array)) top.memoryBefore.set(array, version);
    for (const node of frame.pinned) top.pinned.add(node);
    top.statements.push(...frame.statements);
  }

  capture(trace: () => Value): Captured {
    this.push();
    return this.undo(trace());
  }

  /** The statements of the outermost frame. */
  get statements(): readonly Statement[] {
    return this.#top().statements;
  }

  /**
   * Traces both sides of a condition. Small sides without stores become selects, others a region that SIMD executions skip
   * when no lane takes it.
   */
  branch(condition: Node, whenTrue: () => Value, whenFalse: () => Value, unify: Unify): Value {
    const yes = this.capture(whenTrue);
    const no = this.capture(whenFalse);
    const loads = [...yes.statements, ...no.statements];
    const plain = yes.nodes + no.nodes <= this.budgets.select && loads.every((statement) => statement.kind === "eval");
    // Loads have no effects, so those of both sides may be made.
    if (plain) for (const statement of loads) this.pin((statement as Extract<Statement, { kind: "eval" }>).node);
    const join: Join = plain ? (a, b) => this.table.make({ kind: "select" }, [condition, a, b]) : this.#joinByLocal(yes, no);
    const merge = (a: Value, b: Value): Value => this.#merge(a, b, yes, no, join, unify);
    const merged = new Map<Cell, Value>();
    for (const cell of new Set([...yes.changes.keys(), ...no.changes.keys()])) {
      merged.set(cell, merge(yes.changes.get(cell) ?? cell.value, no.changes.get(cell) ?? cell.value));
    }
    const result = merge(yes.result, no.result);
    // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the IR; statements are never awaited
    if (!plain) this.emit({ kind: "if", condition, then: yes.statements, otherwise: no.statements });
    for (const [cell, value] of merged) this.write(cell, value);
    for (const array of [...yes.arrays, ...no.arrays]) this.touch(array);
    return result;
  }

  /** Both sides assign a fresh local at their end; it is read after the region. */
  #joinByLocal(yes: Captured, no: Captured): Join {
    return (a, b) => {
      // Both sides may have pinned the same load, each within its own block.
      if (a === b && this.#isKnown(a)) return a;
      const local = this.newLocal(a.type);
      yes.statements.push({ kind: "assign", local, node: a });
      no.statements.push({ kind: "assign", local, node: b });
      return this.readLocal(local, 0);
    };
  }

  /** Whether all loads that `root` needs are pinned in an open frame, or can be made at any time. */
  #isKnown(root: Node): boolean {
    const seen = new Set<Node>();
    const stack = [root];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (seen.has(node) || this.#frames.some((frame) => frame.pinned.has(node as Node))) continue;
      if (node.op.kind === "load" && node.args.length > 0) return false;
      seen.add(node);
      stack.push(...node.args);
    }
    return true;
  }

  #merge(a: Value, b: Value, yes: Captured, no: Captured, join: Join, unify: Unify): Value {
    if (a === b) return a;
    if (a.kind === "number" && b.kind === "number") {
      const pair = unify(a, b);
      if (!pair) return { kind: "poison", why: "is a truth value on one side of a condition and a number on the other" };
      return joinNumbers(pair[0], pair[1], join);
    }
    if (a.kind === "object" && b.kind === "object") return this.#mergeObjects(a, b, yes, no, join, unify);
    if (a.kind === "poison") return a;
    if (b.kind === "poison") return b;
    if (a.kind === "undefined" && b.kind === "undefined") return a;
    return { kind: "poison", why: "has a value on one side of a condition only" };
  }

  #mergeObjects(a: ObjectValue, b: ObjectValue, yes: Captured, no: Captured, join: Join, unify: Unify): Value {
    const cells = new Map<string, Cell>();
    for (const [name, cell] of a.cells) {
      const other = b.cells.get(name);
      if (!other) continue;
      const value = this.#merge(
        yes.changes.get(cell) ?? cell.value,
        no.changes.get(other) ?? other.value,
        yes,
        no,
        join,
        unify,
      );
      const made = this.newCell(cell.name, value);
      for (const origin of [cell, other]) {
        if (origin.depth <= this.depth) made.shared = origin.shared = true;
      }
      cells.set(name, made);
    }
    return { kind: "object", cells };
  }

  #top(): Frame {
    return this.#frames.at(-1) as Frame;
  }
}

type Join = (a: Node, b: Node) => Node;

function joinNumbers(a: NumberValue, b: NumberValue, join: Join): NumberValue {
  const unit = a.unit ?? b.unit;
  return { kind: "number", node: join(a.node, b.node), unit };
}
