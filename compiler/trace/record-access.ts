import { distance } from "fastest-levenshtein";
import type { NodeTable } from "../ir/node-table.js";
import type { Node, ValueType } from "../ir/program.js";
import { type FieldSpec, layoutRecord, type RecordBinding, type RecordLayout } from "../schema.js";
import { numberValue, type Site, toFloat, toIndex, toWord } from "./conversions.js";
import { indexBounds } from "./index-bounds.js";
import type { Machine } from "./machine.js";
import { excerpt, fail } from "./source.js";
import { parseUnit } from "./units.js";
import type { Cell, NumberValue, RecordValue, Value } from "./values.js";

/** ` (did you mean "x"?)` for the nearest of `names`, or nothing. */
export function suggestion(name: string, names: readonly string[]): string {
  let best: string | undefined;
  for (const known of names) if (best === undefined || distance(name, known) < distance(name, best)) best = known;
  return best !== undefined && distance(name, best) <= Math.max(2, name.length / 2) ? `, did you mean "${best}"?` : "";
}

/** A scalar slot that has been read or written: its cell, and what is stored in the end. */
interface Slot {
  readonly binding: RecordBinding;
  readonly slot: number;
  readonly cell: Cell;
  /** The load of the value before the step; absent in scratch. */
  readonly initial: Value;
}

/** Reads and writes of records. Scalars and arrays with constant indices are cells; the other arrays live in memory. */
export class RecordAccess {
  readonly slots = new Map<string, Slot>();
  /** Arrays that are indexed by run-time values. If some were not known before, the function has to be traced again. */
  readonly found: Set<string>;
  readonly #layouts = new Map<string, RecordLayout>();

  constructor(
    readonly table: NodeTable,
    readonly machine: Machine,
    dynamic: ReadonlySet<string>,
  ) {
    this.found = new Set(dynamic);
  }

  /** The value of `record.field`; for an array field the array itself. */
  read(record: RecordValue, field: string, site: Site): Value {
    const spec = this.#spec(record.binding, field, site);
    if (spec.length !== undefined) return { kind: "array", record, field, spec };
    return this.#slot(record.binding, field, spec, 0).cell.value;
  }

  write(record: RecordValue, field: string, value: NumberValue, site: Site): void {
    const spec = this.#spec(record.binding, field, site);
    this.#mustBeWritable(record.binding, field, site);
    if (spec.length !== undefined) {
      fail(site.source, site.node, "E_STEP_INDEX", `${record.binding.name}.${field} is an array`, "assign to its elements");
    }
    const stored = this.#convert(value, spec, `${record.binding.name}.${field}`, site);
    this.machine.write(this.#slot(record.binding, field, spec, 0).cell, stored);
  }

  readElement(array: ArrayValue, index: NumberValue, site: Site): Value {
    const offset = this.#offset(array, index, site);
    const { binding } = array.record;
    const key = `${binding.name}.${array.field}`;
    if (offset.op.kind === "int" && !this.found.has(key)) {
      return this.#slot(binding, array.field, array.spec, offset.op.value).cell.value;
    }
    this.found.add(key);
    this.#mustBeStored(array, site);
    const node = this.table.make(
      {
        kind: "load",
        record: binding.name,
        slot: this.#layout(binding).slots.get(array.field) as number,
        length: array.spec.length as number,
        version: this.machine.memoryVersion(key),
      },
      [offset],
      slotType(array.spec),
    );
    this.machine.pin(node);
    return numberValue(node, parseUnit(array.spec.unit));
  }

  writeElement(array: ArrayValue, index: NumberValue, value: NumberValue, site: Site): void {
    const offset = this.#offset(array, index, site);
    const { binding } = array.record;
    const key = `${binding.name}.${array.field}`;
    this.#mustBeWritable(binding, array.field, site);
    const stored = this.#convert(value, array.spec, key, site);
    if (offset.op.kind === "int" && !this.found.has(key)) {
      this.machine.write(this.#slot(binding, array.field, array.spec, offset.op.value).cell, stored);
      return;
    }
    this.found.add(key);
    this.#mustBeStored(array, site);
    const slot = this.#layout(binding).slots.get(array.field) as number;
    this.machine.pin(stored.node);
    this.machine.emit({ kind: "store", record: binding.name, slot, index: offset, node: stored.node });
    this.machine.touch(key);
  }

  #offset(array: ArrayValue, index: NumberValue, site: Site): Node {
    const offset = toIndex(this.table, index);
    const text = excerpt(site.source, site.node);
    if (!offset) {
      return fail(
        site.source,
        site.node,
        "E_STEP_INDEX",
        `the index of "${text}" differs between lanes`,
        "index with constants, loop counters and fields of type index",
      );
    }
    const length = array.spec.length as number;
    const [low, high] = indexBounds(this.table.loopCounts, offset);
    if (low < 0 || (Number.isFinite(high) && high >= length)) {
      const hint = `keep the index within 0..${length - 1}`;
      fail(
        site.source,
        site.node,
        "E_STEP_INDEX",
        `the index of "${text}" runs over ${low}..${high}, the array has ${length}`,
        hint,
      );
    }
    return offset;
  }

  #mustBeStored(array: ArrayValue, site: Site): void {
    const { binding } = array.record;
    if (binding.kind !== "scratch") return;
    fail(
      site.source,
      site.node,
      "E_STEP_INDEX",
      `${binding.name}.${array.field} is scratch and indexed by a value that is not constant`,
      "use a state field, or a loop short enough to be unrolled",
    );
  }

