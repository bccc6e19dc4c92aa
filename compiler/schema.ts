/**
 * A field of a record that a step function reads or writes.
 * Units are products of base units: `"1"`, `"AKT"`, `"USD/AKT"`, `"1/year"`, `"unit*day"`, `"year^-0.5"`. Different base
 * units never mix without a conversion constant, so `day` and `year` are kept apart by the compiler.
 */
export interface FieldSpec {
  readonly unit: string;
  readonly doc: string;
  /** Number of elements of an array field; absent for a scalar. */
  readonly length?: number;
  /** `u32` holds an unsigned integer (a key or counter), `index` a small integer shared by all lanes (uniform records only). */
  readonly type?: "float" | "u32" | "index";
  /** Typical size, for tolerances and plots; default 1. */
  readonly scale?: number;
}

export type RecordSpec = Readonly<Record<string, FieldSpec>>;

/**
 * How a parameter of a step function is stored.
 * - `lane`: one value per environment, struct of arrays: element e of lane i at `(slot + e) * capacity + i`.
 * - `uniform`: one value for all lanes: element e at `slot + e`.
 * - `scratch`: exists only while the step runs: written before it is read, never stored (shocks, flows, terms).
 * Fields listed in `constants` are not stored: the compiler folds their value.
 */
export interface RecordBinding {
  /** Name of the step function's parameter that this record is passed as. */
  readonly name: string;
  readonly kind: "lane" | "uniform" | "scratch";
  readonly fields: RecordSpec;
  readonly constants?: Readonly<Record<string, { readonly value: number; readonly unit: string }>>;
}

/** First slot of each stored field, in the order of the fields, and the number of slots in all (none for scratch). */
export interface RecordLayout {
  readonly slots: ReadonlyMap<string, number>;
  readonly size: number;
}

/** Layouts by binding: views of lanes ask for them again in every step. */
const layouts = new WeakMap<RecordBinding, RecordLayout>();

export function layoutRecord(binding: RecordBinding): RecordLayout {
  const known = layouts.get(binding);
  if (known) return known;
  const layout = computeLayout(binding);
  layouts.set(binding, layout);
  return layout;
}

function computeLayout(binding: RecordBinding): RecordLayout {
  const slots = new Map<string, number>();
  let size = 0;
  for (const [name, field] of Object.entries(binding.fields)) {
    if (binding.constants && name in binding.constants) continue;
    slots.set(name, size);
    size += field.length ?? 1;
  }
  return { slots, size };
}

/** Values that a step function may use besides its records: numbers, names of fields, tables of numbers, plain functions, nested groups. */
export interface Uses {
  readonly [name: string]: number | string | readonly number[] | Uses | ((...args: never[]) => unknown);
}
