import type * as TensorFlow from "@tensorflow/tfjs";
import type { LearnerContext } from "../agents/ppo/context.js";
import type { NetworkPlan, TensorPlan } from "../models/spec.js";

/** A minibatch as plain rows, as the learner has it in memory; advantages are not normalised yet. */
export interface Minibatch {
  readonly size: number;
  readonly actorInput: Float32Array;
  readonly criticInput: Float32Array;
  readonly action: Float32Array;
  readonly logProb: Float32Array;
  readonly advantage: Float32Array;
  readonly target: Float32Array;
}

/** The samples that the learner's minibatch `which` consists of. */
export function readMinibatch({ agent, layout, options, placed }: LearnerContext, which: number): Minibatch {
  const { ppo } = options;
  const size = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
  const indices = new Uint32Array(placed.buffer, layout.indices + which * size * 4, size);
  const samples = new Float32Array(placed.buffer, layout.samples, ppo.numEnvs * ppo.numSteps * layout.sampleStride);
  const columns = (first: number, count: number) => {
    const values = new Float32Array(size * count);
    for (const [row, index] of indices.entries()) {
      const at = index * layout.sampleStride + first;
      values.set(samples.subarray(at, at + count), row * count);
    }
    return values;
  };
  const inputs = agent.critic.spec.inputs;
  const numActions = agent.actor.spec.outputs;
  const afterAction = inputs + numActions;
  return {
    size,
    actorInput: columns(0, agent.actor.spec.inputs),
    criticInput: columns(0, inputs),
    action: columns(inputs, numActions),
    logProb: columns(afterAction, 1),
    advantage: columns(afterAction + 2, 1),
    target: columns(afterAction + 3, 1),
  };
}

/** One update (loss, gradient, clipping, Adam) on TensorFlow.js. */
export interface TfjsUpdate {
  readonly run: () => void;
  /** The gradient before clipping, by tensor name, without padding. */
  readonly gradient: () => ReadonlyMap<string, Float32Array>;
  readonly dispose: () => void;
}

type Tf = typeof TensorFlow;
type Weights = readonly { readonly weight: TensorFlow.Variable; readonly bias: TensorFlow.Variable }[];

/** The learner's networks and PPO loss, written in TensorFlow.js from scratch, on the backend in force. */
export function buildTfjsUpdate(tf: Tf, context: LearnerContext, batch: Minibatch): TfjsUpdate {
  const { agent, options } = context;
  const { ppo } = options;
  const variables = new Map(agent.tensors.map((plan) => [plan.name, variableOf(tf, context, plan)]));
  const layersOf = (network: NetworkPlan, name: string): Weights =>
    network.layers.map((_, l) => ({
      weight: variables.get(`${name}.layer${l + 1}.weight`)!,
      bias: variables.get(`${name}.layer${l + 1}.bias`)!,
    }));
  const [actor, critic] = [layersOf(agent.actor, "actor"), layersOf(agent.critic, "critic")];
  const logStd = variables.get("logStd")!;
  const data = tensorsOf(tf, batch, agent.actor.spec.outputs);
  const optimizer = tf.train.adam(ppo.learningRate, 0.9, 0.999, ppo.adamEpsilon);
  const loss = () => {
    const mean = forward(tf, actor, data.actorInput);
    const policy = policyLoss(tf, mean, logStd, data, ppo.clipCoef);
    const beyond = tf.relu(tf.sub(tf.abs(mean), 1));
    const bound = tf.mul(ppo.boundCoef, tf.mean(tf.sum(tf.square(beyond), 1)));
    const error = tf.sub(forward(tf, critic, data.criticInput).squeeze([1]), data.target);
    const value = tf.mul(0.5, tf.mean(tf.square(error)));
    const entropy = tf.sum(tf.add(logStd, 0.5 + HALF_LOG_TWO_PI));
    const regularisation = tf.sub(bound, tf.mul(ppo.entCoef, entropy));
    return tf.add(tf.add(policy, tf.mul(ppo.vfCoef, value)), regularisation).asScalar();
  };
  const list = [...variables.values()];
  return {
    run: () => tf.tidy(() => descend(tf, tf.variableGrads(loss, list), optimizer, ppo.maxGradNorm)),
    gradient: () => {
      const { grads, value } = tf.variableGrads(loss, list);
      const copies = [...variables].map(([name, { name: key }]) => [name, grads[key]!.dataSync() as Float32Array] as const);
      tf.dispose([value, ...Object.values(grads)]);
      return new Map(copies);
    },
    dispose: () => {
      optimizer.dispose();
      for (const tensor of [...list, ...Object.values(data)]) tensor.dispose();
    },
  };
}

