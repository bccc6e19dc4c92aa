import type { Decimal } from "decimal.js";
import { type DecimalValue, emitDecimal } from "../../compiler/decimal/emit-decimal.js";
import type { Program } from "../../compiler/ir/program.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { parseReset } from "../episode-start.js";
import type { PerAgent } from "./contract.js";
import { agentPrograms, SECTOR, sectorPrograms } from "./kernel.js";
import { type AgentPlan, planWars, type WarsOptions, type WarsPlan } from "./plan.js";
import { capitalAccounts, SECTOR_DECIMALS } from "./sector.js";
import { controlValues, slotsAt } from "./wars.js";

/** One world of several economies on the ledger: tokens in whole base units, the sector's capital in whole micro-USD. */
export interface ExactWars {
  readonly reset: (seed: number, episode: number) => void;
  /**
   * One control step; all books are checked after it.
   * @param requested actions by agent in their own units, in the world's order; agents that have ended need none
   * @throws Error when the tokens of an economy and its journal, or the sector's capital and its inflow, differ by one unit
   */
  readonly step: (requested: PerAgent<readonly number[]>) => void;
  /** The value of a field, exact; counters as numbers. The sector's state is the record `g` of {@link SECTOR}. */
  readonly read: (agent: string, record: string, field: string) => Decimal | number;
}

/** @throws UserError for a bad set-up */
export function createExactWars(options: WarsOptions): ExactWars {
  return exactWars(planWars(options));
}

export function exactWars(plan: WarsPlan): ExactWars {
  const books = ledger(plan);
  const journals = [...plan.agents.map((agent) => tokenJournal(agent, books.read)), capitalJournal(plan, books.read)];
  let clock = 0;
  return {
    reset: (seed, episode) => {
      clock = 0;
      for (const agent of plan.agents) {
        const start = parseReset(agent.economy, agent.settings, {});
        const control = {
          ...controlValues(agent, seed, plan.horizon),
          ...slotsAt(agent, 0),
          numLanes: 0,
          randomise: +start.randomise,
        };
        for (const [name, value] of Object.entries(control)) books.put(agent.id, "c", name, value);
        for (const name of layoutRecord(agent.records.p).slots.keys()) books.put(agent.id, "p", name, start.params[name]!);
        books.put(agent.id, "l", "episode", episode);
        books.put(agent.id, "y", "over", 1);
      }
      books.put(SECTOR, "g", "over", 1);
      books.restart();
      for (const journal of journals) journal.open();
    },
    step: (requested) => {
      for (const agent of plan.agents) {
        agent.spec.actionNames.forEach((name, i) => {
          const value = requested[agent.id]?.[i];
          if (value !== undefined) books.put(agent.id, "q", name, value);
        });
        for (const [name, value] of Object.entries(slotsAt(agent, clock))) books.put(agent.id, "c", name, value);
      }
      books.step();
      clock++;
      for (const journal of journals) journal.check(clock);
    },
    read: books.read,
  };
}

interface Holder {
  readonly records: readonly RecordBinding[];
  readonly views: ReadonlyMap<string, DecimalValue[]>;
  /** Step and restart. */
  readonly kernels: readonly (() => void)[];
  readonly number: (value: number) => Decimal;
}

function hold(records: readonly RecordBinding[], programs: readonly Program[], decimals: number): Holder {
  const kernels = programs.map((program) => ({ program, kernel: emitDecimal(program, { decimals }) }));
  const number = (value: number) => new kernels[0]!.kernel.Decimal(value);
  const views = new Map(records.map((record) => [record.name, zeros(record, number)]));
  return {
    records,
    views,
    kernels: kernels.map(({ program, kernel }) => {
      const inOrder = program.records.map(({ name }) => views.get(name)!);
      return () => kernel.run(inOrder);
    }),
    number,
  };
}

