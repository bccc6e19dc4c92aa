import type { RecordSpec, Uses } from "../../compiler/schema.js";
import type { World } from "../../env/world.js";
import {
  categoricalDecision,
  categoricalLogProb,
  categoricalOutput,
  categoricalUses,
  modeCategorical,
  sampleCategorical,
} from "./categorical.js";
import {
  gaussianDecision,
  gaussianFree,
  gaussianLogProb,
  gaussianOutput,
  gaussianUses,
  meanGaussian,
  sampleGaussian,
} from "./gaussian.js";

/** The action distribution on top of a network: what it reads and writes, as functions of the compiler's subset. */
export interface PolicyHead {
  readonly kind: "gaussian" | "categorical";
  /** Outputs of the policy network. */
  readonly numOutputs: number;
  readonly output: RecordSpec;
  /** Parameters besides the network's. */
  readonly free: RecordSpec;
  readonly numFree: number;
  /** What is stored of a decision, `action` first, then `logProb`. */
  readonly decision: RecordSpec;
  readonly decisionSize: number;
  readonly uses: Uses;
  /** (`SamplingRecords`, uses) */
  readonly sample: (...records: never[]) => void;
  /** (output, requested action, uses) */
  readonly deterministic: (...records: never[]) => void;
  /** (output, free, decision, uses) -> {logProb, entropy, excess} */
  readonly logProb: (...records: never[]) => { logProb: number; entropy: number; excess: number };
}

export function policyHead(world: World): PolicyHead {
  if (world.actions.kind === "discrete") {
    const count = world.actions.count;
    return {
      kind: "categorical",
      numOutputs: count,
      output: categoricalOutput(count),
      free: {},
      numFree: 0,
      decision: categoricalDecision(),
      decisionSize: 2,
      uses: categoricalUses(count),
      sample: sampleCategorical,
      deterministic: modeCategorical,
      logProb: categoricalLogProb,
    };
  }
  const numActions = Object.keys(world.actions.fields).length;
  return {
    kind: "gaussian",
    numOutputs: numActions,
    output: gaussianOutput(numActions),
    free: gaussianFree(numActions),
    numFree: numActions,
    decision: gaussianDecision(numActions),
    decisionSize: numActions + 1,
    uses: gaussianUses(world.actions.fields),
    sample: sampleGaussian,
    deterministic: meanGaussian,
    logProb: gaussianLogProb,
  };
}
