import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";

/**
 * The per-sample loss of PPO (Schulman et al. 2017; details as in "The 37 implementation details of PPO"), written in the
 * compiler's subset and differentiated by the compiler. It is called between the network's forward and backward pass.
 */
export const LOSS_COEFFICIENTS = {
  clipCoef: { unit: "1", doc: "clip range of the probability ratio" },
  vfCoef: { unit: "1", doc: "weight of the value loss" },
  entCoef: { unit: "1", doc: "weight of the entropy bonus" },
  boundCoef: { unit: "1", doc: "weight of the penalty on means beyond the action's band" },
  advantageMean: { unit: "1", doc: "mean advantage of the minibatch" },
  advantageScale: { unit: "1", doc: "1 / (standard deviation of the minibatch's advantages + 1e-8)" },
  sampleWeight: { unit: "1", doc: "1 / minibatch size" },
} satisfies RecordSpec;

/** Stored besides the decision (action, logProb). */
export const LOSS_SAMPLE: RecordSpec = {
  value: { unit: "1", doc: "value estimate when the sample was taken" },
  advantage: { unit: "1", doc: "generalised advantage estimate" },
  return: { unit: "1", doc: "advantage + value: the target of the critic" },
};

export const LOSS_OUTPUT = {
  loss: { unit: "1", doc: "total, already times sampleWeight" },
  policyLoss: { unit: "1", doc: "clipped surrogate" },
  valueLoss: { unit: "1", doc: "0.5 (V - return)^2" },
  entropy: { unit: "1", doc: "entropy of the policy" },
  approxKl: { unit: "1", doc: "(ratio - 1) - log ratio, Schulman's low-variance estimate of KL(old, new)" },
  clipFraction: { unit: "1", doc: "1 when the ratio left the clip range" },
} satisfies RecordSpec;

export function lossUses(options: { readonly clipValueLoss: boolean }) {
  return { clamp, clipValueLoss: options.clipValueLoss ? 1 : 0 };
}

interface Sample {
  readonly action: readonly number[];
  readonly logProb: number;
  readonly value: number;
  readonly advantage: number;
  readonly return: number;
}

/** `Output` and `Free` are those of the policy head: what its network puts out, its parameters besides (none for a choice). */
interface LossRecords {
  readonly output: unknown;
  readonly value: { readonly value: number };
  readonly free: unknown;
  readonly sample: Sample;
  readonly coefficients: Readonly<Record<keyof typeof LOSS_COEFFICIENTS, number>>;
  readonly result: Record<keyof typeof LOSS_OUTPUT, number>;
}

/** What the loss calls. */
interface LossUses {
  readonly clamp: typeof clamp;
  /** The policy head's log-density of a stored action, with its own helpers. */
  readonly evaluate: (
    output: unknown,
    free: unknown,
    sample: Sample,
    policy: unknown,
  ) => { readonly logProb: number; readonly entropy: number; readonly excess: number };
  readonly policy: unknown;
  readonly clipValueLoss: number;
}

export function ppoLoss({ output, value, free, sample, coefficients, result }: LossRecords, u: LossUses): void {
  const { clipCoef, vfCoef, entCoef, boundCoef, advantageMean, advantageScale, sampleWeight } = coefficients;
  const now = u.evaluate(output, free, sample, u.policy);
  const logRatio = now.logProb - sample.logProb;
  const ratio = Math.exp(logRatio);
  const advantage = (sample.advantage - advantageMean) * advantageScale;
  const clipped = u.clamp(ratio, 1 - clipCoef, 1 + clipCoef);
  const policyLoss = -Math.min(ratio * advantage, clipped * advantage);

  const error = value.value - sample.return;
  let squared = error * error;
  if (u.clipValueLoss > 0) {
    const near = sample.value + u.clamp(value.value - sample.value, -clipCoef, clipCoef);
    squared = Math.max(squared, (near - sample.return) * (near - sample.return));
  }
  const valueLoss = 0.5 * squared;

  // Beyond the band every sample is clipped to the same action: without the penalty a mean that went too far never returns.
  const regularisation = boundCoef * now.excess - entCoef * now.entropy;
  result.loss = sampleWeight * (policyLoss + vfCoef * valueLoss + regularisation);
  result.policyLoss = policyLoss;
  result.valueLoss = valueLoss;
  result.entropy = now.entropy;
  result.approxKl = ratio - 1 - logRatio;
  result.clipFraction = Math.abs(ratio - 1) > clipCoef ? 1 : 0;
}
