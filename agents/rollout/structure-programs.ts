import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { WRITTEN_OUT } from "../../compiler/trace/machine.js";
import type { LaneRecords } from "../../env/lane/records.js";
import type { World } from "../../env/world.js";
import { OBSERVATION_CLIP } from "../../models/normalizer.js";
import type { Places } from "../learned/places.js";
import {
  addToBase,
  type PolicyStructure,
  policyMemory,
  policyPlaces,
  readInput,
  startMemory,
  structureUses,
  worldShape,
} from "../learned/structure.js";
import { gaussianOutput } from "../policy/gaussian.js";
import { makeBaseRule } from "../rules/base-rule.js";
import { buildRulePrograms, laneBinding, type RulePrograms, uniformBinding, withoutUnits } from "./programs.js";
import { inputRecord, normalizerRecord } from "./stages.js";

/** A policy with structure, but for the network itself. */
export interface StructurePrograms {
  readonly places: Places;
  readonly normalizer: RecordBinding;
  readonly memory: RecordBinding;
  readonly input: RecordBinding;
  readonly output: RecordBinding;
  /** Of the base; null without one. */
  readonly base: RulePrograms | null;
  /** (memory) */
  readonly start: Program;
  /** (observation, normaliser, memory, network input) */
  readonly readInput: Program;
  /** (network output, memory, requested action): the request of the base becomes that of the policy */
  readonly addToBase: Program;
}

/**
 * @param names of the records in the lane block
 * @throws UserError where the base is no rule of `world`
 */
export function buildStructurePrograms(
  { world, records, structure }: { readonly world: World; readonly records: LaneRecords; readonly structure: PolicyStructure },
  names: Readonly<Record<"memory" | "baseMemory" | "input" | "output", string>>,
): StructurePrograms {
  const shape = worldShape(world);
  const places = policyPlaces(shape, structure);
  const uses = structureUses(shape, structure, OBSERVATION_CLIP);
  const observation = withoutUnits(records.observation);
  const requested = withoutUnits(records.requested);
  const memory = laneBinding(names.memory, policyMemory(shape, structure));
  const normalizer = uniformBinding("normalizer", normalizerRecord(Object.keys(observation.fields).length));
  const input = laneBinding(names.input, inputRecord(places.rowLength));
  const output = laneBinding(names.output, gaussianOutput(places.numElements * places.numOutputs));
  const common = { uses, budgets: WRITTEN_OUT };
  const { base } = structure;
  return {
    ...{ places, normalizer, memory, input, output },
    base: base ? buildRulePrograms(makeBaseRule(base, world), records, { memory: names.baseMemory }) : null,
    start: buildProgram({ name: "start of the policy's memory", ...common, step: startMemory, records: { memory } }),
    readInput: buildProgram({
      name: "network input",
      ...common,
      step: readInput,
      records: { observation, normalizer, memory, input },
    }),
    addToBase: buildProgram({ name: "request", ...common, step: addToBase, records: { output, memory, requested } }),
  };
}
