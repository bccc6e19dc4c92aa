import type { Uses } from "../compiler/schema.js";
import { parseUnit } from "../compiler/trace/units.js";
import type { Economy } from "../env/economy.js";
import { resolveParams } from "../env/params.js";
import type { ActionSpec, ObservationSpec, ParamSpec, Values } from "../env/world.js";
import { STREAMS } from "./lanes.js";
import { type PlainRecords, plainPath, sweepBands } from "./plain-path.js";
import type { ValidationSpec } from "./spec.js";

/** What a quantity of each base unit is multiplied by; units that are not named stay. */
type Factors = Readonly<Record<string, number>>;

export interface ScalingRow {
  readonly name: string;
  readonly factor: number;
  /** Largest deviation of any state or flow from its own value times the factor of its unit, over the largest value that it has. */
  readonly deviation: number;
  /** Where that was. */
  readonly worst: string;
}

/** A power of two, so that exact arithmetic would be exactly the same. */
const FACTOR = 64;
const TOLERANCE = 1e-9;
export const scalesExactly = ({ deviation }: ScalingRow): boolean => deviation <= TOLERANCE;

export function factorOf(unit: string, factors: Factors): number {
  return parseUnit(unit).powers.reduce((product, [name, power]) => product * (factors[name] ?? 1) ** power, 1);
}

/** The same economy with everything that has a unit counted in other units: parameters, bands, bounds and constants. */
export function scaledEconomy(economy: Economy, factors: Factors): Economy {
  const param = (spec: ParamSpec): ParamSpec => times(spec, ["value", "low", "high"], factorOf(spec.unit, factors));
  const action = (spec: ActionSpec): ActionSpec =>
    times(spec, ["low", "high", "maxMove", "start"], factorOf(spec.unit, factors));
  const bound = (spec: ObservationSpec): ObservationSpec => times(spec, ["low", "high"], factorOf(spec.unit, factors));
  const { actions } = economy;
  return {
    ...economy,
    params: mapValues(economy.params, param),
    actions: actions.kind === "continuous" ? { ...actions, fields: mapValues(actions.fields, action) } : actions,
    observations: mapValues(economy.observations, bound),
    uses: scaledUses(economy.uses, economy.useUnits ?? {}, factors),
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

function times<T extends object>(spec: T, names: readonly (keyof T)[], factor: number): T {
  const changed = names.map((name) => [name, (spec[name] as number) * factor]);
  return { ...spec, ...Object.fromEntries(changed) };
}

function scaledUses(uses: Uses, units: Readonly<Record<string, string>>, factors: Factors): Uses {
  const changed = Object.entries(uses).map(([name, use]): [string, Uses[string]] => {
    const factor = factorOf(units[name] ?? "1", factors);
    if (factor === 1) return [name, use];
    if (typeof use === "number") return [name, use * factor];
    if (Array.isArray(use)) return [name, (use as readonly number[]).map((value) => value * factor)];
    return [name, use];
  });
  return Object.fromEntries(changed);
}

const SIZE = { days: 120, paths: 3 };

/**
 * Every state and flow scales as its unit says: tokens counted in other units (a split), and a network of another size. Requests
 * sweep their bands, the same shares of them in both.
 */
export function measureScaling({ economy, tokenUnits, sizeUnits }: ValidationSpec, seed: number): ScalingRow[] {
  const tokens = tokenUnits ?? [economy.token.symbol];
  const all = (units: readonly string[]) => Object.fromEntries(units.map((unit) => [unit, FACTOR]));
  return [
    { name: `a split: ${FACTOR} ${tokens.join(" and ")} for each`, ...compare(economy, all(tokens), seed) },
    { name: `a network ${FACTOR} times as large`, ...compare(economy, all([...tokens, "USD", ...sizeUnits]), seed) },
  ];
}

function compare(economy: Economy, factors: Factors, seed: number): Omit<ScalingRow, "name"> {
  const own: Values[] = [];
  const sizes: Values = {};
  live(economy, seed, (values) => {
    own.push(values);
    for (const [name, value] of Object.entries(values)) sizes[name] = Math.max(sizes[name] ?? 0, Math.abs(value));
  });
  let deviation = 0;
  let worst = "";
  let step = 0;
  live(scaledEconomy(economy, factors), seed, (values) => {
    for (const [name, was] of Object.entries(own[step]!)) {
      const unit = (name.startsWith("f.") ? economy.flows : economy.state)[name.slice(2).replace(/\[\d+\]$/, "")]!.unit;
      const scaled = values[name]! / factorOf(unit, factors);
      const here = scaled === was ? 0 : Math.abs(scaled - was) / Math.max(Math.abs(scaled), sizes[name]!);
      if (here <= deviation) continue;
      deviation = here;
      worst = name;
    }
    step++;
  });
  return { factor: FACTOR, deviation, worst };
}

function live(economy: Economy, seed: number, onDay: (values: Values) => void): void {
  const controller = sweepBands(economy);
  for (let episode = 0; episode < SIZE.paths; episode++) {
    const options = { params: resolveParams(economy), steps: SIZE.days, controller, seed, episode, streams: STREAMS };
    for (const records of plainPath(economy, options)) onDay(flat(records));
  }
}

/** All elements of state and flows by name. */
function flat({ s, f }: PlainRecords): Values {
  const all: Values = {};
  for (const [prefix, record] of Object.entries({ "s.": s, "f.": f })) {
    for (const [name, value] of Object.entries(record) as [string, number | readonly number[]][]) {
      if (typeof value === "number") all[prefix + name] = value;
      else for (const [i, element] of value.entries()) all[`${prefix}${name}[${i}]`] = element;
    }
  }
  return all;
}
