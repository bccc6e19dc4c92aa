import type { Decimal } from "decimal.js";
import { type DecimalValue, emitDecimal } from "../compiler/decimal/emit-decimal.js";
import { layoutRecord, type RecordBinding } from "../compiler/schema.js";
import { buildProgram } from "../compiler/trace/build-program.js";
import { UserError } from "../core/errors.js";
import { SUPPLY_WINDOW } from "./breakers.js";
import type { Economy } from "./economy.js";
import { laneUses, laneUseUnits, resetLane, stepLane } from "./lane.js";
import { type LaneRecords, laneRecords } from "./lane-records.js";
import { scenarioOverrides } from "./params.js";
import type { EnvSettings } from "./settings.js";

/** One lane of an economy on the ledger: decimal arithmetic, every flow of tokens in whole base units. */
export interface ExactLane {
  readonly reset: (seed: number, episode: number) => void;
  /**
   * One control step; the books are checked after it.
   * @param requested actions in their own units, in the world's order
   * @throws UserError `E_BOOKS` when the balances and the journal of minted and burned tokens differ by a single base unit
   */
  readonly step: (requested: readonly number[]) => void;
  /** The value of a field, exact; counters as numbers. */
  readonly read: (record: keyof LaneRecords, field: string) => Decimal | number;
  /** Names of the scalar fields. */
  readonly fields: (record: keyof LaneRecords) => readonly string[];
}

/** Compiles the lane driver, breakers included, for the decimal ledger. */
export function createExactLane(economy: Economy, settings: EnvSettings): ExactLane {
  const records = laneRecords(economy, settings.lane.params);
  const memory = ledgerMemory(economy, settings, records);
  const journal = keepJournal(economy, memory.read);
  const { put } = memory;
  const actions = Object.keys(records.q.fields);
  const control = { ...settings.streams, numLanes: 1, randomise: 0, autoreset: 0, horizon: settings.horizon };
  let clock = 0;
  const setClock = () => {
    put("c", "supplySlot", clock % SUPPLY_WINDOW);
    put("c", "actionSlot", clock % Math.max(1, economy.actionDelay));
    put("c", "observationSlot", clock % Math.max(1, economy.observationDelay));
  };
  return {
    reset: (seed, episode) => {
      clock = 0;
      const start = { ...settings.lane.params, ...scenarioOverrides(economy, settings.scenario) };
      for (const name of layoutRecord(records.p).slots.keys()) put("p", name, start[name]!);
      for (const [name, value] of Object.entries({ ...control, seed })) put("c", name, value);
      put("l", "episode", episode);
      setClock();
      memory.reset();
      journal.open();
    },
    step: (requested) => {
      for (const [i, name] of actions.entries()) put("q", name, requested[i]!);
      setClock();
      memory.step();
      clock++;
      journal.check(clock);
    },
    read: memory.read,
    fields: (record) => {
      const { fields } = records[record];
      return [...layoutRecord(records[record]).slots.keys()].filter((name) => fields[name]!.length === undefined);
    },
  };
}

function ledgerMemory(economy: Economy, settings: EnvSettings, records: LaneRecords) {
  const bindings: readonly RecordBinding[] = Object.values(records);
  const lane = { uses: laneUses(economy, settings.lane), useUnits: laneUseUnits(economy), records: bindings };
  const compile = (name: string, step: typeof stepLane) => {
    const program = buildProgram({ name: `${economy.id} ${name}`, step, ...lane });
    return { program, kernel: emitDecimal(program, { decimals: economy.token.decimals }) };
  };
  const step = compile("step", stepLane);
  const reset = compile("reset", resetLane);
  const { Decimal } = step.kernel;
  const views = new Map(bindings.map((binding) => [binding.name, zeros(binding, Decimal)]));
  const slotOf = (record: string, field: string) => layoutRecord(records[record as keyof LaneRecords]).slots.get(field)!;
  const inOrder = ({ program }: typeof step) => program.records.map(({ name }) => views.get(name)!);
  return {
    step: () => step.kernel.run(inOrder(step)),
    reset: () => reset.kernel.run(inOrder(reset)),
    read: (record: keyof LaneRecords, field: string): DecimalValue => views.get(record)![slotOf(record, field)]!,
    put: (record: keyof LaneRecords, field: string, value: number) => {
      const type = records[record].fields[field]!.type ?? "float";
      views.get(record)![slotOf(record, field)] = type === "float" ? new Decimal(value) : value;
    },
  };
}

