import type { Node, Op, Program, Statement } from "../ir/program.js";
import { ANY, applyInterval, type Interval, join, meet, point, TINY, WORD } from "./interval.js";

/** The values of every stored slot, by record. */
export type IntervalMemory = Map<string, Interval[]>;

export function copyMemory(memory: ReadonlyMap<string, readonly Interval[]>): IntervalMemory {
  return new Map([...memory].map(([record, slots]) => [record, [...slots]]));
}

/** A condition that holds where a node is computed, or does not. */
interface Assumption {
  readonly condition: Node;
  readonly holds: boolean;
}

interface Listener {
  /** Gets every quotient, logarithm and root that is computed, with its divisor or argument and the values of that there. */
  readonly onOperand?: (node: Node, operand: Node, value: Interval) => void;
  /** Gets every node, each time that it is computed. */
  readonly onValue?: (node: Node, value: Interval) => void;
}

/**
 * Runs a program on intervals: `memory` becomes what it may be afterwards. Loops run as often as they do, so that counters are
 * exact; of conditions that are not decided both sides run.
 */
export function walkProgram(program: Program, memory: IntervalMemory, listener: Listener = {}): void {
  new Walk(memory, listener).run(program.body);
}

class Walk {
  readonly #locals = new Map<number, Interval>();
  readonly #counters = new Map<number, number>();
  readonly #assumed: Assumption[] = [];
  /** Values of nodes; the innermost block last. */
  readonly #values: Map<Node, Interval>[] = [new Map()];

  constructor(
    readonly memory: IntervalMemory,
    readonly listener: Listener,
  ) {}

