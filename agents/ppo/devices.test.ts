import * as tensorflow from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { akash } from "../../env/economies/akash/index.js";
import type { World } from "../../env/world.js";
import { cartpole } from "../../probes/worlds/cartpole.js";
import {
  type Float64Problem,
  type Float64Vectors,
  float64Gradient,
  float64Step,
  relativeL2,
} from "../../reference/float64-update.js";
import { learnerOptions } from "../../test/support/learner-memory.js";
import { NotFiniteError } from "../learner/not-finite.js";
import type { PpoMetrics } from "./metrics.js";
import type { PpoState } from "./state.js";
import { makeTrainer, minibatchIndices, sampleColumns, tensorflowUpdater } from "./tensorflow/tensorflow-updater.js";
import { type Updater, WASM_UPDATER } from "./wasm/update.js";
import type { LearnerOptions } from "./wasm/wasm-context.js";
import { createLearner } from "./wasm/wasm-learner.js";

beforeAll(async () => {
  tensorflow.enableProdMode();
  await tensorflow.setBackend("cpu");
});

/** What a device did in one iteration. */
interface Iteration {
  readonly state: PpoState;
  readonly metrics: PpoMetrics;
  readonly problem: Float64Problem;
  readonly steps: readonly { readonly indices: readonly number[]; readonly learningRate: number; readonly updates: number }[];
}

/** One iteration from `start`, with the rollout and the order of the samples that it learned from. */
async function iterateFrom(options: LearnerOptions, start: PpoState, updater: Updater): Promise<Iteration> {
  const steps: Iteration["steps"][number][] = [];
  let problem: Float64Problem | undefined;
  const watched: Updater = {
    ...updater,
    step: (context, minibatch, at) => {
      const { agent, layout, f32 } = context;
      const { numEnvs, numSteps } = options.ppo;
      problem ??= {
        agent,
        columns: sampleColumns(context),
        settings: options.ppo,
        rows: f32(layout.samples, numEnvs * numSteps * layout.sampleStride).slice(),
      };
      steps.push({ indices: [...minibatchIndices(context, minibatch)], learningRate: at.learningRate, updates: at.updates });
      return updater.step(context, minibatch, at);
    },
  };
  const learner = await createLearner(options, watched);
  learner.restore(start);
  const metrics = await learner.iterate();
  const state = await learner.state();
  await learner.dispose();
  return { state, metrics, problem: problem!, steps };
}

function reference(start: PpoState, { problem, steps }: Iteration): Float64Vectors {
  const vectors = {
    params: Float64Array.from(start.params),
    firstMoment: Float64Array.from(start.firstMoment),
    secondMoment: Float64Array.from(start.secondMoment),
  };
  for (const { indices, learningRate, updates } of steps) float64Step(problem, vectors, indices, learningRate, updates);
  return vectors;
}

/** Learned for two iterations, so that Adam has moments and ratios move. */
async function warmState(options: LearnerOptions): Promise<PpoState> {
  const learner = await createLearner(options);
  for (let i = 0; i < 2; i++) await learner.iterate();
  const state = await learner.state();
  await learner.dispose();
  return state;
}

/** Name, world, settings, and the actions whose deviation is reported: none where the policy chooses. */
const WORLDS: [string, World, Readonly<Record<string, unknown>>, readonly string[]][] = [
  [
    "akash",
    akash,
    { entCoef: 0.01, clipValueLoss: true, hidden: [24, 16], learningRate: 3e-3 },
    ["issuance", "burnShare", "fee"],
  ],
  ["cartpole", cartpole, { entCoef: 0.02, activation: "relu", hidden: [16], learningRate: 0.03, maxGradNorm: 0.1 }, []],
];

