import { differentiate } from "../../compiler/analysis/differentiate.js";
import type { Program } from "../../compiler/ir/program.js";
import { clamp } from "../../compiler/primitives.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { WRITTEN_OUT } from "../../compiler/trace/machine.js";
import type { LaneRecords } from "../../env/lane/records.js";
import type { PolicyHead } from "../policy/head.js";
import { laneBinding, uniformBinding } from "../rollout/programs.js";
import { DISCOUNTED, linkValues, markStep, recordStep, SCALING, STEP_RECORD, VALUE } from "../rollout/stages.js";
import { LOSS_COEFFICIENTS, LOSS_OUTPUT, LOSS_SAMPLE, lossUses, ppoLoss } from "./loss.js";

/** The loss with its gradient with respect to everything that the networks and the free parameters put out. */
export interface LossProgram {
  readonly sample: RecordBinding;
  readonly coefficients: RecordBinding;
  readonly output: RecordBinding;
  /** Gradient of the loss: policy outputs, then `value`, then the free parameters (per sample). */
  readonly gradient: RecordBinding;
  /** (output, value, free, sample, coefficients, loss output, gradient) */
  readonly program: Program;
}

export function buildLossProgram(head: PolicyHead, options: { readonly clipValueLoss: boolean }): LossProgram {
  const output = laneBinding("y", head.output);
  const value = laneBinding("v", VALUE);
  const free = uniformBinding("g", head.free);
  const sample = laneBinding("t", { ...head.decision, ...LOSS_SAMPLE });
  const coefficients = uniformBinding("c", LOSS_COEFFICIENTS);
  const out = laneBinding("out", LOSS_OUTPUT);
  const program = buildProgram({
    name: "ppo loss",
    uses: { ...lossUses(options), evaluate: head.logProb as never, policy: head.uses },
    step: ppoLoss,
    records: [output, value, free, sample, coefficients, out],
    budgets: WRITTEN_OUT,
  });
  const gradient = laneBinding("d", { ...head.output, ...VALUE, ...head.free });
  const wrt = [
    ...Object.keys(head.output).map((field) => ({ record: "y", field })),
    { record: "v", field: "value" },
    ...Object.keys(head.free).map((field) => ({ record: "g", field })),
  ];
  return {
    sample,
    coefficients,
    output: out,
    gradient,
    program: differentiate(program, { output: { record: "out", field: "loss" }, wrt, into: gradient }),
  };
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

export function buildStepPrograms(records: LaneRecords): StepPrograms {
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
