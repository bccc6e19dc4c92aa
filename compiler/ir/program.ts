/**
 * The intermediate representation: hash-consed expression nodes inside structured statements.
 *
 * Value types: `f` a float per lane, `b` a truth value per lane (a mask in SIMD), `u` an unsigned 32-bit integer per lane,
 * `i` an integer shared by all lanes (loop counters and ring positions; used in addresses only).
 */
export type ValueType = "f" | "b" | "u" | "i";

export type FloatUnary = "neg" | "abs" | "sqrt" | "exp" | "log" | "tanh" | "floor" | "sign" | "sin" | "cos" | "units";
export type FloatBinary = "add" | "sub" | "mul" | "div" | "min" | "max" | "pow";
export type Comparison = "lt" | "le" | "gt" | "ge" | "eq" | "ne";

export type Op =
  | { readonly kind: "const"; readonly value: number } // f; exact float64 value
  | { readonly kind: "bool"; readonly value: boolean } // b
  | { readonly kind: "word"; readonly value: number } // u; 0 .. 2^32-1
  | { readonly kind: "int"; readonly value: number } // i
  | { readonly kind: "counter"; readonly loop: number } // i; the counter of loop `loop`, runs 0 .. count-1
  /** Field of a record. Type f, u or i. args: [] or [element offset (i)]. `version` tells loads before and after a store apart. */
  | { readonly kind: "load"; readonly record: string; readonly slot: number; readonly length: number; readonly version: number }
  /** Value of mutable local `local` at this point; `version` tells reads at different times apart. f, b or u. */
  | { readonly kind: "local"; readonly local: number; readonly version: number }
  | { readonly kind: FloatUnary } // f -> f
  | { readonly kind: FloatBinary } // f, f -> f
  | { readonly kind: Comparison } // f, f -> b
  | { readonly kind: "and" | "or" } // b, b -> b; without short circuit: operands have no effects
  | { readonly kind: "not" } // b -> b
  | { readonly kind: "select" } // b, x, x -> x with x in f, b, u: condition, when true, when false
  /** f x4: value, low, high, safe. See `clamp`. */
  | { readonly kind: "clamp" }
  | { readonly kind: "uadd" | "umul" | "uxor" | "uand" } // u, u -> u modulo 2^32
  | { readonly kind: "ushr"; readonly bits: number } // u -> u
  | { readonly kind: "ueq" | "ult" } // u, u -> b
  /** Component 0..3 of pcg4d of four u words; the four components of one key share their computation. */
  | { readonly kind: "pcg4d"; readonly component: 0 | 1 | 2 | 3 } // u x4 -> u
  | { readonly kind: "unitInterval" } // u -> f, see core/random.ts
  | { readonly kind: "floatFromWord" } // u -> f
  | { readonly kind: "floatFromInt" } // i -> f
  | { readonly kind: "iadd" | "isub" | "imul" | "irem" }; // i, i -> i; operands of irem are not negative

export interface Node {
  /** Position in {@link Program.nodes}; arguments have smaller ids. */
  readonly id: number;
  readonly op: Op;
  readonly type: ValueType;
  readonly args: readonly Node[];
}

/**
 * Statements run in order. A node is computed where it is first needed, except `load` nodes with an element offset or of a
 * field that is stored to: these are pinned by an `eval` statement at their place in program order, if they are needed after
 * that. A node pinned in a branch or loop body is known in that block only. An `eval` of a `local` keeps the value that it has
 * there: loop bodies pin the variables that they carry at their start and assign them all at their end. Every `if` joins its
 * results in locals of its own, which are assigned nowhere else.
 */
export type Statement =
  | { readonly kind: "eval"; readonly node: Node }
  | { readonly kind: "assign"; readonly local: number; readonly node: Node }
  | { readonly kind: "store"; readonly record: string; readonly slot: number; readonly index?: Node; readonly node: Node }
  | { readonly kind: "loop"; readonly loop: number; readonly count: number; readonly body: readonly Statement[] }
  /** In SIMD both masks: a branch is skipped when no lane takes it; inside, assign and store keep the old value elsewhere. */
  | {
      readonly kind: "if";
      readonly condition: Node;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    };

/** Where a quotient, logarithm or root was written. */
export interface Origin {
  readonly operation: "div" | "log" | "sqrt";
  /** The function, as messages name it, and its running text. */
  readonly name: string;
  readonly source: string;
  /** Of the running text, from 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface RecordInfo {
  readonly name: string;
  readonly kind: "lane" | "uniform";
  /** Slots in all; element e of slot s of lane i is at `(s + e) * capacity + i` (lane) or `s + e` (uniform). */
  readonly size: number;
  /** First slot and length of each stored field; absent in programs made by hand. */
  readonly fields?: ReadonlyMap<string, { readonly slot: number; readonly length: number }>;
}

/** A compiled step function, ready to be emitted for any execution. */
export interface Program {
  readonly name: string;
  /** The stored records (not scratch), in the order of the step function's parameters. `run` gets one base for each. */
  readonly records: readonly RecordInfo[];
  readonly nodes: readonly Node[];
  /** Types of the mutable locals. */
  readonly locals: readonly ValueType[];
  /** Where quotients, logarithms and roots were written: of each node the first place. Absent in programs made by hand. */
  readonly origins?: ReadonlyMap<Node, Origin>;
  readonly body: readonly Statement[];
}
