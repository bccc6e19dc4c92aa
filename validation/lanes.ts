import { buildLanePrograms, buildRulePrograms } from "../agents/rollout/programs.js";
import type { Rule } from "../agents/rules/rule.js";
import { ruleValues } from "../agents/rules/rule-values.js";
import type { Program } from "../compiler/ir/program.js";
import { layoutRecord, type RecordBinding } from "../compiler/schema.js";
import { stream } from "../core/random.js";
import { parseLimits } from "../env/breakers/limits.js";
import type { Economy } from "../env/economy.js";
import { ringPositions } from "../env/lane/clock.js";
import { allocateLanes, recordSize } from "../env/lane/memory.js";
import { resolveParams, resolveWeights } from "../env/params.js";

/** Reads the world of one path after a step. Array fields take an element. */
export interface Read {
  readonly s: (name: string, element?: number) => number;
  readonly f: (name: string, element?: number) => number;
  readonly a: (name: string) => number;
}
export type Figure = (read: Read) => number;

/** One element of a state field on all paths, to be changed between two steps. */
export type StateColumn = (name: string, element?: number) => Float32Array;

/** How a set of paths is lived. Paths of the same index meet the same shocks under every way. */
export interface Way {
  readonly rule: Rule;
  readonly scenario?: string;
  readonly params?: Readonly<Record<string, number>>;
  /** Requested in place of what the rule asks for. */
  readonly hold?: Readonly<Record<string, number>>;
  /** Share of a day by which every decision takes effect late: until then the old one holds. */
  readonly late?: number;
  /** Changes the state before the step of a day, counted from 0. */
  readonly intervene?: (day: number, state: StateColumn) => void;
}

export interface PathCount {
  readonly paths: number;
  readonly days: number;
  readonly seed: number;
}

/** A figure of every day of one path, by name; beside those asked for there are always {@link STANDARD}. */
export type PathSeries = Readonly<Record<string, Float64Array>>;

/** Read on every path; `ruined` is 1 from the day on which the episode would have ended. */
const STANDARD = ["price", "exogenous", "supply", "minted", "burned", "service", "reward", "ruined"] as const;

/** First streams of the random numbers: a block of markets of its own. */
export const STREAMS = {
  market: stream("market", "test", 901),
  scenario: stream("scenario", "test", 901),
  reset: stream("reset", "test", 901),
  policy: stream("policy", "test", 901),
};

/**
 * Lives paths on the compiled lane driver in WASM (float32), one control step a day, without circuit breakers (the band and the largest move
 * of an action stay). Ruined worlds live on, so that every path has all its days.
 */
export function recordPaths(
  economy: Economy,
  way: Way,
  { paths, days, seed }: PathCount,
  figures: Readonly<Record<string, Figure>> = {},
): PathSeries[] {
  const params = resolveParams(economy, { params: way.params, scenario: way.scenario });
  const memory = compile(economy, way.rule, params, paths);
  const { column } = memory;
  const put = (record: string, field: string, value: number) => column(record, field).fill(value);
  const control = { ...STREAMS, numLanes: 0, noiseDay: 0, randomise: 0, autoreset: 0 };
  for (const [name, value] of Object.entries({ ...control, seed, horizon: days })) put("control", name, value);
  for (const name of memory.fields("params")) column("params", name).fill(params[name]!);
  column("lane", "episode").set(Array.from({ length: paths }, (_, i) => i));
  const names = [...STANDARD, ...Object.keys(figures)];
  const daily = Object.fromEntries(names.map((name) => [name, new Float64Array(paths * days)]));
  const requests = decisions(economy, way, column);
  const setClock = (day: number) => {
    for (const [name, slot] of Object.entries(ringPositions(economy, day))) put("control", name, slot);
  };
  setClock(0);
  memory.reset();
  for (let day = 0; day < days; day++) {
    setClock(day);
    memory.decide();
    requests();
    way.intervene?.(day, (name, element) => column("state", name, element) as Float32Array);
    memory.step();
    captureDay(memory, figures, daily, day, { paths, days });
  }
  return Array.from({ length: paths }, (_, i) =>
    Object.fromEntries(names.map((name) => [name, daily[name]!.subarray(i * days, (i + 1) * days)])),
  );
}

type Memory = ReturnType<typeof compile>;

