import { buildRulePrograms } from "../../agents/rollout/programs.js";
import type { Rule } from "../../agents/rules/rule.js";
import { findHazards, type Hazard, reachableMemory } from "../../compiler/analysis/hazards.js";
import { ANY, type Interval, interval } from "../../compiler/analysis/interval.js";
import { type IntervalMemory, walkProgram } from "../../compiler/analysis/interval-walk.js";
import { layoutRecord } from "../../compiler/schema.js";
import { laneRecords } from "../../env/lane/records.js";
import { resolveParams } from "../../env/params.js";
import type { World } from "../../env/world.js";

/**
 * Quotients, logarithms and roots of a rule whose operand can be bad while its parameters lie in their ranges and the
 * observations in their bounds, by interval analysis; see `worldHazards`.
 */
export function ruleHazards(rule: Rule, world: World): readonly Hazard[] {
  const records = laneRecords(world, resolveParams(world));
  const { memory, params, start, act } = buildRulePrograms(rule, records, { memory: "memory", params: "params" });
  const given = new Map<string, Interval[]>([
    [params.name, Object.values(rule.params).map(({ low, high }) => interval(low, high))],
    [records.observation.name, Object.values(world.observations).map(({ low, high }) => interval(low, high))],
  ]);
  const keep = (values: IntervalMemory) => {
    for (const [record, slots] of given) values.set(record, [...slots]);
  };
  const anything = (size: number) => new Array<Interval>(size).fill(ANY);
  const first: IntervalMemory = new Map([
    [memory.name, anything(layoutRecord(memory).size)],
    [records.requested.name, anything(layoutRecord(records.requested).size)],
  ]);
  keep(first);
  walkProgram(start, first);
  return findHazards(act, reachableMemory(act, first, keep));
}