/** Clips the global norm and takes a step of Adam; returns when it has been taken. */
function descend(
  tf: Tf,
  { value, grads }: ReturnType<Tf["variableGrads"]>,
  optimizer: TensorFlow.Optimizer,
  maxGradNorm: number,
): void {
  const norm = tf.sqrt(tf.addN(Object.values(grads).map((grad) => tf.sum(tf.square(grad)))));
  const scale = tf.minimum(1, tf.div(maxGradNorm, tf.add(norm, 1e-6)));
  optimizer.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, grad]) => [name, tf.mul(grad, scale)])));
  value.dataSync();
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

function variableOf(tf: Tf, { f32, layout }: LearnerContext, plan: TensorPlan): TensorFlow.Variable {
  return tf.variable(tf.tensor(usedPart(plan, f32(layout.params, plan.offset + count(plan.shape))), [...plan.used]));
}

const count = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** A tensor of a padded parameter vector, without its padding. */
export function usedPart({ offset, shape, used }: TensorPlan, vector: Float32Array): Float32Array {
  const [rows, columns, stride] = used.length === 1 ? [1, used[0]!, shape[0]!] : [used[0]!, used[1]!, shape[1]!];
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const at = offset + row * stride;
    values.set(vector.subarray(at, at + columns), row * columns);
  }
  return values;
}

function tensorsOf(tf: Tf, batch: Minibatch, numActions: number) {
  const matrix = (values: Float32Array, columns: number) => tf.tensor2d(values, [batch.size, columns]);
  return {
    actorInput: matrix(batch.actorInput, batch.actorInput.length / batch.size),
    criticInput: matrix(batch.criticInput, batch.criticInput.length / batch.size),
    action: matrix(batch.action, numActions),
    logProb: tf.tensor1d(batch.logProb),
    advantage: tf.tensor1d(batch.advantage),
    target: tf.tensor1d(batch.target),
  };
}

function forward(tf: Tf, layers: Weights, input: TensorFlow.Tensor2D): TensorFlow.Tensor {
  let values: TensorFlow.Tensor = input;
  for (const [l, { weight, bias }] of layers.entries()) {
    const sum = tf.add(tf.matMul(values, weight), bias);
    values = l === layers.length - 1 ? sum : tf.tanh(sum);
  }
  return values;
}

function policyLoss(
  tf: Tf,
  mean: TensorFlow.Tensor,
  logStd: TensorFlow.Tensor,
  data: ReturnType<typeof tensorsOf>,
  clipCoef: number,
): TensorFlow.Tensor {
  const z = tf.mul(tf.sub(data.action, mean), tf.exp(tf.neg(logStd)));
  const each = tf.sub(tf.sub(tf.mul(-0.5, tf.square(z)), logStd), HALF_LOG_TWO_PI);
  const ratio = tf.exp(tf.sub(tf.sum(each, 1), data.logProb));
  const moments = tf.moments(data.advantage);
  const advantage = tf.div(tf.sub(data.advantage, moments.mean), tf.add(tf.sqrt(moments.variance), 1e-8));
  const clipped = tf.clipByValue(ratio, 1 - clipCoef, 1 + clipCoef);
  return tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantage), tf.mul(clipped, advantage))));
}
