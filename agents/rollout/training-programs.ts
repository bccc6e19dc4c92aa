import type { Program } from "../../compiler/ir/program.js";
import { clamp } from "../../compiler/primitives.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import type { LaneRecords } from "../../env/lane/records.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { policyHead } from "../policy/head.js";
import { buildPolicyPrograms, type PolicyPrograms } from "./policy-programs.js";
import { buildLanePrograms, laneBinding, type RolloutPrograms, uniformBinding } from "./programs.js";
import { DISCOUNTED, linkValues, markStep, recordStep, SCALING, STEP_RECORD } from "./stages.js";

/** What a training rollout computes between the networks, whatever the device. */
export interface TrainingPrograms {
  readonly lane: RolloutPrograms;
  readonly policy: PolicyPrograms;
  readonly step: StepPrograms;
}

/** What the rollout keeps of each step for the advantages. */
export interface StepPrograms {
  readonly discounted: RecordBinding;
  readonly scaling: RecordBinding;
  readonly row: RecordBinding;
  /** (lane, row), before the step */
  readonly mark: Program;
  /** (lane, scaling, discounted, row) */
  readonly record: Program;
  /** (row, next row, scaling) */
  readonly link: Program;
}

export function buildTrainingPrograms(world: World, options: LaneOptions): TrainingPrograms {
  const lane = buildLanePrograms(world, options, true);
  return {
    lane,
    policy: buildPolicyPrograms(lane.records, policyHead(world)),
    step: buildStepPrograms(lane.records),
  };
}

function buildStepPrograms(records: LaneRecords): StepPrograms {
  const discounted = laneBinding("gain", DISCOUNTED);
  const scaling = uniformBinding("scaling", SCALING);
  const row = laneBinding("row", STEP_RECORD);
  return {
    discounted,
    scaling,
    row,
    mark: buildProgram({ name: "mark step", uses: {}, step: markStep, records: [records.lane, row] }),
    record: buildProgram({
      name: "record step",
      uses: { clamp },
      step: recordStep,
      records: [records.lane, scaling, discounted, row],
    }),
    link: buildProgram({
      name: "link values",
      uses: {},
      step: linkValues,
      records: [row, laneBinding("next", STEP_RECORD), scaling],
    }),
  };
}
