import type { FieldSpec, RecordBinding, RecordSpec, Uses } from "../../compiler/schema.js";
import { UserError } from "../../core/errors.js";
import type { EnvSpec, StepInfo } from "../contract.js";
import { whyOutside } from "../spaces.js";
import type { Values, World } from "../world.js";
import type { LaneValues } from "./records.js";

/** The functions of the lane driver on plain records, uncompiled: a debugger steps through them. */
export interface PlainLane<Records, Driver> {
  readonly records: Records;
  /** Calls one of the driver's functions. */
  readonly call: (run: (records: Records, u: Driver) => void) => void;
}

/**
 * @param bindings as the driver's functions take them
 * @param uses     the same group that compiled programs get
 */
export function plainLane<Records, Driver>(
  bindings: Readonly<Record<string, RecordBinding>>,
  uses: Uses,
): PlainLane<Records, Driver> {
  // Bindings and uses have no types of their fields; the functions' own are those that the bindings were made for.
  const records = Object.fromEntries(
    Object.entries(bindings).map(([name, binding]) => [name, zeroFields(binding.fields)]),
  ) as Records;
  return { records, call: (run) => run(records, uses as Driver) };
}

/** A record with all numbers and arrays at 0; array fields are plain arrays, as the compiler's subset has them. */
export function zeroFields(fields: RecordSpec): Record<string, number | number[]> {
  const zero = ({ length }: FieldSpec) => (length === undefined ? 0 : new Array<number>(length).fill(0));
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, zero(field)]));
}

/** @throws UserError `E_ACTION` for an action outside of the space */
export function checkAction(spec: EnvSpec, action: ArrayLike<number> | number | undefined, what: string, space: string): void {
  const why = whyOutside(spec.actionSpace, action, spec.actionNames);
  if (why !== undefined) throw new UserError("E_ACTION", `${what}: ${why}`, `clip the action to ${space} before the step`);
}

/** @param action checked, in the action's units; for a discrete space the choice */
export function requestAction({ requested }: LaneValues, { actionNames }: EnvSpec, action: ArrayLike<number> | number): void {
  for (const [i, name] of actionNames.entries()) requested[name] = typeof action === "number" ? action : action[i]!;
}

export function readInfo(world: World, records: LaneValues): StepInfo {
  const { lane, params, requested, due, flows, terms } = records;
  return {
    episode: lane.episode,
    day: lane.day,
    params: Object.fromEntries(world.varying.map((name) => [name, params[name]!])),
    requested: { ...requested },
    due: { ...due },
    applied: actionInForce(records),
    breakers: scalars(records.breakers),
    flows: { ...flows },
    terms: { ...terms },
  };
}

/** The applied action without the breakers' limits of the day. */
export function actionInForce({ requested, applied }: LaneValues): Values {
  return Object.fromEntries(Object.keys(requested).map((name) => [name, applied[name]!]));
}

export function toArray(record: Readonly<Values>): Float64Array {
  return Float64Array.from(Object.values(record));
}

/** The fields that are no rings. */
function scalars(record: object): Values {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => typeof value === "number"));
}
