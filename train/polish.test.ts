import { expect, test } from "vitest";
import { actLearned } from "../agents/learned/act-learned.js";
import type { LearnedController } from "../agents/learned/learned-controller.js";
import { moveOutputs, type Polish, polishNetwork, scaleOutputs, withLastLayer } from "../agents/policy/polish.js";
import { akash } from "../env/economies/akash/index.js";
import { parseEnvOptions } from "../env/settings.js";
import { LQR, solveLinearQuadratic } from "../probes/riccati.js";
import { cartpole } from "../probes/worlds/cartpole.js";
import { lqr } from "../probes/worlds/lqr.js";
import { parseConfig } from "./config.js";
import { planPolish, polishPolicy } from "./polish.js";
import { envStepsOf, train, workOf } from "./train.js";
import type { TrainState } from "./train-state.js";

/** u = -gain x, in the units of a network whose output 1 is the end of the band of +-4. */
function linear(gain: number): LearnedController {
  return {
    economy: lqr.id,
    paramsHash: "",
    objective: { name: "", weights: {} },
    observations: [{ name: "x", ...lqr.observations["x"]! }],
    actions: [{ name: "push", unit: "1", low: -4, high: 4, maxMove: 8, start: 0, doc: "u" }],
    normalizer: { mean: [0], scale: [1], clip: 10 },
    network: {
      activation: "relu",
      layers: [
        { inputs: 1, outputs: 2, weights: Float32Array.of(1, -1), biases: Float32Array.of(0, 0) },
        { inputs: 2, outputs: 1, weights: Float32Array.of(-gain / 4, gain / 4), biases: Float32Array.of(0) },
      ],
    },
    limits: parseEnvOptions(lqr, {}).lane.limits,
    decisionInterval: 1,
    stepDays: null,
    decimals: null,
    delays: { observation: 0, action: 0 },
  };
}

async function polished(gain: number, numThreads: number): Promise<Polish> {
  const { lane } = parseEnvOptions(lqr, {});
  const config = parseConfig({ totalSteps: 4_000_000, polishShare: 0.9, gamma: LQR.gamma, horizon: 60 });
  const plan = planPolish(config, lqr)!;
  const search = polishPolicy({ world: lqr, lane, config, plan, controller: linear(gain), numThreads });
  while (true) {
    const { done, value } = await search.next();
    if (done) return value!;
  }
}

test("polishing a linear controller of the wrong gain finds the gain of the Riccati equation", async () => {
  // The mean cost of 60 steps from a start of variance 1 is nearly the undiscounted optimum's: gain 0.618, flat around it.
  const [discounted] = solveLinearQuadratic(LQR).gain;
  const [undiscounted] = solveLinearQuadratic({ ...LQR, gamma: 1 }).gain;
  expect(undiscounted).toBeCloseTo((Math.sqrt(5) - 1) / 2, 6);
  const controller = linear(0.4);
  const after = { ...controller, network: polishNetwork(controller.network, await polished(0.4, 2)) };
  expect(discounted! < undiscounted!).toBe(true);
  // Cost rises by the square of the gain's error: 4 % of gain is 0.1 % of cost, what a hundred shared episodes tell apart.
  for (const x of [-1, -0.5, 0.5, 1]) expect(Math.abs(actLearned(after, [x])[0]! + undiscounted! * x)).toBeLessThan(0.04);
});

test("the result is the same on any number of threads, to the bit that of scoring one candidate after another", async () => {
  // Computed by a version that scored every candidate on its own.
  const expected = {
    weights: [-0.152929425239563, 0.15503597259521484],
    biases: [0.00023610482458025217],
    decisionInterval: 1,
  };
  for (const numThreads of [1, 2]) expect(await polished(0.5, numThreads)).toEqual(expected);
});

test("the corrected network's decisions are gain times output plus offset, within the band", () => {
  const before = linear(0.5);
  const layer = scaleOutputs(before.network.layers.at(-1)!, [1.2], [0.05]);
  const after = { ...before, network: withLastLayer(before.network, layer) };
  for (const x of [-2, -0.3, 0, 1]) expect(actLearned(after, [x])[0]).toBeCloseTo(1.2 * -0.5 * x + 4 * 0.05, 6);
});

test("moving the weights of one output leaves the others alone", () => {
  const layer = { inputs: 2, outputs: 3, weights: Float32Array.of(1, 2, 3, 4, 5, 6), biases: Float32Array.of(7, 8, 9) };
  const { weights, biases } = moveOutputs(layer, [1], [0.5, 0.25, -8]);
  expect([...weights]).toEqual([1, 2.5, 3, 4, 5.25, 6]);
  expect([...biases]).toEqual([7, 0, 9]);
});

test("a run too short to polish, or of choices, spends all its steps on training", () => {
  const short = parseConfig({ totalSteps: 100_000 });
  expect(planPolish(short, akash)).toBeUndefined();
  expect(planPolish(parseConfig({ polishShare: 0 }), akash)).toBeUndefined();
  expect(planPolish(parseConfig({}), cartpole)).toBeUndefined();
});

test("a run with polish takes no more steps than it was given, but for the last rollout", () => {
  for (const totalSteps of [3e7, 5e7, 1e9]) {
    const config = parseConfig({ totalSteps });
    const { envSteps } = planPolish(config, akash)!;
    expect(envSteps).toBeLessThanOrEqual(0.6 * totalSteps);
    expect(envSteps).toBeGreaterThan(0.57 * totalSteps);
    expect(envStepsOf(config, akash) - totalSteps).toBeLessThan(workOf(config, akash).stepsPerIteration);
  }
});

test("a run that is stopped while it polishes comes to the same policy when it goes on", async () => {
  const { lane } = parseEnvOptions(akash, {});
  const settings = {
    numEnvs: 64,
    numSteps: 16,
    numMinibatches: 2,
    hidden: [8],
    horizon: 8,
    totalSteps: 400_000,
    polishShare: 0.9,
  };
  const config = parseConfig(settings);
  const run = async (stopAt: number, resume?: TrainState) => {
    const abort = new AbortController();
    let last: TrainState | undefined;
    let aborted = false;
    const options = { world: akash, lane, config, numThreads: 1, signal: abort.signal, ...(resume ? { resume } : {}) };
    for await (const event of train(options)) {
      if (event.kind === "polish" && event.done > stopAt) abort.abort();
      if (event.kind === "checkpoint") last = event.state;
      if (event.kind === "end") aborted = event.aborted;
    }
    return { state: last!, aborted };
  };
  const whole = await run(1);
  expect(whole.aborted).toBe(false);
  expect(whole.state.polish).not.toBeNull();
  const stopped = await run(0.4);
  expect(stopped.aborted).toBe(true);
  expect(stopped.state.polish).toBeNull();
  expect(await run(1, stopped.state)).toEqual(whole);
});