test.each(WORLDS)(
  "one whole iteration from the same state is the float64 reference's, on wasm and on TensorFlow.js: %s",
  async (_name, world, settings, deviating) => {
    const options = learnerOptions(world, { ...settings, numMinibatches: 4, updateEpochs: 4 });
    const start = await warmState(options);
    const wasm = await iterateFrom(options, start, WASM_UPDATER);
    const tfjs = await iterateFrom(options, start, tensorflowUpdater({ tf: tensorflow, description: "" }));
    // The same rollout bit for bit, and the same samples in each minibatch.
    expect(tfjs.problem.rows).toEqual(wasm.problem.rows);
    expect(tfjs.steps).toEqual(wasm.steps);
    expect(tfjs.steps.length).toBe(16);
    expect(wasm.metrics.clipFraction).toBeGreaterThan(0);

    const want = reference(start, wasm);
    const change = (params: ArrayLike<number>) => Float64Array.from(params, (x, i) => x - start.params[i]!);
    for (const { state } of [wasm, tfjs]) {
      // The design's bounds are 1e-3 and 1e-5; 2e-6 and 2e-7 are what rounding makes of 16 steps of Adam here.
      expect(relativeL2(change(state.params), change(want.params))).toBeLessThan(1e-5);
      expect(relativeL2(state.params, want.params)).toBeLessThan(1e-6);
      expect(relativeL2(state.firstMoment, want.firstMoment)).toBeLessThan(1e-5);
      expect(relativeL2(state.secondMoment, want.secondMoment)).toBeLessThan(1e-5);
    }

    // All but the update is the same program.
    expect(tfjs.state.lanes).toEqual(wasm.state.lanes);
    expect(tfjs.state.observationMoments).toEqual(wasm.state.observationMoments);
    expect(Object.keys(tfjs.metrics)).toEqual(Object.keys(wasm.metrics));
    for (const [name, value] of Object.entries(wasm.metrics)) {
      // Means over samples of numbers of size 1, in float32 there and in float64 here.
      if (typeof value === "number") expect(tfjs.metrics[name as keyof PpoMetrics], name).toBeCloseTo(value, 5);
    }
    for (const { metrics } of [wasm, tfjs]) expect(Object.keys(metrics.std)).toEqual(deviating);
  },
);

test("the gradient of a minibatch at equal inputs is the float64 reference's, on wasm and on TensorFlow.js", async () => {
  const options = learnerOptions(akash, { hidden: [24, 16], entCoef: 0.01, learningRate: 0.01 });
  const differences: number[] = [];
  const compare: Updater = {
    ...WASM_UPDATER,
    step: (context, minibatch, at) => {
      const { agent, layout, f32 } = context;
      const vector = (address: number) => f32(address, agent.parameterCount).slice();
      const rows = f32(layout.samples, options.ppo.numEnvs * options.ppo.numSteps * layout.sampleStride).slice();
      const params = vector(layout.params);
      const result = WASM_UPDATER.step(context, minibatch, at);
      const indices = minibatchIndices(context, minibatch);
      const problem = { agent, columns: sampleColumns(context), settings: options.ppo, rows };
      const want = float64Gradient(problem, Float64Array.from(params), indices);
      const trainer = makeTrainer(tensorflow, context);
      trainer.load({ params, firstMoment: params, secondMoment: params });
      trainer.takeSamples(rows);
      differences.push(relativeL2(vector(layout.gradient), want), relativeL2(trainer.gradient(indices), want));
      trainer.dispose();
      return result;
    },
  };
  const learner = await createLearner(options, compare);
  for (let i = 0; i < 2; i++) await learner.iterate();
  await learner.dispose();
  expect(differences.length).toBe(16);
  // The design's bound is 2e-4; rounding leaves 5e-7.
  for (const difference of differences) expect(difference).toBeLessThan(5e-6);
});

test("a gradient on TensorFlow.js that is not finite stops the run and leaves what lies in memory whole", async () => {
  const options = learnerOptions(akash, { hidden: [8], boundCoef: 0.1, normalizeObservation: false });
  const learner = await createLearner(options, tensorflowUpdater({ tf: tensorflow, description: "" }));
  await learner.iterate();
  const state = await learner.state();
  const params = state.params.slice();
  // Its square, in the penalty on means beyond the band, is more than float32 holds; the world sees a clipped action.
  params[learner.agent.actor.layers.at(-1)!.bias] = 1e25;
  learner.restore({ ...state, params });
  await expect(learner.iterate()).rejects.toThrow(NotFiniteError);
  expect((await learner.state()).params).toEqual(params);
  expect((await learner.state()).firstMoment).toEqual(state.firstMoment);
  await learner.dispose();
});
