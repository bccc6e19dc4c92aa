import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { WRITTEN_OUT } from "../../compiler/trace/machine.js";
import type { LaneRecords } from "../../env/lane/records.js";
import type { PolicyHead } from "../policy/head.js";
import { laneBinding, uniformBinding, withoutUnits } from "./programs.js";
import { inputRecord, normalizeObservation, normalizerRecord, normalizeUses } from "./stages.js";

/** From observation to requested action: everything but the network itself. */
export interface PolicyPrograms {
  readonly normalizer: RecordBinding;
  readonly input: RecordBinding;
  readonly output: RecordBinding;
  readonly free: RecordBinding;
  readonly decision: RecordBinding;
  /** (observation, hidden state, normaliser, network input) */
  readonly normalize: Program;
  /** (control, lane, network output, free parameters, decision, requested action) */
  readonly sample: Program;
  /** (network output, requested action) */
  readonly deterministic: Program;
}

export function buildPolicyPrograms(records: LaneRecords, head: PolicyHead): PolicyPrograms {
  const numInputs = Object.keys(records.observation.fields).length + Object.keys(records.hidden.fields).length;
  const normalizer = uniformBinding("w", normalizerRecord(numInputs));
  const input = laneBinding("xn", inputRecord(numInputs));
  const output = laneBinding("y", head.output);
  const free = uniformBinding("g", head.free);
  const decision = laneBinding("t", head.decision);
  const requested = withoutUnits(records.requested);
  return {
    normalizer,
    input,
    output,
    free,
    decision,
    normalize: buildProgram({
      name: "normalise",
      uses: normalizeUses(Object.keys(records.observation.fields).length),
      step: normalizeObservation,
      records: [withoutUnits(records.observation), withoutUnits(records.hidden), normalizer, input],
    }),
    sample: buildProgram({
      name: "sample",
      uses: head.uses,
      step: head.sample,
      records: { control: records.control, lane: records.lane, output, free, decision, requested },
      budgets: WRITTEN_OUT,
    }),
    deterministic: buildProgram({
      name: "deterministic",
      uses: head.uses,
      step: head.deterministic,
      records: [output, requested],
    }),
  };
}
