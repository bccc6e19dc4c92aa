import { findHazards, type Hazard, reachableMemory } from "../compiler/analysis/hazards.js";
import { ANY, type Interval, interval, TINY, WORD } from "../compiler/analysis/interval.js";
import { type IntervalMemory, walkProgram } from "../compiler/analysis/interval-walk.js";
import type { Program } from "../compiler/ir/program.js";
import type { FieldSpec, RecordBinding } from "../compiler/schema.js";
import { layoutRecord } from "../compiler/schema.js";
import { UserError } from "../core/errors.js";
import { isEconomy } from "./economy.js";
import { ringLengths } from "./lane/clock.js";
import { lanePrograms } from "./lane/programs.js";
import { parseEnvOptions } from "./settings.js";
import type { World } from "./world.js";

/**
 * Quotients of a world whose divisor can be 0, logarithms of what can be 0 or less and roots of what can be less than 0, while all
 * parameters lie in their ranges and all actions in their bands: by interval analysis of the compiled step. It knows nothing of how
 * numbers belong together (`x - x * share`), so it may warn of what cannot happen; of an operand that depends on state without known
 * bounds it says nothing.
 * @throws UserError E_STEP_* where a function of the world is outside of the compiler's subset
 */
export function worldHazards(world: World): readonly Hazard[] {
  const known = analysed.get(world);
  if (known) return known;
  const found = analyse(world);
  analysed.set(world, found);
  return found;
}

/** Worlds do not change. */
const analysed = new WeakMap<World, readonly Hazard[]>();

function analyse(world: World): readonly Hazard[] {
  const { records, reset, step } = loosePrograms(world);
  const keep = (memory: IntervalMemory) => {
    for (const record of records) {
      const given = givenValues(world, record);
      if (given) memory.set(record.name, given);
    }
    settleBalances(world, memory);
  };
  const start: IntervalMemory = new Map(records.map((record) => [record.name, anyValues(record)]));
  keep(start);
  const beforeReset = new Map(start);
  walkProgram(reset, start);
  keep(start);
  const found = [...findHazards(reset, beforeReset), ...findHazards(step, reachableMemory(step, start, keep))];
  const places = new Map(found.map((hazard) => [placeOf(hazard), hazard]));
  return [...places.values()];
}

/** The ledger refuses accounts below 0; whether one of them can be emptied is not known where the analysis would overdraw it. */
function settleBalances(world: World, memory: IntervalMemory): void {
  if (!isEconomy(world)) return;
  const { slots } = layoutRecord({ name: "state", kind: "lane", fields: world.state });
  const state = memory.get("state")!;
  for (const name of world.balances) {
    const slot = slots.get(name)!;
    const { low, high } = state[slot]!;
    if (low < 0) state[slot] = interval(TINY, Math.max(high, TINY));
  }
}

function placeOf({ origin }: Hazard): string {
  return `${origin.name} ${origin.line}:${origin.column} ${origin.text}`;
}

interface Loose {
  readonly records: readonly RecordBinding[];
  readonly reset: Program;
  readonly step: Program;
}

/** The lane driver with every parameter free; with those of an episode free where some must be known to the compiler. */
function loosePrograms(world: World): Loose {
  try {
    return buildPrograms({ ...world, varying: Object.keys(world.params) });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return buildPrograms(world);
  }
}

function buildPrograms(world: World): Loose {
  const { records, step, reset } = lanePrograms(world, parseEnvOptions(world, {}).lane);
  return { records: Object.values(records), step, reset };
}

/** Values of a record that no step changes: parameters, what is asked for, and the driver's controls. */
function givenValues(world: World, record: RecordBinding): Interval[] | undefined {
  switch (record.name) {
    case "params":
      return slotsOf(record, (name) => interval(world.params[name]!.low, world.params[name]!.high));
    case "requested":
      return slotsOf(record, (name) => {
        if (world.actions.kind === "discrete") return interval(0, world.actions.count - 1);
        const { low, high } = world.actions.fields[name]!;
        return interval(low, high);
      });
    case "control":
      return slotsOf(record, (name, field) => controlValues(world, name, field));
    default:
      return undefined;
  }
}

function controlValues(world: World, name: string, field: FieldSpec): Interval {
  switch (name) {
    case "supplySlot":
    case "actionSlot":
    case "observationSlot":
      return interval(0, ringLengths(world)[name] - 1);
    case "horizon":
      return interval(1, 1_000_000);
    // The start of every episode is looked at by itself.
    case "autoreset":
      return interval(0, 0);
    default:
      return field.type === "u32" ? WORD : interval(0, 1);
  }
}

function anyValues(record: RecordBinding): Interval[] {
  return slotsOf(record, (_, { type }) => (type === "u32" ? WORD : ANY));
}

function slotsOf(record: RecordBinding, valuesOf: (name: string, field: FieldSpec) => Interval): Interval[] {
  const slots: Interval[] = [];
  if (record.kind === "scratch") return slots;
  for (const [name, slot] of layoutRecord(record).slots) {
    const field = record.fields[name]!;
    for (let i = 0; i < (field.length ?? 1); i++) slots[slot + i] = valuesOf(name, field);
  }
  return slots;
}
