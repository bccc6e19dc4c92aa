import type { Program } from "../../compiler/ir/program.js";
import { type FieldSpec, layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import type { Economy } from "../../env/economy.js";
import { ringLengths } from "../../env/lane/clock.js";
import { lanePrograms } from "../../env/lane/programs.js";
import { CONTROL, type LaneRecords } from "../../env/lane/records.js";
import { parseEnvOptions } from "../../env/settings.js";
import { emitPython } from "./emit-python.js";

/**
 * Python source of the whole control step of an economy (delays, breakers, economy, objective, costs, end of episode, autoreset,
 * observation) and of its reset, for arrays and for plain numbers, with the tables that a driver needs.
 * @param precision bits of a float
 */
export function economyModule(economy: Economy, precision: 32 | 64 = 32): string {
  const { lane } = parseEnvOptions(economy, {});
  const { records, step, reset } = lanePrograms(economy, lane);
  const arrays = new Set(
    listFields(records)
      .filter(([, [, length]]) => length > 0)
      .map(([key]) => key),
  );
  return [
    `"""The control step of ${economy.id}, written by bench/peers/economy-module.ts from the economy's own source."""`,
    "import math",
    "",
    "from arrays import pcg4d_number as pcg4d",
    "",
    tables(economy, records, precision),
    "",
    ...functions(step, "step", precision, arrays),
    ...functions(reset, "reset", precision, arrays),
  ].join("\n");
}

function functions(program: Program, name: string, precision: 32 | 64, arrays: ReadonlySet<string>): string[] {
  return [
    "",
    emitPython(program, { name, dialect: "arrays", precision, arrays }),
    "",
    emitPython(program, { name: `${name}_scalar`, dialect: "scalar", precision: 64, arrays }),
  ];
}

/** Constants of the module: JSON that is Python too. */
function tables(economy: Economy, records: LaneRecords, precision: 32 | 64): string {
  const { lane, horizon, streams } = parseEnvOptions(economy, {});
  const { actions, constraints } = economy;
  if (actions.kind !== "continuous")
    throw new RangeError(`the Python peers have continuous actions only, ${economy.id} has not`);
  const control = Object.fromEntries(
    Object.entries<FieldSpec>(CONTROL).map(([name, { type }]) => [name, KINDS[type ?? "float"]]),
  );
  const ranges = Object.entries(actions.fields).map(([name, { low, high, start }]) => [
    `requested.${name}`,
    [low, high, start],
  ]);
  const params = [...layoutRecord(records.params).slots.keys()].map((name) => [`params.${name}`, lane.params[name]]);
  const constants: Readonly<Record<string, unknown>> = {
    ECONOMY: economy.id,
    PRECISION: precision,
    HORIZON: horizon,
    STREAMS: streams,
    RINGS: ringLengths(economy),
    CONTROL: control,
    FIELDS: Object.fromEntries(listFields(records)),
    ACTIONS: Object.fromEntries(ranges),
    OBSERVATIONS: Object.keys(economy.observations).map((name) => `observation.${name}`),
    FINAL_OBSERVATIONS: Object.keys(economy.observations).map((name) => `lastObservation.${name}`),
    COSTS: Object.keys(constraints).map((name) => `costs.${name}`),
    PARAMS: Object.fromEntries(params),
  };
  return Object.entries(constants)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join("\n");
}

const KINDS = { float: "f", u32: "u", index: "i" } as const;

/** Every lane field as `record.field` with its kind and number of elements, 0 for a number. */
function listFields(records: LaneRecords): [string, [string, number]][] {
  return Object.values(records).flatMap((record: RecordBinding) => {
    if (record.kind !== "lane") return [];
    return [...layoutRecord(record).slots.keys()].map((field): [string, [string, number]] => {
      const { type = "float", length = 0 } = record.fields[field]!;
      return [`${record.name}.${field}`, [KINDS[type], length]];
    });
  });
}
