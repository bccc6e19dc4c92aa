import { Decimal } from "decimal.js";
import { UserError } from "../../core/errors.js";
import { pcg4d, unitInterval } from "../../core/random.js";
import type { Comparison, FloatBinary, FloatUnary, Node, Program, Statement } from "../ir/program.js";
import { BINARY, COMPARE, clampDecimal, UNARY, WORDS } from "./operations.js";

/** A value of a record: Decimal for floats, a number for u32 and index fields. */
export type DecimalValue = Decimal | number;

/** A step of one lane in decimal arithmetic. */
interface DecimalKernel {
  /** The arithmetic: make the records' values with `new kernel.Decimal(x)`. */
  readonly Decimal: typeof Decimal;
  /** Runs the step. `views` has one array per stored record, in the order of `program.records`: element e of slot s at s + e. */
  readonly run: (views: readonly DecimalValue[][]) => void;
}

interface DecimalOptions {
  /** Decimal places of the token's base unit (6 for uakt): `units` floors to them. */
  readonly decimals: number;
  /** Significant digits, at least 34; default 40. */
  readonly precision?: number;
}

/**
 * Compiles a program to closures over decimal.js. Constants of the program are taken as they print (0.1 is one tenth), parts
 * that were folded are float64. Sums and differences of balances are exact as long as they have at most `precision` digits.
 * @throws UserError E_DECIMAL for a precision below 34 or decimals that are not a whole number >= 0
 */
export function emitDecimal(program: Program, { decimals, precision = 40 }: DecimalOptions): DecimalKernel {
  if (!Number.isInteger(decimals) || decimals < 0 || !Number.isInteger(precision) || precision < 34) {
    const message = `decimals ${decimals} and precision ${precision} must be whole numbers, at least 0 and 34`;
    throw new UserError("E_DECIMAL", message, "use the token's decimals and 40 digits");
  }
  const arithmetic = Decimal.clone({ precision, rounding: Decimal.ROUND_HALF_EVEN, defaults: true });
  const compiler = new DecimalCompiler(program, arithmetic, decimals);
  return { Decimal: arithmetic, run: compiler.compile() };
}

type Action = () => void;
type BinaryDecimal = (x: Decimal, y: Decimal) => Decimal;

/** Nodes computed in a block and in those around it. */
class Known {
  readonly #nodes = new Set<Node>();

  constructor(readonly parent?: Known) {}

  has(node: Node): boolean {
    return this.#nodes.has(node) || (this.parent?.has(node) ?? false);
  }

  add(node: Node): void {
    this.#nodes.add(node);
  }
}

class DecimalCompiler {
  /** Values of the nodes, by id and type; of the locals likewise. */
  readonly #floats: Decimal[] = [];
  readonly #words: number[] = [];
  readonly #flags: boolean[] = [];
  readonly #floatLocals: Decimal[] = [];
  readonly #wordLocals: number[] = [];
  readonly #flagLocals: boolean[] = [];
  readonly #counters: number[] = [];
  #views: readonly DecimalValue[][] = [];

  constructor(
    readonly program: Program,
    readonly arithmetic: typeof Decimal,
    readonly decimals: number,
  ) {}

  compile(): DecimalKernel["run"] {
    const known = new Known();
    for (const node of this.program.nodes) {
      if (!this.#constant(node)) continue;
      known.add(node);
    }
    const actions = this.#list(this.program.body, known);
    return (views) => {
      this.#views = views;
      runAll(actions);
    };
  }

  /** Sets the value of a constant once; false for other nodes. */
  #constant({ id, op }: Node): boolean {
    if (op.kind === "const") this.#floats[id] = new this.arithmetic(op.value);
    else if (op.kind === "bool") this.#flags[id] = op.value;
    else if (op.kind === "word" || op.kind === "int") this.#words[id] = op.value;
    else return false;
    return true;
  }

  #list(statements: readonly Statement[], known: Known): Action[] {
    return statements.flatMap((statement) => this.#statement(statement, known));
  }

  #statement(statement: Statement, known: Known): Action[] {
    switch (statement.kind) {
      case "eval":
        return this.#compute(statement.node, known);
      case "assign":
        return [...this.#compute(statement.node, known), this.#assign(statement.local, statement.node)];
      case "store":
        return this.#store(statement, known);
      case "loop":
        return [this.#loop(statement.loop, statement.count, this.#list(statement.body, new Known(known)))];
      case "if": {
        const condition = this.#compute(statement.condition, known);
        const yes = this.#list(statement.then, new Known(known));
        const no = this.#list(statement.otherwise, new Known(known));
        const flags = this.#flags;
        const { id } = statement.condition;
        return [...condition, () => runAll(flags[id] ? yes : no)];
      }
    }
  }

  #assign(local: number, { id, type }: Node): Action {
    const copy = <T>(from: T[], to: T[]): Action => {
      return () => {
        to[local] = from[id] as T;
      };
    };
    if (type === "f") return copy(this.#floats, this.#floatLocals);
    return type === "b" ? copy(this.#flags, this.#flagLocals) : copy(this.#words, this.#wordLocals);
  }

  #store(statement: Extract<Statement, { kind: "store" }>, known: Known): Action[] {
    const { record, slot, index, node } = statement;
    const actions = [...(index ? this.#compute(index, known) : []), ...this.#compute(node, known)];
    const values: DecimalValue[] = node.type === "f" ? this.#floats : this.#words;
    const view = this.#recordNumber(record);
    const words = this.#words;
    const offset = index ? (): number => slot + (words[index.id] as number) : (): number => slot;
    actions.push(() => {
      (this.#views[view] as DecimalValue[])[offset()] = values[node.id] as DecimalValue;
    });
    return actions;
  }

  #loop(loop: number, count: number, body: readonly Action[]): Action {
    const counters = this.#counters;
    return () => {
      for (let i = 0; i < count; i++) {
        counters[loop] = i;
        runAll(body);
      }
    };
  }

  /** The computation of a node and of everything below it that is not known yet. */
  #compute(root: Node, known: Known): Action[] {
    const missing = new Set<Node>();
    const stack = [root];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (missing.has(node) || known.has(node)) continue;
      missing.add(node);
      stack.push(...node.args);
    }
    return [...missing]
      .sort((a, b) => a.id - b.id)
      .map((node) => {
        known.add(node);
        return this.#node(node);
      });
  }

  #node(node: Node): Action {
    const { id, op } = node;
    if (op.kind === "load") return this.#load(node);
    if (op.kind === "local") return this.#local(node, op.local);
    if (op.kind === "counter") {
      return () => {
        this.#words[id] = this.#counters[op.loop] as number;
      };
    }
    if (op.kind === "select") return this.#select(node);
    if (node.type === "b") return this.#flagNode(node);
    return node.type === "f" ? this.#floatNode(node) : this.#wordNode(node);
  }

