import { expect, test, vi } from "vitest";
import { akash } from "../../../env/economies/akash/index.js";
import { learnerOptions, RAW_REWARDS } from "../../../test/support/learner-memory.js";
import { countingWorld } from "../../../test/support/tiny-worlds.js";
import { floatsAt, rowsOf, seen } from "../../../test/support/watch-memory.js";
import { createLearner } from "./wasm-learner.js";

vi.mock("../../../models/wasm/device.js", async (load) =>
  (await import("../../../test/support/watch-memory.js")).watchDevice(await load()),
);
vi.mock("./memory-layout.js", async (load) =>
  (await import("../../../test/support/watch-memory.js")).watchLayout(await load()),
);

const STEPS = 16;
const LANES = 64;

function meanAndDeviations(values: readonly number[]): { readonly mean: number; readonly deviations: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, deviations: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) };
}

test("the running moments are those of all observations and discounted returns so far", async () => {
  const options = learnerOptions(countingWorld, {
    marketGroup: 1,
    normalizeObservation: false,
    ...RAW_REWARDS,
    gamma: 0.75,
  });
  const learner = await createLearner(options);
  const [observations, gains]: [number[], number[]] = [[], []];
  const running = new Array<number>(LANES).fill(0);
  for (let i = 0; i < 3; i++) {
    await learner.iterate();
    const [reward, terminated, truncated] = ["reward", "terminated", "truncated"].map((field) => rowsOf(field, STEPS));
    for (let step = 0; step < STEPS; step++) {
      for (let lane = 0; lane < LANES; lane++) {
        observations.push(floatsAt(seen.layout.samples + (step * LANES + lane) * seen.layout.sampleStride * 4, 1)[0]!);
        running[lane] = running[lane]! * 0.75 + reward![step]![lane]!;
        gains.push(running[lane]!);
        if (terminated![step]![lane]! + truncated![step]![lane]! > 0) running[lane] = 0;
      }
    }
    const { observationMoments, gainMoments } = await learner.state();
    for (const [moments, values] of [
      [observationMoments, observations],
      [gainMoments, gains],
    ] as const) {
      const expected = meanAndDeviations(values);
      expect(moments.count).toBe(values.length);
      // Small whole numbers and their discounted sums, in float32.
      expect(moments.mean[0]! / expected.mean).toBeCloseTo(1, 6);
      expect(moments.deviations[0]! / expected.deviations).toBeCloseTo(1, 6);
    }
  }
  await learner.dispose();
});

test("observations and rewards are scaled by the statistics of the iterations before", async () => {
  const learner = await createLearner(learnerOptions(countingWorld, { marketGroup: 1, ...RAW_REWARDS, normalizeReward: true }));
  await learner.iterate();
  const { observationMoments, gainMoments } = await learner.state();
  const deviation = ({ deviations, count }: typeof gainMoments) => Math.sqrt(deviations[0]! / count);
  await learner.iterate();
  const rewards = rowsOf("reward", STEPS);
  for (let lane = 0; lane < LANES; lane++) {
    const [input] = floatsAt(seen.layout.samples + lane * seen.layout.sampleStride * 4, 1);
    const n = input! * deviation(observationMoments) + observationMoments.mean[0]!;
    // A count of steps again, and its reward is the next number.
    expect(n).toBeCloseTo(Math.round(n), 5);
    expect(rewards[0]![lane]! * deviation(gainMoments)).toBeCloseTo(Math.round(n) + 1, 5);
  }
  await learner.dispose();
});

test.each([1e6, 0.01])("Adam takes the gradient clipped to norm %d and the annealed learning rate", async (maxGradNorm) => {
  const options = learnerOptions(akash, {
    normalizeObservation: false,
    updateEpochs: 1,
    numMinibatches: 1,
    learningRate: 0.01,
    totalSteps: 4 * STEPS * LANES,
    maxGradNorm,
  });
  const learner = await createLearner(options);
  let m = new Float64Array(learner.agent.parameterCount);
  let v = new Float64Array(learner.agent.parameterCount);
  for (let t = 1; t <= 3; t++) {
    const before = (await learner.state()).params;
    const { gradNorm, learningRate } = await learner.iterate();
    const after = (await learner.state()).params;
    const gradient = Float64Array.from(floatsAt(seen.layout.gradient, before.length));
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    expect(gradNorm / norm).toBeCloseTo(1, 6);
    // A quarter of the steps is done with each iteration.
    expect(learningRate).toBeCloseTo(0.01 * (1 - (t - 1) / 4), 12);
    const scale = Math.min(1, maxGradNorm / norm);
    if (maxGradNorm < 1) expect(scale).toBeLessThan(1);
    m = m.map((x, i) => 0.9 * x + 0.1 * scale * gradient[i]!);
    v = v.map((x, i) => 0.999 * x + 0.001 * (scale * gradient[i]!) ** 2);
    before.forEach((weight, i) => {
      const move = (learningRate * (m[i]! / (1 - 0.9 ** t))) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + options.ppo.adamEpsilon);
      // The norm carries 1e-6 against division by zero; weights are float32.
      expect(Math.abs(after[i]! - (weight - move))).toBeLessThan(1e-3 * Math.abs(move) + 1e-6 * Math.abs(weight) + 1e-9);
    });
  }
  await learner.dispose();
});

test("every epoch of every iteration goes once through all samples, in an order of its own", async () => {
  const learner = await createLearner(
    learnerOptions(akash, { normalizeObservation: false, updateEpochs: 3, numMinibatches: 4 }),
  );
  const orders: number[][] = [];
  let minibatch = 0;
  seen.beforeJob = (name) => {
    if (name === "prepare" && minibatch++ % 4 === 0) {
      orders.push([...new Uint32Array(seen.buffer, seen.layout.indices, STEPS * LANES)]);
    }
  };
  for (let i = 0; i < 3; i++) await learner.iterate();
  seen.beforeJob = undefined;
  await learner.dispose();
  expect(orders.length).toBe(9);
  const all = Array.from({ length: STEPS * LANES }, (_, i) => i);
  for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual(all);
  expect(new Set(orders.map((order) => order.join())).size).toBe(9);
});

test("a divergence above targetKl ends the passes after the epoch that showed it", async () => {
  const settings = { normalizeObservation: false, updateEpochs: 5, numMinibatches: 4, learningRate: 0.01 };
  const epochs = async (targetKl: number | null) => {
    const learner = await createLearner(learnerOptions(akash, { ...settings, targetKl }));
    const metrics = await learner.iterate();
    const { updates } = await learner.state();
    await learner.dispose();
    expect(updates).toBe(4 * metrics.epochs);
    return metrics.epochs;
  };
  expect(await epochs(null)).toBe(5);
  expect(await epochs(100)).toBe(5);
  expect(await epochs(1e-9)).toBe(1);
});
