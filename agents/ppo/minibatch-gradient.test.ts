import * as tf from "@tensorflow/tfjs";
import { expect, test, vi } from "vitest";
import { akash } from "../../env/economies/akash.js";
import type { World } from "../../env/world.js";
import type { AgentPlan, NetworkPlan } from "../../models/spec.js";
import { cartpole } from "../../probes/worlds/cartpole.js";
import { floatsAt, learnerOptions, seen, watchDevice, watchLayout } from "../../test/learner-memory.js";
import { unpackLayers } from "../policy-layers.js";
import { createLearner, type Learner } from "./learner.js";

vi.mock("../../models/wasm/device.js", async (load) => watchDevice(await load()));
vi.mock("./layout.js", async (load) => watchLayout(await load()));

interface Minibatch {
  readonly params: Float32Array;
  readonly samples: readonly (readonly number[])[];
  gradient?: Float32Array;
}

/** Weights, samples and gradient of every minibatch of the update in which `iterate` ends. */
function record(agent: AgentPlan, size: number, iterate: () => unknown): Minibatch[] {
  const minibatches: Minibatch[] = [];
  const finish = () => {
    const last = minibatches.at(-1);
    if (last && !last.gradient) last.gradient = floatsAt(seen.layout.gradient, agent.parameterCount);
  };
  seen.beforeJob = (name) => {
    if (name === "gradient") {
      // Minibatch by minibatch through the permutation that lies in memory.
      const which = minibatches.length % 2;
      const indices = new Uint32Array(seen.buffer, seen.layout.indices + which * size * 4, size);
      const stride = seen.layout.sampleStride;
      const samples = Array.from(indices, (i) => [...floatsAt(seen.layout.samples + i * stride * 4, stride)]);
      minibatches.push({ params: floatsAt(seen.layout.params, agent.parameterCount), samples });
    } else {
      finish();
    }
  };
  iterate();
  finish();
  seen.beforeJob = undefined;
  return minibatches;
}

interface Settings {
  readonly clipCoef: number;
  readonly clipValueLoss: boolean;
  readonly vfCoef: number;
  readonly entCoef: number;
  readonly boundCoef: number;
  readonly discrete: boolean;
}

/** PPO's loss written once more, as a reader of the paper would, on TensorFlow.js; gradient laid out as the learner's. */
function tensorflowGradient(agent: AgentPlan, { params, samples }: Minibatch, settings: Settings): Float32Array {
  const columns = (from: number, to: number) => tf.tensor2d(samples.map((row) => row.slice(from, to)));
  const column = (at: number) => tf.tensor1d(samples.map((row) => row[at]!));
  const [actorInputs, criticInputs] = [agent.actor.spec.inputs, agent.critic.spec.inputs];
  const numActions = settings.discrete ? 1 : agent.freeCount;
  const after = criticInputs + numActions;
  const actions = columns(criticInputs, after);
  const [oldLogProb, oldValue, raw, target] = [0, 1, 2, 3].map((i) => column(after + i)) as tf.Tensor1D[];
  const { mean, variance } = tf.moments(raw!);
  const advantage = raw!.sub(mean).div(variance.sqrt().add(1e-8));

  const variables = [
    ...weightsOf(agent.actor, params, agent.actorOffset),
    ...weightsOf(agent.critic, params, agent.criticOffset),
  ];
  const actorCount = 2 * agent.actor.layers.length;
  const free = settings.discrete ? [] : [tf.tensor1d(params.slice(agent.freeOffset, agent.freeOffset + agent.freeCount))];
  const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
    const out = network(agent.actor, columns(0, actorInputs), tensors.slice(0, actorCount));
    const value = network(agent.critic, columns(0, criticInputs), tensors.slice(actorCount, variables.length)).flatten();
    const { logProb, entropy } = settings.discrete
      ? categorical(out, actions)
      : gaussian(out, actions, tensors[variables.length]!);
    const ratio = logProb.sub(oldLogProb!).exp();
    const { clipCoef } = settings;
    const surrogate = tf.minimum(ratio.mul(advantage), ratio.clipByValue(1 - clipCoef, 1 + clipCoef).mul(advantage));
    let squared = value.sub(target!).square();
    if (settings.clipValueLoss) {
      const near = oldValue!.add(value.sub(oldValue!).clipByValue(-clipCoef, clipCoef));
      squared = tf.maximum(squared, near.sub(target!).square());
    }
    const excess = settings.discrete ? tf.scalar(0) : out.abs().sub(1).relu().square().sum(1).mean();
    return surrogate
      .mean()
      .neg()
      .add(squared.mean().mul(0.5 * settings.vfCoef))
      .add(excess.mul(settings.boundCoef))
      .sub(entropy.mean().mul(settings.entCoef)) as tf.Scalar;
  };
  const gradients = tf.grads(loss)([...variables, ...free]);
  const flat = new Float32Array(agent.parameterCount);
  place(agent.actor, gradients.slice(0, actorCount), agent.actorOffset, flat);
  place(agent.critic, gradients.slice(actorCount, variables.length), agent.criticOffset, flat);
  if (!settings.discrete) flat.set(gradients.at(-1)!.dataSync(), agent.freeOffset);
  return flat;
}

