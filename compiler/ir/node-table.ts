import { simplify } from "./fold.js";
import type { Node, Op, Origin, ValueType } from "./program.js";

/** Makes nodes: equal operations on equal arguments are one node, constants are folded. Nodes are in order of creation. */
export class NodeTable {
  readonly nodes: Node[] = [];
  /** Trip count of each loop statement. */
  readonly loopCounts: number[] = [];
  /** Where quotients, logarithms and roots were written, see `Program.origins`. */
  readonly origins = new Map<Node, Origin>();
  readonly #known = new Map<string, Node>();

  /** The simplified node for `op` of `args`. `loadType` is the type of a `load` or `local`, which the operation does not tell. */
  make(op: Op, args: readonly Node[] = [], loadType: ValueType = "f"): Node {
    const ordered =
      COMMUTATIVE.has(op.kind) && (args[0] as Node).id > (args[1] as Node).id ? [args[1] as Node, args[0] as Node] : args;
    return simplify(this, op, ordered) ?? this.#intern(op, ordered, loadType);
  }

  float(value: number): Node {
    return this.make({ kind: "const", value });
  }

  bool(value: boolean): Node {
    return this.make({ kind: "bool", value });
  }

  word(value: number): Node {
    return this.make({ kind: "word", value: value >>> 0 });
  }

  int(value: number): Node {
    return this.make({ kind: "int", value });
  }

  #intern(op: Op, args: readonly Node[], loadType: ValueType): Node {
    let key = opKey(op);
    for (const arg of args) key += `,${arg.id}`;
    const known = this.#known.get(key);
    if (known) return known;
    const node: Node = { id: this.nodes.length, op, type: resultType(op, args, loadType), args };
    this.nodes.push(node);
    this.#known.set(key, node);
    return node;
  }
}

/** Exact under exchange of operands in IEEE arithmetic, so sorting them finds more common subexpressions. */
const COMMUTATIVE: ReadonlySet<string> = new Set([
  "add",
  "mul",
  "min",
  "max",
  "eq",
  "ne",
  "and",
  "or",
  "uadd",
  "umul",
  "uxor",
  "uand",
  "ueq",
  "iadd",
  "imul",
]);

function opKey(op: Op): string {
  switch (op.kind) {
    case "const":
      return `const:${Object.is(op.value, -0) ? "-0" : op.value}`;
    case "bool":
    case "word":
    case "int":
      return `${op.kind}:${op.value}`;
    case "counter":
      return `counter:${op.loop}`;
    case "load":
      return `load:${op.record}:${op.slot}:${op.version}`;
    case "local":
      return `local:${op.local}:${op.version}`;
    case "ushr":
      return `ushr:${op.bits}`;
    case "pcg4d":
      return `pcg4d:${op.component}`;
    default:
      return op.kind;
  }
}

const RESULT_TYPES: Readonly<Record<string, ValueType>> = {
  bool: "b",
  lt: "b",
  le: "b",
  gt: "b",
  ge: "b",
  eq: "b",
  ne: "b",
  and: "b",
  or: "b",
  not: "b",
  ueq: "b",
  ult: "b",
  word: "u",
  uadd: "u",
  umul: "u",
  uxor: "u",
  uand: "u",
  ushr: "u",
  pcg4d: "u",
  int: "i",
  counter: "i",
  iadd: "i",
  isub: "i",
  imul: "i",
  irem: "i",
};

function resultType(op: Op, args: readonly Node[], loadType: ValueType): ValueType {
  if (op.kind === "load" || op.kind === "local") return loadType;
  if (op.kind === "select") return (args[1] as Node).type;
  return RESULT_TYPES[op.kind] ?? "f";
}