  #load({ id, op, args, type }: Node): Action {
    const { record, slot } = op as { record: string; slot: number };
    const view = this.#recordNumber(record);
    const values: DecimalValue[] = type === "f" ? this.#floats : this.#words;
    const index = args[0]?.id;
    return () => {
      const offset = index === undefined ? slot : slot + (this.#words[index] as number);
      values[id] = (this.#views[view] as DecimalValue[])[offset] as DecimalValue;
    };
  }

  #local({ id, type }: Node, local: number): Action {
    const copy = <T>(from: T[], to: T[]): Action => {
      return () => {
        to[id] = from[local] as T;
      };
    };
    if (type === "f") return copy(this.#floatLocals, this.#floats);
    return type === "b" ? copy(this.#flagLocals, this.#flags) : copy(this.#wordLocals, this.#words);
  }

  #select({ id, args, type }: Node): Action {
    const [condition, yes, no] = args.map((arg) => arg.id) as [number, number, number];
    const flags = this.#flags;
    const choose = <T>(values: T[]): Action => {
      return () => {
        values[id] = values[flags[condition] ? yes : no] as T;
      };
    };
    if (type === "f") return choose(this.#floats);
    return type === "b" ? choose(flags) : choose(this.#words);
  }

  #flagNode({ id, op, args }: Node): Action {
    const flags = this.#flags;
    const [a, b] = args.map((arg) => arg.id) as [number, number];
    if (op.kind === "and") return set(flags, id, () => flags[a]! && flags[b]!);
    if (op.kind === "or") return set(flags, id, () => flags[a]! || flags[b]!);
    if (op.kind === "not") return set(flags, id, () => !flags[a]);
    const words = this.#words;
    if (op.kind === "ueq") return set(flags, id, () => words[a] === words[b]);
    if (op.kind === "ult") return set(flags, id, () => words[a]! < words[b]!);
    const compare = COMPARE[op.kind as Comparison];
    const floats = this.#floats;
    return set(flags, id, () => compare(floats[a]!, floats[b]!));
  }

  #wordNode({ id, op, args }: Node): Action {
    const words = this.#words;
    const [a, b, c, d] = args.map((arg) => arg.id) as [number, number, number, number];
    if (op.kind === "ushr") return set(words, id, () => words[a]! >>> op.bits);
    if (op.kind === "pcg4d") {
      const component = (["a", "b", "c", "d"] as const)[op.component];
      return set(words, id, () => pcg4d(words[a]!, words[b]!, words[c]!, words[d]!)[component]);
    }
    const combine = WORDS[op.kind] as (x: number, y: number) => number;
    return set(words, id, () => combine(words[a]!, words[b]!));
  }

  #floatNode({ id, op, args }: Node): Action {
    const floats = this.#floats;
    const words = this.#words;
    const [a, b, c, d] = args.map((arg) => arg.id) as [number, number, number, number];
    const { arithmetic } = this;
    switch (op.kind) {
      case "floatFromWord":
      case "floatFromInt":
        return set(floats, id, () => new arithmetic(words[a]!));
      case "unitInterval":
        return set(floats, id, () => new arithmetic(unitInterval(words[a]!)));
      case "clamp":
        return set(floats, id, () => clampDecimal(floats[a]!, floats[b]!, floats[c]!, floats[d]!));
      case "units":
        return set(floats, id, () => floats[a]!.toDecimalPlaces(this.decimals, Decimal.ROUND_FLOOR));
      default:
        break;
    }
    const unary = UNARY[op.kind as FloatUnary];
    if (unary) return setAnew(floats, [id, a, a], (x) => unary(x, arithmetic));
    const combine = BINARY[op.kind as FloatBinary];
    return setAnew(floats, [id, a, b], (x, y) => combine(x, y, arithmetic));
  }

  #recordNumber(name: string): number {
    return this.program.records.findIndex((record) => record.name === name);
  }
}

function set<T>(values: T[], at: number, compute: () => T): Action {
  return () => {
    values[at] = compute();
  };
}

/** Computes only if an argument is another object than before: what follows from parameters alone stays from step to step. */
function setAnew(values: Decimal[], [at, a, b]: readonly [number, number, number], compute: BinaryDecimal): Action {
  let x: Decimal | undefined;
  let y: Decimal | undefined;
  let result: Decimal;
  return () => {
    if (values[a] !== x || values[b] !== y) {
      x = values[a]!;
      y = values[b]!;
      result = compute(x, y);
    }
    values[at] = result;
  };
}

function runAll(actions: readonly Action[]): void {
  for (const action of actions) action();
}
