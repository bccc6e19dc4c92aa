import type { LayersModel, Scalar, Tensor, Tensor1D, Tensor2D, Variable } from "@tensorflow/tfjs";
import type { AgentPlan, TensorPlan } from "../spec.js";
import { placePart, usedPart } from "./padding.js";
import { modelVariables, policyModel } from "./policy-model.js";
import { type Batch, FIGURES, type LossSettings, ppoLoss } from "./ppo-loss.js";
import type { Tf } from "./tf.js";

export interface TrainerSettings extends LossSettings {
  readonly maxGradNorm: number;
  readonly adamEpsilon: number;
}

/** Columns of the samples: the critic's input (the actor's comes first in it), actions, then one column each. */
export interface SampleColumns {
  /** Floats from one sample to the next. */
  readonly stride: number;
  readonly action: number;
  readonly numActions: number;
  readonly logProb: number;
  readonly value: number;
  readonly advantage: number;
  readonly target: number;
}

/** What Adam goes on from: vectors laid out as the plan says, padding included. */
export interface TrainerVectors {
  readonly params: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
}

interface MinibatchResult {
  /** Of the whole gradient, before clipping. */
  readonly gradNorm: number;
  /** Sums over the minibatch. */
  readonly sums: Readonly<Record<(typeof FIGURES)[number], number>>;
}

/** Actor, critic and Adam on TensorFlow.js. It holds tensors: {@link Trainer.dispose} releases them. */
export interface Trainer {
  /** The policy as a LayersModel, always at its present weights. Not to be disposed of by itself. */
  readonly policy: LayersModel;
  readonly load: (vectors: TrainerVectors) => void;
  /** Writes what has become of the vectors into them; padding is left as it is. */
  readonly store: (vectors: TrainerVectors) => void;
  /** Copies the rows that minibatches are drawn from. */
  readonly takeSamples: (rows: Float32Array) => void;
  /** One step of Adam on the samples with these row numbers. @param updates number of this update since the run began, from 1 */
  readonly update: (indices: ArrayLike<number>, learningRate: number, updates: number) => MinibatchResult;
  /** Gradient of these samples before clipping, laid out as the parameters. */
  readonly gradient: (indices: ArrayLike<number>) => Float32Array;
  readonly dispose: () => void;
}

const BETA1 = 0.9;
const BETA2 = 0.999;

export function createTrainer(tf: Tf, agent: AgentPlan, columns: SampleColumns, settings: TrainerSettings): Trainer {
  const networks = createNetworks(tf, agent);
  const { params } = networks;
  const zeros = () => params.map(({ shape }) => zeroVariable(tf, shape));
  const vectors: Readonly<Record<keyof TrainerVectors, readonly Variable[]>> = {
    params,
    firstMoment: zeros(),
    secondMoment: zeros(),
  };
  const each = (act: (variable: Variable, plan: TensorPlan, name: keyof TrainerVectors) => void) => {
    for (const name of VECTORS) for (const [i, plan] of agent.tensors.entries()) act(vectors[name][i]!, plan, name);
  };
  let samples: Tensor2D | undefined;
  const draw = (indices: ArrayLike<number>): Batch => {
    if (!samples) throw new Error("takeSamples comes before the first minibatch");
    return readColumns(tf, tf.gather(samples, tf.tensor1d(Int32Array.from(indices), "int32")), agent, columns);
  };
  return {
    policy: networks.policy,
    load: (from) =>
      tf.tidy(() => each((variable, plan, name) => variable.assign(tf.tensor(usedPart(plan, from[name]), [...plan.used])))),
    store: (to) => each((variable, plan, name) => placePart(plan, variable.dataSync(), to[name])),
    takeSamples: (rows) => {
      samples?.dispose();
      // A copy of its own: some backends keep the array that they are given.
      samples = tf.tensor2d(Float32Array.from(rows), [rows.length / columns.stride, columns.stride]);
    },
    update: (indices, learningRate, updates) => {
      const result = tf.tidy(() => {
        const { gradients, figures } = differentiate(tf, networks, draw(indices), settings);
        const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
        const scale = tf.minimum(1, tf.div(settings.maxGradNorm, tf.add(norm, 1e-6)));
        for (const [i, gradient] of gradients.entries()) {
          const [param, first, second] = VECTORS.map((name) => vectors[name][i]!) as [Variable, Variable, Variable];
          adam(tf, { param, first, second }, tf.mul(gradient, scale), learningRate, updates, settings.adamEpsilon);
        }
        return tf.concat([tf.reshape(norm, [1]), figures]);
      });
      const [gradNorm = Number.NaN, ...sums] = result.dataSync();
      result.dispose();
      return { gradNorm, sums: Object.fromEntries(FIGURES.map((name, i) => [name, sums[i]!])) as MinibatchResult["sums"] };
    },
    gradient: (indices) => {
      const flat = new Float32Array(agent.parameterCount);
      tf.tidy(() => {
        const { gradients } = differentiate(tf, networks, draw(indices), settings);
        for (const [i, plan] of agent.tensors.entries()) placePart(plan, gradients[i]!.dataSync(), flat);
      });
      return flat;
    },
    dispose: () => {
      samples?.dispose();
      networks.policy.dispose();
      networks.critic.dispose();
      networks.logStd?.dispose();
      for (const variable of [...vectors.firstMoment, ...vectors.secondMoment]) variable.dispose();
    },
  };
}

