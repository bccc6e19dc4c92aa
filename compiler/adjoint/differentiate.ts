import { UserError } from "../../core/errors.js";
import { prune } from "../analysis/prune.js";
import { NodeTable } from "../ir/node-table.js";
import type { Node, Program, RecordInfo } from "../ir/program.js";
import { recordInfo } from "../ir/record-info.js";
import { forEachStatement } from "../ir/traversal.js";
import type { RecordBinding } from "../schema.js";
import { findActive } from "./active.js";
import { copyProgram } from "./copy.js";
import { DerivativeRules } from "./derivative-rules.js";
import { NO_JUMPS } from "./jumps.js";
import { type Block, findLeaves } from "./leaves.js";
import { type DerivativeMemory, type Place, Reversal } from "./reversal.js";
import { TAPE, Tape } from "./tape.js";
import { wayForward } from "./way-forward.js";

interface FieldName {
  readonly record: string;
  readonly field: string;
}

interface Differentiation {
  /** A scalar field that the program stores. */
  readonly output: FieldName;
  /** Fields that it loads, scalars or arrays; derivatives are with respect to their values before the step. */
  readonly wrt: readonly FieldName[];
  /** A lane record for the derivatives: its slots in order are the elements of `wrt` in order. */
  readonly into: RecordBinding;
}

/**
 * A program that does all that `program` did and stores d output / d wrt into one more record, the last one but {@link TAPE}, which
 * is there only where loops or branches need it. The record of a chain of runs is {@link adjoint}'s.
 * @throws UserError E_DERIVATIVE for unknown fields, an output that is an array or is not assigned, and records of another size
 */
export function differentiate(program: Program, { output, wrt, into }: Differentiation): Program {
  const table = new NodeTable();
  const { body, locals } = copyProgram(program, table);
  const out = findField(program, output);
  if (out.length !== 1) throw derivativeError(`${output.record}.${output.field} is an array`, "differentiate a scalar field");
  requireAssigned(body, output, out.slot);
  const slots = wrt.flatMap((name) => {
    const { slot, length } = findField(program, name);
    return Array.from({ length }, (_, element) => keyOf({ record: name.record, slot: slot + element }));
  });
  const target = recordInfo(into);
  if (target.size !== slots.length || target.kind !== "lane") {
    const message = `the derivatives have ${slots.length} elements, record ${into.name} is ${target.kind} and has ${target.size}`;
    throw derivativeError(message, "give a lane record with one slot for each");
  }
  const leaves = findLeaves({ body });
  const tape = new Tape(TAPE, table, leaves);
  const unset = new Set(slots.keys());
  const memory = gradientRecord(table, { record: output.record, slot: out.slot }, slots, { name: into.name, unset });
  const isInput = ({ op }: Node) => op.kind === "load" && slots.includes(keyOf(op));
  const active = findActive(body, isInput, NO_JUMPS.selects);
  const reversal = new Reversal({
    ...{ table, tape, leaves, locals, memory, jumps: NO_JUMPS, active },
    rules: new DerivativeRules(table),
  });
  const backward = reversal.program(body, ({ store }) => {
    for (const slot of unset) store({ record: into.name, slot, index: undefined }, table.float(0));
  });
  const forward = wayForward({ body, tape, leaves, backward, keepsStores: true });
  const kept: RecordInfo[] = tape.size > 0 ? [{ name: TAPE, kind: "lane", size: tape.size }] : [];
  return prune(`${program.name} with derivatives`, [...program.records, target, ...kept], reversal.locals, [
    ...forward,
    ...backward,
  ]);
}

/** The derivative of one output, 1 at its last store, with respect to the slots of `slots`, in their order. */
function gradientRecord(
  table: NodeTable,
  output: Pick<Place, "record" | "slot">,
  slots: readonly string[],
  into: { readonly name: string; readonly unset: Set<number> },
): DerivativeMemory {
  let isTaken = false;
  return {
    take: (place) => {
      if (isTaken || place.index || keyOf(place) !== keyOf(output)) return undefined;
      isTaken = true;
      return table.float(1);
    },
    add: (place, weight, { store, load }) => {
      const slot = slots.indexOf(keyOf(place));
      if (place.index) {
        throw derivativeError(`${place.record} has an array that is loaded by element`, "write its elements out as fields");
      }
      if (slot < 0) return;
      const target = { record: into.name, slot, index: undefined };
      store(target, into.unset.delete(slot) ? weight : table.make({ kind: "add" }, [load(target), weight]));
    },
  };
}

const keyOf = ({ record, slot }: Pick<Place, "record" | "slot">): string => `${record}:${slot}`;

function requireAssigned(body: Block, { record, field }: FieldName, slot: number): void {
  let isStored = false;
  forEachStatement(body, (statement) => {
    if (statement.kind === "store" && statement.record === record && statement.slot === slot && !statement.index)
      isStored = true;
  });
  if (!isStored) throw derivativeError(`${record}.${field} is not assigned`, "differentiate a field that the function assigns");
}

function derivativeError(message: string, hint: string): UserError {
  return new UserError("E_DERIVATIVE", message, hint);
}

function findField(program: Program, { record, field }: FieldName): { readonly slot: number; readonly length: number } {
  const info: RecordInfo | undefined = program.records.find((known) => known.name === record);
  if (!info)
    throw derivativeError(
      `${program.name} has no record ${record}`,
      `use one of ${program.records.map((r) => r.name).join(", ")}`,
    );
  const found = info.fields?.get(field);
  if (found) return found;
  throw derivativeError(`record ${record} has no field ${field}`, `use one of ${[...(info.fields?.keys() ?? [])].join(", ")}`);
}
