import { describe, expect, test } from "vitest";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { discountedWorld } from "../../probes/discounted.js";
import { LQR, solveLinearQuadratic } from "../../probes/riccati.js";
import { doubleIntegrator } from "../../probes/worlds/double-integrator.js";
import { lqr } from "../../probes/worlds/lqr.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../train/checkpoint.js";
import { parseConfig } from "../../train/config.js";
import { checkpointOf } from "../../train/learner-checkpoint.js";
import { learnerRun, readState, train } from "../../train/train.js";
import type { TrainState } from "../../train/train-state.js";
import { findAlgorithm } from "../algorithms.js";
import { actLearned } from "../learned/act-learned.js";
import { drawNormals } from "../learner/draw-normals.js";
import { moved, weightPlaces } from "../learner/weights.js";
import { loadLearned } from "../policy/load-learned.js";
import { planPolicy } from "../policy/plan-policy.js";
import { searchStep } from "./directions.js";

interface Run {
  readonly world: World;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly numThreads?: number;
  readonly resume?: Uint8Array;
  readonly stopAfter?: number;
}

const PLAIN = { algorithm: "random-search", decisionInterval: 1 };

/** Trains and returns the last checkpoint as the bytes of its file. */
async function run({ world, settings, numThreads = 1, resume, stopAfter }: Run): Promise<Uint8Array> {
  const { lane } = parseEnvOptions(world, {});
  const config = parseConfig({ ...PLAIN, ...settings });
  const options = { world, lane, config, numThreads };
  const abort = new AbortController();
  let last: Uint8Array | undefined;
  const from = resume ? { resume: readState(decodeCheckpoint(resume), options) } : {};
  for await (const event of train({ ...options, ...from, signal: abort.signal })) {
    if (event.kind === "iteration" && event.metrics.iteration === stopAfter) abort.abort();
    if (event.kind === "checkpoint") last = encodeCheckpoint(checkpointOf(event.state, event.observations, {}));
  }
  return last!;
}

function stateIn(bytes: Uint8Array, world: World, settings: Run["settings"]): TrainState {
  const { lane } = parseEnvOptions(world, {});
  return readState(decodeCheckpoint(bytes), { world, lane, config: parseConfig({ ...PLAIN, ...settings }), numThreads: 1 });
}

test("a step goes the better way along the best directions, in deviations of their scores", () => {
  const tried = [
    { delta: Float64Array.of(1, 0), plus: 3, minus: 1 },
    { delta: Float64Array.of(0, 1), plus: 0, minus: 2 },
    { delta: Float64Array.of(5, 5), plus: -9, minus: -8 },
  ];
  // Scores 3, 1, 0, 2: mean 1.5, deviation sqrt(1.25). The third direction is not among the best two.
  const weight = 0.1 / (2 * Math.sqrt(1.25));
  const [x, y] = searchStep(tried, 2, 0.1);
  expect(x).toBeCloseTo(2 * weight, 12);
  expect(y).toBeCloseTo(-2 * weight, 12);
  expect([...searchStep([{ delta: Float64Array.of(1), plus: 2, minus: 2 }], 1, 0.1)]).toEqual([0]);
});

test("directions are standard normal, and move weights and biases but no padding", () => {
  const delta = drawNormals(7, 3, 2, 20_000);
  const mean = delta.reduce((sum, x) => sum + x, 0) / delta.length;
  const variance = delta.reduce((sum, x) => sum + x * x, 0) / delta.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  expect(drawNormals(7, 3, 2, 5)).toEqual(delta.slice(0, 5));
  expect(drawNormals(7, 4, 2, 5)).not.toEqual(delta.slice(0, 5));
  const { actor } = planPolicy(doubleIntegrator, { hidden: [3], activation: "tanh" });
  const places = weightPlaces(actor);
  expect(places.length).toBe(2 * 3 + 3 + 3 * 1 + 1);
  const params = moved(new Float32Array(actor.parameterCount), places, new Float64Array(places.length).fill(1), 2);
  expect(params.reduce((sum, x) => sum + x, 0)).toBe(2 * places.length);
});

test("random search finds the gain of the discounted Riccati equation on the scalar LQR", async () => {
  const world = discountedWorld(lqr, LQR.gamma);
  const settings = {
    ...{ horizon: 100, totalSteps: 8_000_000, numDirections: 8, topDirections: 8, episodes: 64 },
    ...{ normalizeObservation: false, stepSize: 0.003, deltaStd: 0.005 },
  };
  const state = stateIn(await run({ world, settings }), world, settings);
  const { lane } = parseEnvOptions(world, {});
  const { params: parameters } = state;
  const agent = planPolicy(world, { hidden: [], activation: "tanh" });
  const controller = loadLearned({ world, lane, objective: "", agent, decisionInterval: 1, parameters });
  const push = (x: number) => actLearned(controller, [x])[0]!;
  const [gain] = solveLinearQuadratic(LQR).gain;
  // Seeds 1 to 4 come within 2.5 %.
  expect(Math.abs(-(push(0.5) - push(-0.5)) / gain! - 1)).toBeLessThan(0.05);
});

describe("N iterations are N/2, a checkpoint file and N/2 more, bit for bit", () => {
  test.each([
    ["1 thread, linear", 1, 1, {}],
    ["2 threads, then 1", 2, 1, {}],
    ["a network without a normaliser", 1, 2, { hidden: [8, 4], normalizeObservation: false }],
  ] as const)("%s", async (_name, first, second, changes) => {
    const world = doubleIntegrator;
    const settings = {
      horizon: 20,
      totalSteps: 6 * 2 * 3 * 300 * 20,
      numDirections: 3,
      topDirections: 2,
      episodes: 300,
      ...changes,
    };
    const whole = await run({ world, settings, numThreads: first });
    const half = await run({ world, settings, numThreads: first, stopAfter: 3 });
    expect(stateIn(half, world, settings).iteration).toBe(3);
    const resumed = await run({ world, settings, numThreads: second, resume: half });
    expect(stateIn(resumed, world, settings).iteration).toBe(6);
    expect(Buffer.compare(resumed, whole)).toBe(0);
  });
});

test("settings of another algorithm are refused with its name", () => {
  expect(() => parseConfig({ algorithm: "random-search", gamma: 0.9 })).toThrow("gamma is no setting of random-search");
  expect(() => parseConfig({ algorithm: "ppo", episodes: 8 })).toThrow("episodes is no setting of ppo");
  expect(() => parseConfig({ algorithm: "random-serch" })).toThrow(
    'algorithm must be recipe, ppo, apg, es or random-search, got "random-serch"',
  );
  expect(() => parseConfig({ algorithm: "random-search", numDirections: 4 })).toThrow(
    "topDirections must be at most numDirections, got 8 of 4",
  );
});

test("a device that it does not learn on is refused, with those that it does, before anything is opened", async () => {
  const { lane } = parseEnvOptions(lqr, {});
  const search = findAlgorithm("random-search");
  const learner = learnerRun({ world: lqr, lane, config: parseConfig(PLAIN), numThreads: 1 });
  const refused = {
    message: "random-search does not run on webgpu",
    hint: "use --device wasm, or another algorithm: --set algorithm=ID",
  };
  await expect(search.checkDevice("webgpu", learner)).rejects.toMatchObject(refused);
  await expect(search.open("webgpu", learner)).rejects.toMatchObject(refused);
  await expect(search.checkDevice("wasm", learner)).resolves.toBeUndefined();
});
