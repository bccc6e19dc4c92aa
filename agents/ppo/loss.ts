import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";

/**
 * The per-sample loss of PPO (Schulman et al. 2017; details as in "The 37 implementation details of PPO"), written in the
 * compiler's subset and differentiated by the compiler. It is called between the network's forward and backward pass.
 */
export const LOSS_COEFFICIENTS: RecordSpec = {
  clipCoef: { unit: "1", doc: "clip range of the probability ratio" },
  vfCoef: { unit: "1", doc: "weight of the value loss" },
  entCoef: { unit: "1", doc: "weight of the entropy bonus" },
  boundCoef: { unit: "1", doc: "weight of the penalty on means beyond the action's band" },
  advantageMean: { unit: "1", doc: "mean advantage of the minibatch" },
  advantageScale: { unit: "1", doc: "1 / (standard deviation of the minibatch's advantages + 1e-8)" },
  sampleWeight: { unit: "1", doc: "1 / minibatch size" },
};

/** Beside the decision (action, logProb) that was stored. */
export const LOSS_SAMPLE: RecordSpec = {
  value: { unit: "1", doc: "value estimate when the sample was taken" },
  advantage: { unit: "1", doc: "generalised advantage estimate" },
  return: { unit: "1", doc: "advantage + value: the target of the critic" },
};

export const LOSS_OUTPUT: RecordSpec = {
  loss: { unit: "1", doc: "total, already times sampleWeight" },
  policyLoss: { unit: "1", doc: "clipped surrogate" },
  valueLoss: { unit: "1", doc: "0.5 (V - return)^2" },
  entropy: { unit: "1", doc: "entropy of the policy" },
  approxKl: { unit: "1", doc: "(ratio - 1) - log ratio, Schulman's low-variance estimate of KL(old, new)" },
  clipFraction: { unit: "1", doc: "1 when the ratio left the clip range" },
};

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
type Coefficients = Readonly<Record<string, number>>;

/** What the loss calls. */
interface LossUses {
  readonly clamp: typeof clamp;
  /** The policy head's log-density of a stored action, with its own helpers. */
  readonly evaluate: (
    y: unknown,
    g: unknown,
    t: Sample,
    policy: unknown,
  ) => { readonly logProb: number; readonly entropy: number; readonly excess: number };
  readonly policy: unknown;
  readonly clipValueLoss: number;
}

/** `g` is the record of free parameters (log standard deviation; empty for a categorical policy). */
export function ppoLoss(
  y: unknown,
  v: { readonly value: number },
  g: unknown,
  t: Sample,
  c: Coefficients,
  out: Record<string, number>,
  u: LossUses,
): void {
  const now = u.evaluate(y, g, t, u.policy);
  const logRatio = now.logProb - t.logProb;
  const ratio = Math.exp(logRatio);
  const advantage = (t.advantage - c["advantageMean"]!) * c["advantageScale"]!;
  const clipped = u.clamp(ratio, 1 - c["clipCoef"]!, 1 + c["clipCoef"]!);
  const policyLoss = -Math.min(ratio * advantage, clipped * advantage);

  const error = v.value - t.return;
  let squared = error * error;
  if (u.clipValueLoss > 0) {
    const near = t.value + u.clamp(v.value - t.value, -c["clipCoef"]!, c["clipCoef"]!);
    squared = Math.max(squared, (near - t.return) * (near - t.return));
  }
  const valueLoss = 0.5 * squared;

  // Beyond the band every sample is clipped to the same action: without the penalty a mean that went too far never returns.
  const regularisation = c["boundCoef"]! * now.excess - c["entCoef"]! * now.entropy;
  out["loss"] = c["sampleWeight"]! * (policyLoss + c["vfCoef"]! * valueLoss + regularisation);
  out["policyLoss"] = policyLoss;
  out["valueLoss"] = valueLoss;
  out["entropy"] = now.entropy;
  out["approxKl"] = ratio - 1 - logRatio;
  out["clipFraction"] = Math.abs(ratio - 1) > c["clipCoef"]! ? 1 : 0;
}
