import { beforeAll, describe, expect, test } from "vitest";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { onGpu } from "../../../reference/webgpu-learner.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { hasGpu } from "../../../test/support/swiftshader.js";

import type { PpoMetrics } from "../metrics.js";
import type { PpoState } from "../state.js";
import { createLearner } from "../wasm/wasm-learner.js";
import type { GpuContext } from "./gpu-context.js";
import { createWebgpuLearner, makeLearner, pickProgress, type WebgpuLearner } from "./gpu-learner.js";

const ITERATIONS = 4;
/** Made anew for each learner: the numbers for its weights come out of them. */
const makeOptions = (targetKl: number | null = null) =>
  learnerOptions(cartpole, { hidden: [8], decisionInterval: 2, learningRate: 0.01, targetKl });

/** What a run came to: the state, and what each iteration reported. */
interface Outcome {
  readonly state: PpoState;
  readonly metrics: readonly PpoMetrics[];
}

async function iterate(learner: WebgpuLearner, iterations = ITERATIONS): Promise<Outcome> {
  const metrics: PpoMetrics[] = [];
  for (let i = 0; i < iterations; i++) metrics.push(await learner.iterate());
  return { state: await learner.state(), metrics };
}

const isHere = await hasGpu();
let start: PpoState;
let dispatches: number | undefined;
let bytesReadBack: number | undefined;
/** On one device: a run, the same again, and the same without waiting for an iteration before the next is called. */
let [first, again, overlapped, halves]: Outcome[] = [];
/** With bounds on the divergence. */
const stopped = new Map<number, Outcome>();
const KL = [1e-7, 2e-3, 1];

async function boundedRun(context: GpuContext, targetKl: number): Promise<Outcome> {
  // The bound is the host's alone: shaders and memory are the same.
  const learner = makeLearner({ ...context, options: makeOptions(targetKl) }, pickProgress(start));
  expect(learner.depth).toBe(1);
  learner.restore(start);
  return iterate(learner);
}

beforeAll(async () => {
  if (!isHere) return;
  const wasm = await createLearner(makeOptions());
  start = await wasm.state();
  await wasm.dispose();
  await onGpu(makeOptions(), start, async (learner, context) => {
    ({ dispatches, bytesReadBack } = learner);
    first = await iterate(learner);
    learner.restore(start);
    again = await iterate(learner);
    learner.restore(start);
    expect(learner.depth).toBe(2);
    const metrics = await Promise.all(Array.from({ length: ITERATIONS }, () => learner.iterate()));
    overlapped = { state: await learner.state(), metrics };
    learner.restore(start);
    const half = await iterate(learner, ITERATIONS / 2);
    await iterate(learner, 1);
    learner.restore(half.state);
    const rest = await iterate(learner, ITERATIONS / 2);
    halves = { state: rest.state, metrics: [...half.metrics, ...rest.metrics] };
    for (const targetKl of KL) stopped.set(targetKl, await boundedRun(context, targetKl));
  });
});

describe.skipIf(!isHere)("iterations on one adapter", () => {
  test("give the same bits again", () => {
    expect(again).toEqual(first);
  });

  test("give the same bits whether or not the host waits for each", () => {
    expect(overlapped).toEqual(first);
  });

  test("give the same bits from a state in the middle, whatever the device did since", () => {
    expect(halves).toEqual(first);
  });

  test("give the same bits on another device of the adapter, where the host goes through the steps", async () => {
    const learner = await createWebgpuLearner(makeOptions(), { loop: "host" });
    // 16 decisions of 2 steps each, and the end.
    expect(learner.dispatches - dispatches!).toBe(16 * 3 + 1 - 1);
    const outcome = await iterate(learner);
    await learner.dispose();
    expect(outcome).toEqual(first);
  });

  test("are a rollout, advantages, samples, two statistics, an order; then 3 dispatches for each of 4 x 2 minibatches", () => {
    expect(dispatches).toBe(6 + 3 * 8);
    expect(bytesReadBack).toBeLessThan(1024);
  });

  test("change the weights after the first, which only measures the observations", () => {
    expect(first!.metrics.map(({ epochs }) => epochs)).toEqual([0, 4, 4, 4]);
    expect(first!.state.updates).toBe(3 * 4 * 2);
    expect(first!.state.params).not.toEqual(start.params);
  });
});

describe.skipIf(!isHere).each(KL)("epochs up to a divergence of %d", (targetKl) => {
  test("stop where the wasm learner's do", async () => {
    const wasm = await createLearner(makeOptions(targetKl));
    const want: PpoMetrics[] = [];
    for (let i = 0; i < ITERATIONS; i++) want.push(await wasm.iterate());
    const end = await wasm.state();
    await wasm.dispose();
    const { state, metrics } = stopped.get(targetKl)!;
    const epochs = (each: readonly PpoMetrics[]) => each.map((iteration) => iteration.epochs);
    expect(epochs(metrics)).toEqual(epochs(want));
    expect(state.updates).toBe(end.updates);
    for (const [i, { approxKl }] of want.entries()) expect(metrics[i]!.approxKl).toBeCloseTo(approxKl, 5);
    if (targetKl === Math.min(...KL)) expect(epochs(metrics)).toEqual([0, 1, 1, 1]);
    // Never reached: nothing but the way that the epochs are submitted differs.
    if (targetKl === Math.max(...KL)) expect({ state, metrics }).toEqual(first);
  });
});