/** Counters and keys are numbers, everything else is decimal. */
function zeros(binding: RecordBinding, arithmetic: typeof Decimal): DecimalValue[] {
  const values: DecimalValue[] = new Array(layoutRecord(binding).size);
  for (const [name, slot] of layoutRecord(binding).slots) {
    const { type = "float", length = 1 } = binding.fields[name]!;
    for (let i = 0; i < length; i++) values[slot + i] = type === "float" ? new arithmetic(0) : 0;
  }
  return values;
}

/** Books kept apart from the accounts: what was there at the start, plus everything minted, minus everything burned. */
function keepJournal({ balances, flows, id, token }: Economy, read: ExactLane["read"]) {
  const amount = (record: "s" | "f", name: string) => read(record, name) as Decimal;
  const accounts = () => balances.map((name) => amount("s", name));
  const sum = () => accounts().reduce((total, balance) => total.plus(balance));
  const tokenFlows = Object.keys(flows).filter((name) => flows[name]!.unit === token.symbol && name !== "supply");
  let booked: Decimal;
  let before: readonly Decimal[];
  /** What a reader needs to find the leak: the flow of just that size, if there is one, and all that moved. */
  const explain = (difference: Decimal) => {
    const size = difference.abs();
    const same = tokenFlows.filter((name) => amount("f", name).abs().eq(size));
    const moves = accounts().map((balance, i) => `change of ${balances[i]} ${balance.minus(before[i]!).toFixed()}`);
    const booking = ["minted", "burned"].map((name) => `${name} ${amount("f", name).toFixed()}`);
    const suspect = same.length > 0 ? `, as much as the flow ${same.join(" or ")}` : "";
    return `accounts minus journal is ${difference.toFixed()} ${token.symbol}${suspect}; ${[...booking, ...moves].join(", ")}`;
  };
  const odd = (name: string, balance: Decimal) => {
    const why = balance.lt(0) ? "below 0" : `not a whole number of base units of 1e-${token.decimals}`;
    return `${name} is ${balance.toFixed()} ${token.symbol}, ${why}`;
  };
  return {
    open: () => {
      booked = sum();
      before = accounts();
    },
    check: (day: number) => {
      booked = booked.plus(amount("f", "minted")).minus(amount("f", "burned"));
      const difference = sum().minus(booked);
      const split = accounts().findIndex((balance) => balance.lt(0) || balance.decimalPlaces() > token.decimals);
      if (!difference.isZero() || split >= 0) {
        const what = split < 0 ? explain(difference) : odd(balances[split]!, accounts()[split]!);
        const message = `the books of ${id} do not balance on day ${day}: ${what}`;
        throw new UserError("E_BOOKS", message, "count each flow once on every account that it touches, through units()");
      }
      for (const [flow, limit] of [
        ["minted", "mintLimit"],
        ["burned", "burnLimit"],
      ] as const) {
        const [did, most] = [amount("f", flow), read("a", limit) as Decimal];
        if (did.lte(most)) continue;
        const message = `${id} ${flow} ${did.toFixed()} ${token.symbol} on day ${day}, the breakers allow ${most.toFixed(token.decimals)}`;
        throw new UserError("E_BOOKS", message, `take Math.min of the flow and a.${limit} before units()`);
      }
      before = accounts();
    },
  };
}
