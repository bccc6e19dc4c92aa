import type { Decimal } from "decimal.js";
import { layoutRecord } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import { scenarioOverrides } from "../params.js";
import type { EnvSettings } from "../settings.js";
import { ringPositions } from "./clock.js";
import { tokenJournal } from "./journal.js";
import { ledgerMemory } from "./ledger.js";
import { lanePrograms } from "./programs.js";
import type { LaneRecords } from "./records.js";

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
  const { records, step, reset } = lanePrograms(economy, settings.lane);
  const { run, read, put } = ledgerMemory(Object.values(records), [step, reset], economy.token.decimals);
  const journal = tokenJournal(economy.id, economy, (record, field) => read(record, field) as Decimal);
  const actions = Object.keys(records.requested.fields);
  const control = { ...settings.streams, numLanes: 1, randomise: 0, autoreset: 0, horizon: settings.horizon };
  const setControl = (values: Readonly<Record<string, number>>) => {
    for (const [name, value] of Object.entries(values)) put("control", name, value);
  };
  let clock = 0;
  return {
    reset: (seed, episode) => {
      clock = 0;
      const start = { ...settings.lane.params, ...scenarioOverrides(economy, settings.scenario) };
      for (const name of layoutRecord(records.params).slots.keys()) put("params", name, start[name]!);
      setControl({ ...control, seed, ...ringPositions(economy, clock) });
      put("lane", "episode", episode);
      run(1);
      journal.open();
    },
    step: (requested) => {
      for (const [i, name] of actions.entries()) put("requested", name, requested[i]!);
      setControl(ringPositions(economy, clock));
      run(0);
      clock++;
      journal.check(clock);
    },
    read,
    fields: (record) => {
      const { fields } = records[record];
      return [...layoutRecord(records[record]).slots.keys()].filter((name) => fields[name]!.length === undefined);
    },
  };
}