  run(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "eval":
        this.#evaluate(statement.node);
        return;
      case "assign":
        this.#locals.set(statement.local, this.#evaluate(statement.node));
        return;
      case "store":
        this.#store(statement, this.#evaluate(statement.node));
        return;
      case "loop":
        for (let i = 0; i < statement.count; i++) {
          this.#counters.set(statement.loop, i);
          this.#block(() => this.run(statement.body));
        }
        return;
      case "if":
        this.#if(statement);
    }
  }

  #block(run: () => void): void {
    this.#values.push(new Map());
    run();
    this.#values.pop();
  }

  #store({ record, slot, index }: Extract<Statement, { kind: "store" }>, value: Interval): void {
    const slots = this.memory.get(record)!;
    if (!index) {
      slots[slot] = value;
      return;
    }
    const { low, high } = this.#evaluate(index);
    const last = Math.min(high, slots.length - 1 - slot);
    for (let i = low; i <= last; i++) slots[slot + i] = low === high ? value : join(slots[slot + i]!, value);
  }

  #if({ condition, then, otherwise }: Extract<Statement, { kind: "if" }>): void {
    const { low, high } = this.#evaluate(condition);
    const before = { memory: copyMemory(this.memory), locals: new Map(this.#locals) };
    if (high > 0) this.#side(condition, true, then);
    if (low > 0) return;
    if (high > 0) {
      const after = { memory: copyMemory(this.memory), locals: new Map(this.#locals) };
      this.#restore(before.memory, before.locals);
      this.#side(condition, false, otherwise);
      this.#joinWith(after.memory, after.locals);
      return;
    }
    this.#side(condition, false, otherwise);
  }

  #side(condition: Node, holds: boolean, statements: readonly Statement[]): void {
    this.#assumed.push({ condition, holds });
    this.#block(() => this.run(statements));
    this.#assumed.pop();
  }

  #restore(memory: IntervalMemory, locals: ReadonlyMap<number, Interval>): void {
    for (const [record, slots] of memory) this.memory.set(record, slots);
    this.#locals.clear();
    for (const [local, value] of locals) this.#locals.set(local, value);
  }

  #joinWith(memory: IntervalMemory, locals: ReadonlyMap<number, Interval>): void {
    for (const [record, slots] of memory) {
      const here = this.memory.get(record)!;
      for (const [i, value] of slots.entries()) here[i] = join(here[i]!, value);
    }
    for (const [local, value] of locals) {
      const here = this.#locals.get(local);
      this.#locals.set(local, here ? join(here, value) : value);
    }
  }

  #evaluate(root: Node): Interval {
    const stack = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      if (this.#known(node)) {
        stack.pop();
        continue;
      }
      const missing = node.args.filter((arg) => !this.#known(arg));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      const value = this.#compute(node);
      this.#values.at(-1)!.set(node, value);
      this.listener.onValue?.(node, value);
    }
    return this.#known(root)!;
  }

  #known(node: Node): Interval | undefined {
    for (let i = this.#values.length - 1; i >= 0; i--) {
      const value = this.#values[i]!.get(node);
      if (value) return value;
    }
    return undefined;
  }

  #compute(node: Node): Interval {
    const { op } = node;
    switch (op.kind) {
      case "const":
      case "word":
      case "int":
        return point(op.value);
      case "bool":
        return point(op.value ? 1 : 0);
      case "counter":
        return point(this.#counters.get(op.loop) ?? 0);
      case "local":
        return this.#locals.get(op.local) ?? ANY;
      case "load":
        return this.#load(op, node.args[0]);
      default:
        return this.#apply(node);
    }
  }

  #load({ record, slot, length }: Extract<Op, { kind: "load" }>, index: Node | undefined): Interval {
    const slots = this.memory.get(record)!;
    if (!index) return slots[slot]!;
    const { low, high } = this.#known(index)!;
    const used = slots.slice(slot + low, slot + Math.min(high, length - 1) + 1);
    return used.length > 0 ? used.reduce(join) : ANY;
  }

  #apply(node: Node): Interval {
    const { op, args } = node;
    const [first, second] = args as [Node, Node];
    // An operand that is used twice is the same number both times.
    if (first === second && op.kind === "sub") return point(0);
    if (first === second && op.kind === "div") return this.#heard(node, first, point(1));
    const square = op.kind === "mul" ? matchSquare(first, second) : undefined;
    if (square) {
      const size = applyInterval("abs", [this.#valueOf(square.root)]);
      return applyInterval("mul", [point(square.factor), applyInterval("mul", [size, size])]);
    }
    if (op.kind === "select") return this.#select(node);
    const result = applyInterval(
      op.kind,
      args.map((arg) => this.#valueOf(arg)),
    );
    if (op.kind === "div") return this.#heard(node, second, result);
    return op.kind === "log" || op.kind === "sqrt" ? this.#heard(node, first, result) : result;
  }

  #heard(node: Node, operand: Node, result: Interval): Interval {
    this.listener.onOperand?.(node, operand, this.#valueOf(operand));
    return result;
  }

  #valueOf(node: Node): Interval {
    let value = this.#known(node)!;
    for (const assumption of this.#assumed) value = this.#refine(node, value, assumption);
    return value;
  }

  /** `x > 0 ? x : 0` and its like: a side that is the compared number itself is limited by the comparison. */
  #select({ args, type }: Node): Interval {
    const [condition, whenTrue, whenFalse] = args as [Node, Node, Node];
    const test = this.#valueOf(condition);
    const side = (node: Node, holds: boolean) => this.#refine(node, this.#valueOf(node), { condition, holds });
    const result = applyInterval("select", [test, side(whenTrue, true), side(whenFalse, false)]);
    return type === "u" ? meet(result, WORD) : result;
  }

  #refine(node: Node, value: Interval, { condition, holds }: Assumption): Interval {
    const [left, right] = condition.args as [Node, Node];
    if (left === node && this.#known(right)) return limit(value, condition.op.kind, this.#known(right)!, holds);
    const mirrored = MIRRORED[condition.op.kind];
    if (right === node && mirrored && this.#known(left)) return limit(value, mirrored, this.#known(left)!, holds);
    return value;
  }
}

/** `x * x`, and `2 * x * x` as it is computed. */
function matchSquare(first: Node, second: Node): { readonly root: Node; readonly factor: number } | undefined {
  if (first === second) return { root: first, factor: 1 };
  for (const [root, scaled] of [
    [first, second],
    [second, first],
  ] as const) {
    if (scaled.op.kind !== "mul" || !scaled.args.includes(root)) continue;
    const factor = scaled.args.find((arg) => arg !== root);
    if (factor?.op.kind === "const") return { root, factor: factor.op.value };
  }
  return undefined;
}

const MIRRORED: Readonly<Record<string, Op["kind"]>> = { lt: "gt", le: "ge", gt: "lt", ge: "le", eq: "eq", ne: "ne" };
const OPPOSITE: Readonly<Record<string, Op["kind"]>> = { lt: "ge", le: "gt", gt: "le", ge: "lt", eq: "ne", ne: "eq" };

/** Values that compare with `other` in this way; strictness counts at 0 only, where it decides whether 0 is left. */
function limit(value: Interval, kind: Op["kind"], other: Interval, holds: boolean): Interval {
  const comparison = holds ? kind : OPPOSITE[kind];
  switch (comparison) {
    case "gt":
      return meet(value, { low: other.low === 0 ? TINY : other.low, high: ANY.high });
    case "ge":
      return meet(value, { low: other.low, high: ANY.high });
    case "lt":
      return meet(value, { low: ANY.low, high: other.high === 0 ? -TINY : other.high });
    case "le":
      return meet(value, { low: ANY.low, high: other.high });
    case "eq":
      return meet(value, other);
    case "ne":
      if (other.low !== 0 || other.high !== 0) return value;
      return { low: value.low === 0 ? TINY : value.low, high: value.high === 0 ? -TINY : value.high };
    default:
      return value;
  }
}