/** Counters and keys are numbers, everything else is decimal. */
function zeros(record: RecordBinding, number: Holder["number"]): DecimalValue[] {
  const { slots, size } = layoutRecord(record);
  const values: DecimalValue[] = new Array(size);
  for (const [name, slot] of slots) {
    const { type = "float", length = 1 } = record.fields[name]!;
    for (let i = 0; i < length; i++) values[slot + i] = type === "float" ? number(0) : 0;
  }
  return values;
}

function ledger(plan: WarsPlan) {
  const holders = new Map<string, Holder>();
  const programs = agentPrograms(plan);
  for (const [i, { id, records, economy }] of plan.agents.entries()) {
    holders.set(id, hold(Object.values(records), programs[i]!, economy.token.decimals));
  }
  const sector = hold(Object.values(plan.sector.records), sectorPrograms(plan), SECTOR_DECIMALS);
  holders.set(SECTOR, sector);
  /** The sector has all ports in one record, in the agents' order. */
  const runSector = (which: 0 | 1) => {
    const ports = plan.ids.map((id) => holders.get(id)!.views.get("y")!);
    const all = sector.views.get("y")!;
    all.splice(0, all.length, ...ports.flat());
    sector.kernels[which]!();
    let from = 0;
    for (const port of ports) {
      port.splice(0, port.length, ...all.slice(from, from + port.length));
      from += port.length;
    }
  };
  const run = (which: 0 | 1) => {
    for (const id of plan.ids) holders.get(id)!.kernels[which]!();
    runSector(which);
  };
  const place = (id: string, record: string, field: string) => {
    const holder = holders.get(id)!;
    const binding = holder.records.find(({ name }) => name === record)!;
    return {
      view: holder.views.get(record)!,
      slot: layoutRecord(binding).slots.get(field)!,
      type: binding.fields[field]!.type ?? "float",
    };
  };
  return {
    step: () => run(0),
    restart: () => run(1),
    read: (id: string, record: string, field: string): DecimalValue => {
      const { view, slot } = place(id, record, field);
      return view[slot]!;
    },
    put: (id: string, record: string, field: string, value: number) => {
      const { view, slot, type } = place(id, record, field);
      view[slot] = type === "float" ? sector.number(value) : value;
    },
  };
}

type Read = ExactWars["read"];

interface Journal {
  readonly open: () => void;
  readonly check: (day: number) => void;
}

/** Books kept apart from the accounts: what was there at the start, plus everything that came, minus everything that went. */
function keepJournal(what: string, accounts: readonly (() => Decimal)[], change: () => Decimal, decimals: number): Journal {
  const sum = () => accounts.reduce((total, account, i) => (i === 0 ? total : total.plus(account())), accounts[0]!());
  let booked: Decimal;
  return {
    open: () => {
      booked = sum();
    },
    check: (day) => {
      booked = booked.plus(change());
      const difference = sum().minus(booked);
      const odd = accounts.findIndex((account) => account().lt(0) || account().decimalPlaces() > decimals);
      if (difference.isZero() && odd < 0) return;
      const why = odd < 0 ? `accounts minus journal is ${difference}` : `account ${odd} is ${accounts[odd]!()}`;
      throw new Error(`the books of ${what} do not balance on day ${day}: ${why}`);
    },
  };
}

function tokenJournal({ id, economy }: AgentPlan, read: Read): Journal {
  const amount = (record: string, field: string) => read(id, record, field) as Decimal;
  return keepJournal(
    `${id} (${economy.id})`,
    economy.balances.map((name) => () => amount("s", name)),
    () => amount("f", "minted").minus(amount("f", "burned")),
    economy.token.decimals,
  );
}

function capitalJournal({ ids }: WarsPlan, read: Read): Journal {
  const amount = (field: string) => read(SECTOR, "g", field) as Decimal;
  return keepJournal(
    "the sector",
    capitalAccounts(ids).map((name) => () => amount(name)),
    () => amount("inflow"),
    SECTOR_DECIMALS,
  );
}
