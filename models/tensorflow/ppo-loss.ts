import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import type { Tf } from "./tf.js";

/** Settings of the loss, named as in the training configuration. */
export interface LossSettings {
  readonly clipCoef: number;
  readonly clipValueLoss: boolean;
  readonly vfCoef: number;
  readonly entCoef: number;
  readonly boundCoef: number;
  readonly normalizeAdvantage: boolean;
}

/** Samples of a rollout, one a row. `action` is [n, actions], or [n, 1] with the number of the choice. */
export interface Batch {
  readonly actorInput: Tensor2D;
  readonly criticInput: Tensor2D;
  readonly action: Tensor2D;
  readonly logProb: Tensor1D;
  readonly value: Tensor1D;
  readonly advantage: Tensor1D;
  readonly target: Tensor1D;
}

/** What the networks say about the batch now. */
interface Outputs {
  /** Means or logits, [n, outputs]. */
  readonly policy: Tensor2D;
  readonly value: Tensor1D;
  /** Of a Gaussian policy, [actions]; without it the policy is categorical. */
  readonly logStd: Tensor1D | undefined;
}

/** Names of the second result of {@link ppoLoss}, in its order: sums over the batch. */
export const FIGURES = ["policyLoss", "valueLoss", "entropy", "approxKl", "clipFraction"] as const;

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** Log standard deviations beyond these count as these. */
const LOG_STD_RANGE = [-20, 2] as const;

/**
 * PPO's clipped loss (Schulman et al. 2017, equations 7 and 9) on tensors, for automatic differentiation. Written apart from the
 * loss of the other devices, which share theirs: a fault would have to be made twice to go unseen.
 * @returns the mean loss, and the sums named by FIGURES
 */
export function ppoLoss(tf: Tf, now: Outputs, then: Batch, settings: LossSettings): { loss: Scalar; figures: Tensor1D } {
  const { clipCoef, vfCoef, entCoef, boundCoef } = settings;
  const { logProb, entropy, excess } = distribution(tf, now, then.action);
  const logRatio = tf.sub(logProb, then.logProb);
  const ratio = tf.exp(logRatio);
  const advantage = settings.normalizeAdvantage ? standardise(tf, then.advantage) : then.advantage;
  const near = tf.clipByValue(ratio, 1 - clipCoef, 1 + clipCoef);
  const policyLoss = tf.neg(tf.minimum(tf.mul(ratio, advantage), tf.mul(near, advantage)));
  const valueLoss = tf.mul(0.5, squaredError(tf, now.value, then, settings));
  const loss = tf.add(
    tf.mean(tf.add(policyLoss, tf.mul(vfCoef, valueLoss))),
    tf.mean(tf.sub(tf.mul(boundCoef, excess), tf.mul(entCoef, entropy))),
  );
  const approxKl = tf.sub(tf.sub(ratio, 1), logRatio);
  const clipped = tf.cast(tf.greater(tf.abs(tf.sub(ratio, 1)), clipCoef), "float32");
  const figures = [policyLoss, valueLoss, entropy, approxKl, clipped].map((each) => tf.sum(each));
  return { loss: loss.asScalar(), figures: tf.stack(figures) as Tensor1D };
}

/** Of every sample: log-density of the stored action, entropy, and how far the means lie beyond the band, squared; all [n]. */
function distribution(tf: Tf, { policy, logStd }: Outputs, action: Tensor2D) {
  if (!logStd) {
    const logProbs = tf.logSoftmax(policy, 1);
    const choice = tf.oneHot(tf.cast(tf.squeeze(action, [1]), "int32"), policy.shape[1]);
    return {
      logProb: tf.sum(tf.mul(logProbs, choice), 1),
      entropy: tf.neg(tf.sum(tf.mul(tf.exp(logProbs), logProbs), 1)),
      excess: tf.zeros([policy.shape[0]]),
    };
  }
  const bounded = tf.clipByValue(logStd, ...LOG_STD_RANGE);
  const z = tf.div(tf.sub(action, policy), tf.exp(bounded));
  const density = tf.sub(tf.mul(-0.5, tf.square(z)), tf.add(bounded, HALF_LOG_TWO_PI));
  const entropy = tf.sum(tf.add(bounded, 0.5 + HALF_LOG_TWO_PI));
  return {
    logProb: tf.sum(density, 1),
    entropy: tf.mul(entropy, tf.ones([policy.shape[0]])),
    excess: tf.sum(tf.square(tf.relu(tf.sub(tf.abs(policy), 1))), 1),
  };
}

/** Mean 0 and deviation 1 over the batch. */
function standardise(tf: Tf, values: Tensor1D): Tensor {
  const { mean, variance } = tf.moments(values);
  return tf.div(tf.sub(values, mean), tf.add(tf.sqrt(variance), 1e-8));
}

function squaredError(tf: Tf, value: Tensor1D, then: Batch, { clipValueLoss, clipCoef }: LossSettings): Tensor {
  const squared = tf.square(tf.sub(value, then.target));
  if (!clipValueLoss) return squared;
  const near = tf.add(then.value, tf.clipByValue(tf.sub(value, then.value), -clipCoef, clipCoef));
  return tf.maximum(squared, tf.square(tf.sub(near, then.target)));
}
