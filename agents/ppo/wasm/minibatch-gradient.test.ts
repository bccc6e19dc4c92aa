import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { akash } from "../../../env/economies/akash/index.js";
import type { World } from "../../../env/world.js";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { relativeL2 } from "../../../reference/float64-update.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { makeTrainer, minibatchIndices } from "../tensorflow/tensorflow-updater.js";
import { type Updater, WASM_UPDATER } from "./update.js";
import { createLearner, type PpoLearner } from "./wasm-learner.js";

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend("cpu");
});

/** The wasm device, which notes by how much each gradient differs from TensorFlow.js autodiff at the same weights and samples. */
function comparing(differences: number[]): Updater {
  return {
    ...WASM_UPDATER,
    step: (context, minibatch, at) => {
      const { agent, layout, options, f32 } = context;
      const { numEnvs, numSteps } = options.ppo;
      const params = f32(layout.params, agent.parameterCount).slice();
      const result = WASM_UPDATER.step(context, minibatch, at);
      const trainer = makeTrainer(tf, context);
      trainer.load({ params, firstMoment: params, secondMoment: params });
      trainer.takeSamples(f32(layout.samples, numEnvs * numSteps * layout.sampleStride));
      const expected = trainer.gradient(minibatchIndices(context, minibatch));
      trainer.dispose();
      differences.push(relativeL2(f32(layout.gradient, agent.parameterCount), expected));
      return result;
    },
  };
}

/** Lets the policy start a little beyond the band of its actions, where means are penalised (a shift that a choice ignores). */
async function pushMeansOut(learner: PpoLearner): Promise<void> {
  const { actor, actorOffset } = learner.agent;
  const state = await learner.state();
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
  {
    name: "cartpole",
    world: cartpole as World,
    settings: { ...SMALL, entCoef: 0, clipValueLoss: false, normalizeAdvantage: false },
  },
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
    const differences: number[] = [];
    const learner = await createLearner(options, comparing(differences));
    await pushMeansOut(learner);
    // The first only measures observations, the second moves the policy away from where it started.
    const [, , metrics] = [await learner.iterate(), await learner.iterate(), await learner.iterate()];
    await learner.dispose();
    expect(differences.length).toBe(12);
    expect(metrics.clipFraction).toBeGreaterThan(0.01);
    // Both sides are float32; 1e-7 to 5e-7 is what rounding makes of sums over 512 samples.
    for (const difference of differences) expect(difference).toBeLessThan(2e-6);
  },
);