const VECTORS = ["params", "firstMoment", "secondMoment"] as const satisfies readonly (keyof TrainerVectors)[];

interface Networks {
  readonly policy: LayersModel;
  readonly critic: LayersModel;
  readonly logStd: Variable | undefined;
  /** All that is trained, in the order of the agent's tensors. */
  readonly params: readonly Variable[];
}

function createNetworks(tf: Tf, agent: AgentPlan): Networks {
  const [policy, critic] = [policyModel(tf, agent.actor), policyModel(tf, agent.critic)];
  const logStd = agent.freeCount > 0 ? zeroVariable(tf, [agent.freeCount]) : undefined;
  return {
    policy,
    critic,
    logStd,
    params: [...modelVariables(policy), ...modelVariables(critic), ...(logStd ? [logStd] : [])],
  };
}

const zeroVariable = (tf: Tf, shape: number[]): Variable => tf.tidy(() => tf.variable(tf.zeros(shape)));

/** Gradient of the mean loss, tensor by tensor, and the loss's figures. To be called within a tidy. */
function differentiate(
  tf: Tf,
  { policy, critic, logStd, params }: Networks,
  batch: Batch,
  settings: LossSettings,
): { readonly gradients: readonly Tensor[]; readonly figures: Tensor1D } {
  let kept: Tensor1D | undefined;
  const loss = (): Scalar => {
    const outputs = {
      policy: policy.apply(batch.actorInput) as Tensor2D,
      value: tf.squeeze<Tensor1D>(critic.apply(batch.criticInput) as Tensor2D, [1]),
      logStd: logStd as Tensor1D | undefined,
    };
    const result = ppoLoss(tf, outputs, batch, settings);
    // What is not returned from here is thrown away; out there a copy takes its place, which the tidy knows of.
    kept = tf.keep(result.figures);
    return result.loss;
  };
  const { grads } = tf.variableGrads(loss, [...params]);
  const figures = tf.clone(kept!);
  kept!.dispose();
  return { gradients: params.map(({ name }) => grads[name]!), figures };
}

/** Adam (Kingma and Ba 2015, algorithm 1). */
function adam(
  tf: Tf,
  { param, first, second }: { readonly param: Variable; readonly first: Variable; readonly second: Variable },
  gradient: Tensor,
  learningRate: number,
  updates: number,
  epsilon: number,
): void {
  first.assign(tf.add(tf.mul(BETA1, first), tf.mul(1 - BETA1, gradient)));
  second.assign(tf.add(tf.mul(BETA2, second), tf.mul(1 - BETA2, tf.square(gradient))));
  const mean = tf.div(first, 1 - BETA1 ** updates);
  const deviation = tf.sqrt(tf.div(second, 1 - BETA2 ** updates));
  param.assign(tf.sub(param, tf.mul(learningRate, tf.div(mean, tf.add(deviation, epsilon)))));
}

function readColumns(tf: Tf, rows: Tensor2D, agent: AgentPlan, columns: SampleColumns): Batch {
  const part = (first: number, count: number) => tf.slice2d(rows, [0, first], [rows.shape[0], count]);
  const column = (at: number) => tf.squeeze<Tensor1D>(part(at, 1), [1]);
  return {
    actorInput: part(0, agent.actor.spec.inputs),
    criticInput: part(0, agent.critic.spec.inputs),
    action: part(columns.action, columns.numActions),
    logProb: column(columns.logProb),
    value: column(columns.value),
    advantage: column(columns.advantage),
    target: column(columns.target),
  };
}
