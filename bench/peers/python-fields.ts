import type { Program } from "../../compiler/ir/program.js";

/** A stored field as the generated code names it. */
export interface FieldName {
  /** `record.field`. */
  readonly key: string;
  readonly variable: string;
  /** Slot of its first element. */
  readonly first: number;
  readonly length: number;
}

/** The fields of a program's records by slot. */
export class PythonFields {
  constructor(readonly program: Program) {}

  isLane(record: string): boolean {
    return this.#record(record).kind === "lane";
  }

  /** The field that holds a slot. */
  find(record: string, slot: number): FieldName {
    for (const [name, { slot: first, length }] of this.#record(record).fields ?? []) {
      if (slot < first || slot >= first + length) continue;
      return { key: `${record}.${name}`, variable: `${record}_${name.replace(/\W/g, "_")}`, length, first };
    }
    throw new RangeError(`${this.program.name} has no field at slot ${slot} of ${record}`);
  }

  /** Text of some array with one element per lane. */
  get someLane(): string {
    const { name } = this.program.records.find(({ kind, size }) => kind === "lane" && size > 0)!;
    return `m["${this.find(name, 0).key}"]`;
  }

  #record(name: string): Program["records"][number] {
    return this.program.records.find((record) => record.name === name)!;
  }
}
