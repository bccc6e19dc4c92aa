import type { Node } from "../ir/program.js";
import type { FieldSpec, RecordBinding, Uses } from "../schema.js";
import type { AnyFunction } from "./source.js";
import type { Unit } from "./units.js";

/** A number or truth value that the compiled code computes. */
export interface NumberValue {
  readonly kind: "number";
  readonly node: Node;
  /** Null for literals, which adopt the unit of what they meet. */
  readonly unit: Unit | null;
  /** The value modulo 2^32, for sums of u32 values: their float sum is not wrapped, `>>> 0` takes this. */
  readonly word?: Node;
}

/** An object literal, or the result of a function that returns one. */
export interface ObjectValue {
  readonly kind: "object";
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface RecordValue {
  readonly kind: "record";
  readonly binding: RecordBinding;
}

/** What an expression stands for while a function is traced. */
export type Value =
  | NumberValue
  | ObjectValue
  | RecordValue
  /** All records of a step by name, where a step function takes them as one parameter. */
  | { readonly kind: "records"; readonly bindings: Readonly<Record<string, RecordBinding>> }
  /** An array field. */
  | { readonly kind: "array"; readonly record: RecordValue; readonly field: string; readonly spec: FieldSpec }
  | { readonly kind: "table"; readonly values: readonly number[]; readonly unit: Unit }
  /** `u` or a group within it; `path` is the dotted name, "" for `u` itself. */
  | { readonly kind: "group"; readonly uses: Uses; readonly path: string }
  | { readonly kind: "function"; readonly run: AnyFunction; readonly name: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "math" }
  | { readonly kind: "undefined" }
  /** Not usable: assigned on one side of an `if` only, or of different kinds. */
  | { readonly kind: "poison"; readonly why: string };

export const UNDEFINED: Value = { kind: "undefined" };

/** A place that holds a value: a variable, a field of an object literal, a scalar slot of a record. */
export interface Cell {
  readonly name: string;
  /** Number of open regions when it was made: regions merge only the cells that outlive them. */
  readonly depth: number;
  value: Value;
  /** A field of an object that a condition chose between others: a write would have to reach both. */
  shared?: boolean;
}