  #slot(binding: RecordBinding, field: string, spec: FieldSpec, element: number): Slot {
    const key = `${binding.name}.${field}.${element}`;
    const known = this.slots.get(key);
    if (known) return known;
    const first = this.#layout(binding).slots.get(field);
    const slot = first === undefined ? -1 : first + element;
    const initial = this.#initial(binding, field, spec, slot);
    const made: Slot = { binding, slot, initial, cell: { name: `${binding.name}.${field}`, depth: 0, value: initial } };
    this.slots.set(key, made);
    return made;
  }

  #initial(binding: RecordBinding, field: string, spec: FieldSpec, slot: number): Value {
    const constant = binding.constants?.[field];
    if (constant) return numberValue(this.table.float(constant.value), parseUnit(constant.unit));
    if (binding.kind === "scratch") {
      return { kind: "poison", why: "is read before it is written" };
    }
    const load = this.table.make({ kind: "load", record: binding.name, slot, length: 1, version: 0 }, [], slotType(spec));
    return numberValue(load, parseUnit(spec.unit));
  }

  #layout(binding: RecordBinding): RecordLayout {
    let layout = this.#layouts.get(binding.name);
    if (!layout) {
      layout = layoutRecord(binding);
      this.#layouts.set(binding.name, layout);
    }
    return layout;
  }

  #spec(binding: RecordBinding, field: string, site: Site): FieldSpec {
    if (Object.hasOwn(binding.fields, field)) return binding.fields[field] as FieldSpec;
    const constant = binding.constants?.[field];
    if (constant) return { unit: constant.unit, doc: "" };
    const names = Object.keys(binding.fields);
    return fail(
      site.source,
      site.node,
      "E_STEP_FIELD",
      `${binding.name} has no field "${field}"${suggestion(field, names)}`,
      `known fields: ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", ..." : ""}`,
    );
  }

  #mustBeWritable(binding: RecordBinding, field: string, site: Site): void {
    if (binding.constants && Object.hasOwn(binding.constants, field)) {
      fail(
        site.source,
        site.node,
        "E_STEP_FIELD",
        `${binding.name}.${field} is a constant`,
        "keep it in a state field to change it",
      );
    }
    if (binding.kind !== "uniform") return;
    fail(
      site.source,
      site.node,
      "E_STEP_FIELD",
      `${binding.name}.${field} is shared by all lanes and cannot be assigned`,
      "write to a record that is kept per lane",
    );
  }

  #convert(value: NumberValue, spec: FieldSpec, name: string, site: Site): NumberValue {
    const unit = parseUnit(spec.unit);
    if (value.unit !== null && value.unit !== unit) {
      fail(
        site.source,
        site.node,
        "E_STEP_UNIT",
        `"${excerpt(site.source, site.node)}" assigns ${value.unit.text} to ${name}, which is in ${unit.text}`,
        "convert with a constant that has a unit (useUnits), or correct the field's unit",
      );
    }
    if (spec.type !== "u32") return numberValue(toFloat(this.table, value, site), unit);
    const word = value.node.type === "u" || !value.word ? toWord(this.table, value) : undefined;
    if (word) return numberValue(word, unit);
    return fail(
      site.source,
      site.node,
      "E_STEP_TYPE",
      `"${excerpt(site.source, site.node)}" assigns a value that is not a u32 to ${name}`,
      "assign u32 fields, whole constants >= 0 and sums with >>> 0",
    );
  }
}

type ArrayValue = Extract<Value, { kind: "array" }>;

function slotType(spec: FieldSpec): ValueType {
  if (spec.type === "u32") return "u";
  return spec.type === "index" ? "i" : "f";
}