function captureDay(
  { column, reader }: Memory,
  figures: Readonly<Record<string, Figure>>,
  daily: Readonly<Record<string, Float64Array>>,
  day: number,
  { paths, days }: Pick<PathCount, "paths" | "days">,
): void {
  for (const name of STANDARD) {
    if (name === "ruined") continue;
    const from = name === "reward" ? column("lane", "reward") : column("flows", name);
    const to = daily[name]!;
    for (let i = 0; i < paths; i++) to[i * days + day] = from[i]!;
  }
  const [ended, ruined] = [column("lane", "terminated"), daily["ruined"]!];
  for (let i = 0; i < paths; i++) {
    const before = day > 0 ? ruined[i * days + day - 1]! : 0;
    ruined[i * days + day] = Math.max(before, ended[i]!);
  }
  for (const [name, figure] of Object.entries(figures)) {
    const to = daily[name]!;
    for (let i = 0; i < paths; i++) to[i * days + day] = figure(reader(i));
  }
}

/** Replaces held actions in the requests and delays all of them by a share of the day. */
function decisions(economy: Economy, { hold = {}, late = 0 }: Way, column: Memory["column"]): () => void {
  const fields = economy.actions.kind === "continuous" ? economy.actions.fields : {};
  for (const name of Object.keys(hold)) {
    if (!(name in fields)) throw new Error(`internal: ${economy.id} has no action ${name}`);
  }
  const before = new Map(Object.entries(fields).map(([name, { start }]) => [name, column("requested", name).map(() => start)]));
  return () => {
    for (const [name, value] of Object.entries(hold)) column("requested", name).fill(value);
    if (late === 0) return;
    for (const [name, old] of before) {
      const wanted = column("requested", name);
      for (let i = 0; i < wanted.length; i++) {
        const now = wanted[i]!;
        wanted[i] = now + late * (old[i]! - now);
        old[i] = now;
      }
    }
  };
}

function compile(economy: Economy, rule: Rule, params: Readonly<Record<string, number>>, paths: number) {
  const limits = parseLimits({ dailySupplyCap: 1, windowSupplyCap: 1, tripDrawdown: 1 });
  const lane = buildLanePrograms(economy, { weights: resolveWeights(economy), limits, params });
  const brain = buildRulePrograms(rule, lane.records, { memory: "memory", params: "ruleParams" });
  const records = [...Object.values(lane.records), brain.memory, brain.params] as readonly RecordBinding[];
  const { compile: bind, column } = planMemory(economy, records, paths);
  const [start, reset] = [bind(brain.start), bind(lane.reset)];
  for (const [name, value] of Object.entries(ruleValues(rule))) column("ruleParams", name).fill(value);
  return {
    decide: bind(brain.act),
    step: bind(lane.step),
    reset: () => {
      reset();
      start();
    },
    column,
    fields: (record: string) => [...layoutRecord(records.find(({ name }) => name === record)!).slots.keys()],
    reader: readerOf(column),
  };
}

/** Struct of arrays in WASM memory; a column is one element of a field on all paths, or the one value of a uniform field. */
function planMemory(economy: Economy, records: readonly RecordBinding[], paths: number) {
  const capacity = Math.ceil(paths / 4) * 4;
  const places = new Map<string, number>();
  let size = 0;
  for (const record of records) {
    places.set(record.name, size);
    size += recordSize(record, capacity);
  }
  const memory = allocateLanes("wasm", { size, capacity, lanes: capacity });
  const known = new Map<string, Column>();
  const make = (name: string, field: string, element: number): Column => {
    const record = records.find((binding) => binding.name === name)!;
    if (!layoutRecord(record).slots.has(field)) throw new Error(`internal: ${economy.id} has no ${name}.${field}`);
    const view = memory.view(record, places.get(name)!, field) as Column;
    return record.kind === "lane" ? view.subarray(element * capacity, element * capacity + paths) : view;
  };
  const column = (record: string, field: string, element = 0): Column => {
    const key = `${record} ${field} ${element}`;
    const found = known.get(key) ?? make(record, field, element);
    known.set(key, found);
    return found;
  };
  return { compile: (program: Program) => memory.compile(program, places), column };
}

type Column = Float32Array | Uint32Array;

/** One reader that is moved from path to path: a million of them would be made otherwise. */
function readerOf(column: (record: string, field: string, element?: number) => Column): (path: number) => Read {
  let path = 0;
  const from = (record: string) => {
    const columns = new Map<string, Column[]>();
    return (name: string, element = 0) => {
      const elements = columns.get(name) ?? [];
      if (elements.length === 0) columns.set(name, elements);
      elements[element] ??= column(record, name, element);
      return elements[element]![path]!;
    };
  };
  const read: Read = { s: from("state"), f: from("flows"), a: from("applied") };
  return (next) => {
    path = next;
    return read;
  };
}
