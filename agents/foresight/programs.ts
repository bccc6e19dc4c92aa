import { adjointName } from "../../compiler/adjoint/adjoint.js";
import { TAPE } from "../../compiler/adjoint/tape.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { type BackwardPrograms, backwardPrograms, jumpsOf } from "../../env/lane/backward.js";
import { storedRecords } from "../../env/lane/records.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { buildEpisode, type EpisodePrograms } from "../apg/episode-programs.js";
import { buildRulePrograms, laneBinding, type RulePrograms } from "../rollout/programs.js";
import type { Rule } from "../rules/rule.js";

/** Episodes whose requests come from a table, forwards and backwards, and rules that fill it. */
export interface TablePrograms extends EpisodePrograms {
  readonly lane: BackwardPrograms;
  readonly rules: readonly RulePrograms[];
  /** Lane records that a control step starts from: kept for each day. */
  readonly kept: readonly RecordBinding[];
  /** All other lane records, derivatives included. */
  readonly others: readonly RecordBinding[];
}

export interface TableOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly rules: readonly Rule[];
  /** Largest derivative of an episode's summed objective by one request, in halves of its band. */
  readonly maxSlope: number;
  readonly smoothJumps: boolean;
}

export function buildTablePrograms({ world, lane: options, rules, maxSlope, smoothJumps }: TableOptions): TablePrograms {
  const lane = backwardPrograms(world, options, smoothJumps ? jumpsOf(world, options.limits) : {});
  const { records, followed } = lane;
  const episode = buildEpisode({ world, records, tripDrawdown: options.limits.tripDrawdown, maxSlope });
  const compiled = rules.map((rule, i) => buildRulePrograms(rule, records, { memory: `memory${i}` }));
  const kept = followed.map((name) => records[name]);
  const tape = { unit: "1", doc: "", length: Math.max(1, lane.backward.records.at(-1)?.size ?? 0) };
  return {
    ...{ lane, kept, rules: compiled, ...episode },
    others: [
      ...kept.map((record) => ({ ...record, name: adjointName(record.name) })),
      ...storedRecords(records)
        .filter((name) => !followed.includes(name))
        .map((name) => records[name]),
      ...compiled.map(({ memory }) => memory),
      ...[episode.course, laneBinding(TAPE, { all: tape })],
    ],
  };
}

/** Floats of a record per lane. */
export const sizeOf = (record: RecordBinding): number => layoutRecord(record).size;
