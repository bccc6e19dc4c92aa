import type { Decimal } from "decimal.js";
import { layoutRecord } from "../../compiler/schema.js";
import { parseReset } from "../episode-start.js";
import { ringPositions } from "../lane/clock.js";
import { type Journal, keepJournal, tokenJournal } from "../lane/journal.js";
import { type LedgerMemory, ledgerMemory } from "../lane/ledger.js";
import { agentControl } from "./agent-control.js";
import type { PerAgent } from "./contract.js";
import { agentPrograms, sectorPrograms } from "./kernel.js";
import { planWars, type WarsOptions, type WarsPlan } from "./plan.js";
import { capitalAccounts, SECTOR_DECIMALS } from "./sector.js";

/** One world of several economies on the ledger: tokens in whole base units, the sector's capital in whole micro-USD. */
interface ExactWars {
  readonly reset: (seed: number, episode: number) => void;
  /**
   * One control step; all books are checked after it.
   * @param requested actions by agent in their own units, in the world's order; agents that have ended need none
   * @throws UserError `E_BOOKS` when the tokens of an economy and its journal, or the sector's capital and its inflow, differ by one unit
   */
  readonly step: (requested: PerAgent<readonly number[]>) => void;
  /** The value of a field of an agent, exact; counters as numbers. */
  readonly read: (agent: string, record: string, field: string) => Decimal | number;
  /** The same for a field of the sector's state: an account such as `cash` or `capital.ID`, or `inflow`, in USD. */
  readonly readSector: (field: string) => Decimal | number;
}

/** @throws UserError for a bad set-up */
export function createExactWars(options: WarsOptions): ExactWars {
  return exactWars(planWars(options));
}

export function exactWars(plan: WarsPlan): ExactWars {
  const books = ledger(plan);
  const journals = [
    ...plan.agents.map(({ id, economy }) => agentJournal(books.agents.get(id)!, `${id} (${economy.id})`, economy)),
    capitalJournal(plan, books.sector),
  ];
  const setControl = (id: string, values: Readonly<Record<string, number>>) => {
    for (const [name, value] of Object.entries(values)) books.agents.get(id)!.put("control", name, value);
  };
  let clock = 0;
  return {
    reset: (seed, episode) => {
      clock = 0;
      for (const agent of plan.agents) {
        const { put } = books.agents.get(agent.id)!;
        const start = parseReset(agent.economy, agent.settings, {});
        setControl(agent.id, { ...agentControl(agent, seed, plan.horizon), ...ringPositions(agent.economy, 0) });
        setControl(agent.id, { numLanes: 0, randomise: +start.randomise });
        for (const name of layoutRecord(agent.records.params).slots.keys()) put("params", name, start.params[name]!);
        put("lane", "episode", episode);
        put("port", "over", 1);
      }
      books.sector.put("sector", "over", 1);
      books.run(RESTART);
      for (const journal of journals) journal.open();
    },
    step: (requested) => {
      for (const { id, spec, economy } of plan.agents) {
        for (const [i, value] of (requested[id] ?? []).entries())
          books.agents.get(id)!.put("requested", spec.actionNames[i]!, value);
        setControl(id, ringPositions(economy, clock));
      }
      books.run(STEP);
      clock++;
      for (const journal of journals) journal.check(clock);
    },
    read: (agent, record, field) => books.agents.get(agent)!.read(record, field),
    readSector: (field) => books.sector.read("sector", field),
  };
}

/** Positions of the programs of an agent and of the sector. */
const STEP = 0;
const RESTART = 1;

function ledger(plan: WarsPlan) {
  const programs = agentPrograms(plan);
  const agents = new Map(
    plan.agents.map(({ id, records, economy }, i) => [
      id,
      ledgerMemory(Object.values(records), programs[i]!, economy.token.decimals),
    ]),
  );
  const sector = ledgerMemory(Object.values(plan.sector.records), sectorPrograms(plan), SECTOR_DECIMALS);
  return {
    agents,
    sector,
    run: (program: typeof STEP | typeof RESTART) => {
      for (const { run } of agents.values()) run(program);
      // The sector has all ports in one record, in the agents' order.
      const ports = [...agents.values()].map(({ values }) => values("port"));
      const all = sector.values("ports");
      all.splice(0, all.length, ...ports.flat());
      sector.run(program);
      let from = 0;
      for (const port of ports) {
        port.splice(0, port.length, ...all.slice(from, from + port.length));
        from += port.length;
      }
    },
  };
}

function agentJournal({ read }: LedgerMemory, name: string, economy: WarsPlan["agents"][number]["economy"]): Journal {
  return tokenJournal(name, economy, (record, field) => read(record, field) as Decimal);
}

function capitalJournal({ ids }: WarsPlan, { read }: LedgerMemory): Journal {
  return keepJournal({
    name: "the sector",
    unit: "USD",
    decimals: SECTOR_DECIMALS,
    accounts: capitalAccounts(ids),
    balance: (account) => read("sector", account) as Decimal,
    change: () => read("sector", "inflow") as Decimal,
  });
}
