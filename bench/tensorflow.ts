import type { Rank } from "@tensorflow/tfjs";
import type { TrainConfig } from "../train/config.js";
import type { Clock } from "./timing.js";

/** Seconds of one pass over a rollout with plain TensorFlow.js, the same update on the same sizes; null where it is not installed. */
export interface TensorFlowBench {
  readonly cpuEpochSeconds: number | null;
  readonly wasmEpochSeconds: number | null;
}

export interface UpdateSizes {
  readonly config: TrainConfig;
  readonly observations: number;
  readonly actions: number;
}

/** TensorFlow.js is a development dependency: a user's installation does not have it, and then there is nothing to compare. */
export async function benchTensorFlow(clock: Clock, sizes: UpdateSizes): Promise<TensorFlowBench> {
  const tf = await import("@tensorflow/tfjs").catch(() => undefined);
  if (!tf) return { cpuEpochSeconds: null, wasmEpochSeconds: null };
  await tf.setBackend("cpu");
  const cpuEpochSeconds = epochSeconds(tf, clock, sizes);
  const wasm = await import("@tensorflow/tfjs-backend-wasm").then(
    () => tf.setBackend("wasm"),
    () => false,
  );
  return { cpuEpochSeconds, wasmEpochSeconds: wasm ? epochSeconds(tf, clock, sizes) : null };
}

type TensorFlow = typeof import("@tensorflow/tfjs");

/** One minibatch: gather, clipped surrogate, value loss, gradient, clip by global norm, Adam. Measured, times the minibatches. */
function epochSeconds(tf: TensorFlow, clock: Clock, { config, observations, actions }: UpdateSizes): number {
  const samples = (config.numEnvs * config.numSteps) / config.numMinibatches;
  const trunk = (outputs: number) => makeTrunk(tf, [observations, ...config.hidden, outputs]);
  const [actor, critic] = [trunk(actions), trunk(1)];
  const logStd = tf.variable(tf.fill([actions], config.logStdInit));
  const batch = {
    observation: tf.randomNormal<Rank.R2>([samples, observations], 0, 1, "float32", 1),
    action: tf.randomNormal([samples, actions], 0, 1, "float32", 2),
    logProb: tf.fill([samples], -actions),
    advantage: tf.randomNormal([samples], 0, 1, "float32", 3),
    target: tf.randomNormal([samples], 0, 1, "float32", 4),
  };
  const loss = () => {
    const mean = actor.apply(batch.observation);
    const value = critic.apply(batch.observation).squeeze([1]);
    const z = batch.action.sub(mean).div(logStd.exp());
    const logProb = z
      .square()
      .mul(-0.5)
      .sub(logStd)
      .sub(0.5 * Math.log(2 * Math.PI))
      .sum(1);
    const ratio = logProb.sub(batch.logProb).exp();
    const clipped = ratio.clipByValue(1 - config.clipCoef, 1 + config.clipCoef);
    const policy = tf.minimum(ratio.mul(batch.advantage), clipped.mul(batch.advantage)).mean().neg();
    const critics = value
      .sub(batch.target)
      .square()
      .mean()
      .mul(0.5 * config.vfCoef);
    return policy.add(critics).asScalar();
  };
  const adam = tf.train.adam(config.learningRate, 0.9, 0.999, config.adamEpsilon);
  const step = () =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss);
      const norm = tf.addN(Object.values(grads).map((gradient) => gradient.square().sum())).sqrt();
      const scale = tf.minimum(tf.scalar(1), tf.div(config.maxGradNorm, norm.add(1e-6)));
      const scaled = Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, gradient.mul(scale)]));
      adam.applyGradients(scaled);
      // The numbers must be there before the clock stops.
      logStd.dataSync();
    });
  step();
  const times = [0, 1].map(() => {
    const start = clock();
    step();
    return (clock() - start) / 1000;
  });
  tf.disposeVariables();
  return Math.min(...times) * config.numMinibatches;
}

function makeTrunk(tf: TensorFlow, widths: readonly number[]) {
  const layers = widths.slice(1).map((outputs, l) => ({
    weights: tf.variable(tf.randomNormal([widths[l]!, outputs], 0, 0.1, "float32", l)),
    biases: tf.variable(tf.zeros([outputs])),
  }));
  type Matrix = import("@tensorflow/tfjs").Tensor2D;
  return {
    apply: (input: Matrix): Matrix =>
      layers.reduce((values, { weights, biases }, l) => {
        const sums = values.matMul(weights as unknown as Matrix).add(biases) as Matrix;
        return l === layers.length - 1 ? sums : sums.tanh();
      }, input),
  };
}
