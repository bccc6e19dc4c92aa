import { differentiate } from "../../compiler/adjoint/differentiate.js";
import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { WRITTEN_OUT } from "../../compiler/trace/machine.js";
import type { PolicyHead } from "../policy/head.js";
import { laneBinding, uniformBinding } from "../rollout/programs.js";
import { VALUE } from "../rollout/stages.js";
import type { TrainingPrograms } from "../rollout/training-programs.js";
import { LOSS_COEFFICIENTS, LOSS_OUTPUT, LOSS_SAMPLE, lossUses, ppoLoss } from "./loss.js";

/** What a learner computes between the networks, whatever the device. */
export interface LearnerPrograms extends TrainingPrograms {
  readonly loss: LossProgram;
}

/** The loss with its gradient with respect to everything that the networks and the free parameters put out. */
interface LossProgram {
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
  const result = laneBinding("out", LOSS_OUTPUT);
  const program = buildProgram({
    name: "ppo loss",
    uses: { ...lossUses(options), evaluate: head.logProb as never, policy: head.uses },
    step: ppoLoss,
    records: { output, value, free, sample, coefficients, result },
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
    output: result,
    gradient,
    program: differentiate(program, { output: { record: "out", field: "loss" }, wrt, into: gradient }),
  };
}
