import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding, RecordSpec } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { type LanePrograms, lanePrograms } from "../../env/lane/programs.js";
import type { LaneRecords } from "../../env/lane/records.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import type { Rule } from "../rules/rule.js";
import { accumulateMetrics, metricsRecord, metricsUses, startMetrics } from "./metrics.js";

/** The programs of a world that every rollout needs, with the records they share. */
export interface RolloutPrograms extends LanePrograms {
  readonly metrics: RecordBinding;
  readonly startMetrics: Program;
  readonly accumulateMetrics: Program;
}

export const laneBinding = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "lane", fields });
export const uniformBinding = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "uniform", fields });

/** The same memory seen as plain numbers: networks and statistics have no units. */
export function withoutUnits(binding: RecordBinding): RecordBinding {
  const fields = Object.fromEntries(Object.entries(binding.fields).map(([name, field]) => [name, { ...field, unit: "1" }]));
  return { ...binding, fields };
}

const allWithoutUnits = (bindings: Readonly<Record<string, RecordBinding>>) =>
  Object.fromEntries(Object.entries(bindings).map(([name, binding]) => [name, withoutUnits(binding)]));

/** @param forCritic keep the hidden state for a critic */
export function buildLanePrograms(world: World, options: LaneOptions, forCritic = false): RolloutPrograms {
  const programs = lanePrograms(world, options, { forCritic });
  const metrics = laneBinding("m", metricsRecord(world));
  const { lane, applied, flows, terms, costs, breakers } = programs.records;
  return {
    ...programs,
    metrics,
    startMetrics: buildProgram({
      name: `${world.id} start of metrics`,
      uses: metricsUses(world),
      step: startMetrics,
      records: allWithoutUnits({ flows, metrics }),
    }),
    accumulateMetrics: buildProgram({
      name: `${world.id} metrics`,
      uses: metricsUses(world),
      step: accumulateMetrics,
      records: allWithoutUnits({ lane, applied, flows, terms, costs, breakers, metrics }),
    }),
  };
}

/** A rule as two programs over its memory, its parameters, the observation and the requested action. */
export interface RulePrograms {
  readonly memory: RecordBinding;
  readonly params: RecordBinding;
  /** (memory, parameters) */
  readonly start: Program;
  /** (memory, observation, parameters, requested action) */
  readonly act: Program;
}

/** @param names of its records in the lane block; without `params` the parameters are folded into the code */
export function buildRulePrograms(
  rule: Rule,
  records: LaneRecords,
  names: { readonly memory: string; readonly params?: string },
): RulePrograms {
  const memory = laneBinding(names.memory, rule.state);
  const fields = Object.fromEntries(Object.entries(rule.params).map(([name, { unit, doc }]) => [name, { unit, doc }]));
  const params: RecordBinding = names.params
    ? laneBinding(names.params, fields)
    : {
        name: "p",
        kind: "uniform",
        fields,
        constants: Object.fromEntries(Object.entries(rule.params).map(([name, { value, unit }]) => [name, { value, unit }])),
      };
  const { uses } = rule;
  return {
    memory,
    params,
    start: buildProgram({ name: `${rule.id} start`, uses, step: rule.functions.start, records: [memory, params] }),
    act: buildProgram({
      name: rule.id,
      uses,
      step: rule.functions.act,
      records: [memory, records.observation, params, records.requested],
    }),
  };
}
