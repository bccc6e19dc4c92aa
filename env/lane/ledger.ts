import type { Decimal } from "decimal.js";
import { type DecimalValue, emitDecimal } from "../../compiler/decimal/emit-decimal.js";
import type { Program } from "../../compiler/ir/program.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";

/** Records of one lane in decimal arithmetic, with programs that work on them. */
export interface LedgerMemory {
  /** Runs the program of this position. */
  readonly run: (program: number) => void;
  /** The value of a field, exact; counters and keys as numbers. */
  readonly read: (record: string, field: string) => DecimalValue;
  readonly put: (record: string, field: string, value: number) => void;
  /** All values of a record, in the order of its layout; changing them changes the memory. */
  readonly values: (record: string) => DecimalValue[];
}

/** @param decimals of the base unit: every flow of tokens is in whole base units */
export function ledgerMemory(records: readonly RecordBinding[], programs: readonly Program[], decimals: number): LedgerMemory {
  const kernels = programs.map((program) => ({ program, kernel: emitDecimal(program, { decimals }) }));
  const decimal = (value: number): Decimal => new kernels[0]!.kernel.Decimal(value);
  const bindings = new Map(records.map((record) => [record.name, record]));
  const views = new Map(records.map((record) => [record.name, zeros(record, decimal)]));
  const runs = kernels.map(({ program, kernel }) => {
    const inOrder = program.records.map(({ name }) => views.get(name)!);
    return () => kernel.run(inOrder);
  });
  const slot = (record: string, field: string) => layoutRecord(bindings.get(record)!).slots.get(field)!;
  return {
    run: (program) => runs[program]!(),
    read: (record, field) => views.get(record)![slot(record, field)]!,
    put: (record, field, value) => {
      const { type = "float" } = bindings.get(record)!.fields[field]!;
      views.get(record)![slot(record, field)] = type === "float" ? decimal(value) : value;
    },
    values: (record) => views.get(record)!,
  };
}

/** Counters and keys are numbers, everything else is decimal. */
function zeros(record: RecordBinding, decimal: (value: number) => Decimal): DecimalValue[] {
  const { slots, size } = layoutRecord(record);
  const values: DecimalValue[] = new Array(size);
  for (const [name, slot] of slots) {
    const { type = "float", length = 1 } = record.fields[name]!;
    for (let i = 0; i < length; i++) values[slot + i] = type === "float" ? decimal(0) : 0;
  }
  return values;
}