function gaussian(mean: tf.Tensor, actions: tf.Tensor, logStd: tf.Tensor) {
  const z = actions.sub(mean).div(logStd.exp());
  const logProb = z
    .square()
    .mul(-0.5)
    .sub(logStd)
    .sub(0.5 * Math.log(2 * Math.PI))
    .sum(1);
  return { logProb, entropy: logStd.add(0.5 * Math.log(2 * Math.PI * Math.E)).sum() };
}

function categorical(logits: tf.Tensor, actions: tf.Tensor) {
  const logProbs = tf.logSoftmax(logits as tf.Tensor2D);
  const chosen = tf.oneHot(actions.flatten().toInt() as tf.Tensor1D, logits.shape[1]!);
  return { logProb: logProbs.mul(chosen).sum(1), entropy: logProbs.exp().mul(logProbs).sum(1).neg() };
}

function weightsOf(plan: NetworkPlan, params: Float32Array, offset: number): tf.Tensor[] {
  return unpackLayers(plan, params, offset).flatMap(({ inputs, outputs, weights, biases }) => [
    tf.tensor2d(weights, [inputs, outputs]),
    tf.tensor1d(biases),
  ]);
}

function network(plan: NetworkPlan, input: tf.Tensor, weights: readonly tf.Tensor[]): tf.Tensor {
  return plan.layers.reduce((x, layer, l) => {
    const sum = x.matMul(weights[2 * l]!).add(weights[2 * l + 1]!);
    return layer.activation === "tanh" ? sum.tanh() : layer.activation === "relu" ? sum.relu() : sum;
  }, input);
}

function place(plan: NetworkPlan, gradients: readonly tf.Tensor[], offset: number, flat: Float32Array): void {
  plan.layers.forEach(({ outputs, paddedOutputs, weight, bias }, l) => {
    gradients[2 * l]!.dataSync().forEach((slope, i) => {
      flat[offset + weight + Math.floor(i / outputs) * paddedOutputs + (i % outputs)] = slope;
    });
    flat.set(gradients[2 * l + 1]!.dataSync(), offset + bias);
  });
}

function relativeL2(got: Float32Array, want: Float32Array): number {
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  return norm(got.map((x, i) => x - want[i]!)) / norm(want);
}

/** Lets the policy start a little beyond the band of its actions, where means are penalised (a shift that a choice ignores). */
function pushMeansOut(learner: Learner): void {
  const { actor, actorOffset } = learner.agent;
  const state = learner.state();
  const params = state.params.slice();
  const { bias, outputs } = actor.layers.at(-1)!;
  params.fill(1.3, actorOffset + bias, actorOffset + bias + outputs);
  learner.restore({ ...state, params });
}

/** Minibatches of 320: more than one chunk of work, but not a multiple of the usual one. */
const SMALL = { activation: "tanh", hidden: [32], numSteps: 10 };

test.each([
  {
    name: "akash",
    world: akash as World,
    settings: { activation: "tanh", hidden: [64, 64], entCoef: 0.01, clipValueLoss: false },
  },
  { name: "akash", world: akash as World, settings: { activation: "relu", hidden: [20, 7], entCoef: 0, clipValueLoss: true } },
  { name: "cartpole", world: cartpole as World, settings: { ...SMALL, entCoef: 0.02, clipValueLoss: true } },
])(
  "the gradient of whole minibatches on the device agrees with TensorFlow.js autodiff: $name, $settings.activation",
  async ({ world, settings }) => {
    // A step size at which some ratios leave the clip range, so that all branches of the loss are taken.
    const options = learnerOptions(world, {
      ...settings,
      learningRate: 0.01,
      updateEpochs: 3,
      vfCoef: 0.5,
      boundCoef: 0.3,
      logStdInit: -1,
    });
    const learner = await createLearner(options);
    pushMeansOut(learner);
    for (let i = 0; i < 2; i++) learner.iterate();
    let clipFraction = 0;
    const size = 32 * options.ppo.numSteps;
    const minibatches = record(learner.agent, size, () => {
      ({ clipFraction } = learner.iterate());
    });
    await learner.dispose();
    expect(minibatches.length).toBe(6);
    expect(clipFraction).toBeGreaterThan(0.01);
    for (const minibatch of minibatches) {
      const expected = tf.tidy(() =>
        tensorflowGradient(learner.agent, minibatch, { ...options.ppo, discrete: world.actions.kind === "discrete" }),
      );
      // Both sides are float32; 1e-7 to 5e-7 is what rounding makes of sums over 512 samples.
      expect(relativeL2(minibatch.gradient!, expected)).toBeLessThan(2e-6);
    }
  },
);
