import { UserError } from "../../core/errors.js";
import { prune } from "../analysis/prune.js";
import { NodeTable } from "../ir/node-table.js";
import type { Node, Program, RecordInfo } from "../ir/program.js";
import { findActive } from "./active.js";
import { copyProgram } from "./copy.js";
import { type ClampSlopes, DerivativeRules } from "./derivative-rules.js";
import { findJumps } from "./jumps.js";
import { findLeaves } from "./leaves.js";
import { findLive } from "./live.js";
import { derivativeRecords } from "./memory.js";
import { Reversal } from "./reversal.js";
import { TAPE, Tape } from "./tape.js";
import { wayForward } from "./way-forward.js";

export interface AdjointOptions {
  /** Lane records whose derivatives are followed; all others are taken for constants. */
  readonly wrt: readonly string[];
  /** What clamps pass on; default `exact`. */
  readonly clamps?: ClampSlopes;
  /**
   * Jumps that are smoothed, by the field that they are stored to, as `terms.ruin`: where comparisons decide between two
   * constants, the derivative is that of a logistic curve between them, with this width in units of what is compared. Where the
   * constants are 0 and 1 the field is a flag, and what it decides is smoothed too: the derivative with respect to it is the
   * difference that it makes. Values stay as they are.
   */
  readonly jumps?: Readonly<Record<string, number>>;
  /**
   * The fields that are worth something by themselves after a run, as `lane.reward`, or whole records; by default all. All other
   * derivatives are 0 after the last run of a chain: what only they would count for is left out.
   */
  readonly seeds?: readonly string[];
}

/** Name of the record that holds a record's derivatives. */
export const adjointName = (record: string): string => `${record}Adjoint`;

/**
 * The program that carries derivatives one run backwards (reverse mode): loops stay loops, branches branches.
 *
 * It takes the records as they are before the run, and for each record of `wrt` one more of the same layout, which holds the
 * derivatives of some number with respect to the record's values after the run, and afterwards those with respect to its values
 * before. So a chain of runs is followed from its end to its start, with the records before each of them; what the last run's values
 * are worth is put in at the start. The records themselves are only read: their arrays may be changed on the way, their scalars not.
 *
 * min, max, clamp, select and abs pass on the derivative of the side that is taken, see {@link DerivativeRules}.
 * @returns a program with the records of `program`, those of the derivatives in the order of `wrt`, and {@link TAPE}
 * @throws UserError E_DERIVATIVE for a record that is not there or not one value per lane
 */
export function adjoint(program: Program, { wrt, clamps = "exact", jumps = {}, seeds }: AdjointOptions): Program {
  const derivatives = wrt.map((name) => adjointRecord(program, name));
  const table = new NodeTable();
  const { body, locals } = copyProgram(program, table);
  const leaves = findLeaves({ body });
  const tape = new Tape(TAPE, table, leaves);
  const smoothed = findJumps(program, body, jumps);
  const isLive = seeds
    ? findLive(
        body,
        smoothed.selects,
        seeds.flatMap((path) => slotsOf(program, path)),
      )
    : () => true;
  const isInput = ({ op }: Node) => op.kind === "load" && wrt.includes(op.record) && isLive(op);
  const memory = derivativeRecords(table, body, (place) =>
    wrt.includes(place.record) && isLive(place) ? adjointName(place.record) : undefined,
  );
  const reversal = new Reversal({
    ...{ table, tape, leaves, locals, memory, jumps: smoothed },
    rules: new DerivativeRules(table, clamps),
    active: findActive(body, isInput, smoothed.selects),
  });
  const backward = reversal.program(body, memory.finish);
  const forward = wayForward({ body, tape, leaves, backward, keepsStores: false });
  const records: RecordInfo[] = [...program.records, ...derivatives, { name: TAPE, kind: "lane", size: tape.size }];
  return prune(`${program.name} backwards`, records, reversal.locals, [...forward, ...backward]);
}

/** @param path a record or one of its fields */
function slotsOf(program: Program, path: string): readonly { readonly record: string; readonly slot: number }[] {
  const [name = "", field] = path.split(".");
  const fields = program.records.find((record) => record.name === name)?.fields;
  const places = field === undefined && fields ? [...fields.values()] : [fields?.get(field ?? "")];
  return places.map((place) => {
    if (place) return { record: name, slot: place.slot };
    throw new UserError("E_DERIVATIVE", `${program.name} has no field ${path}`, "name a stored field, as lane.reward");
  });
}

function adjointRecord(program: Program, name: string): RecordInfo {
  const info = program.records.find((record) => record.name === name);
  if (info?.kind === "lane") return { ...info, name: adjointName(name) };
  const lanes = program.records.filter((record) => record.kind === "lane").map((record) => record.name);
  const why = info ? `${name} is the same for all lanes` : `${program.name} has no record ${name}`;
  throw new UserError("E_DERIVATIVE", why, `use some of ${lanes.join(", ")}`);
}
