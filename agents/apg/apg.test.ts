import { describe, expect, test } from "vitest";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { discountedWorld } from "../../probes/discounted.js";
import { LQR, solveLinearQuadratic } from "../../probes/riccati.js";
import { cartpole } from "../../probes/worlds/cartpole.js";
import { lqr } from "../../probes/worlds/lqr.js";
import { buildController } from "../../train/build-controller.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../train/checkpoint.js";
import { parseConfig } from "../../train/config.js";
import { checkpointOf } from "../../train/learner-checkpoint.js";
import { readState, train } from "../../train/train.js";
import { startController } from "../controller/start-controller.js";

interface Run {
  readonly world: World;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly numThreads?: number;
  readonly resume?: Uint8Array;
  readonly stopAfter?: number;
}

const configOf = (settings: Run["settings"]) => parseConfig({ algorithm: "apg", ...settings });

/** Trains and returns the last checkpoint as the bytes of its file. */
async function run({ world, settings, numThreads = 1, resume, stopAfter }: Run): Promise<Uint8Array> {
  const { lane } = parseEnvOptions(world, {});
  const options = { world, lane, config: configOf(settings), numThreads };
  const abort = new AbortController();
  let last: Uint8Array | undefined;
  const from = resume ? { resume: readState(decodeCheckpoint(resume), options) } : {};
  for await (const event of train({ ...options, ...from, signal: abort.signal })) {
    if (event.kind === "iteration" && event.metrics.iteration === stopAfter) abort.abort();
    if (event.kind === "checkpoint") last = encodeCheckpoint(checkpointOf(event.state, event.observations, {}));
  }
  return last!;
}

function controllerIn(bytes: Uint8Array, world: World, settings: Run["settings"]) {
  const { lane } = parseEnvOptions(world, {});
  const config = configOf(settings);
  return buildController({ world, lane, config }, readState(decodeCheckpoint(bytes), { world, lane, config, numThreads: 1 }));
}

test("the linear-quadratic regulator is found: the gain is that of Riccati's equation to 0.1 %", async () => {
  const world = discountedWorld(lqr, LQR.gamma);
  const settings = {
    ...{ hidden: [], base: null, memoryRates: [], lastRequest: false, horizon: 100, episodes: 256, totalSteps: 5_000_000 },
    ...{ learningRate: 0.01, normalizeObservation: false, maxSlope: 1e6, scenarioShare: 0 },
  };
  const controller = controllerIn(await run({ world, settings }), world, settings);
  const push = (x: number) => startController(controller, world)([x])[0]!;
  const [gain] = solveLinearQuadratic(LQR).gain;
  expect(Math.abs(-(push(0.5) - push(-0.5)) / gain! - 1)).toBeLessThan(0.001);
});

describe("N iterations are N/2, a checkpoint file and N/2 more, bit for bit", () => {
  const world = findEconomy("akash");
  const settings = { base: { rule: "akash-bme", values: {} }, horizon: 30, episodes: 100, totalSteps: 6 * 100 * 30 };
  test.each([
    ["on one thread", 1, 1],
    ["on two threads, then on one", 2, 1],
  ])("%s", async (_name, first, second) => {
    const whole = await run({ world, settings, numThreads: first });
    const half = await run({ world, settings, numThreads: first, stopAfter: 3 });
    const resumed = await run({ world, settings, numThreads: second, resume: half });
    expect(Buffer.compare(resumed, whole)).toBe(0);
  });
});

test("an untrained policy is its base, a trained one is not", async () => {
  const world = findEconomy("akash");
  const settings = { base: { rule: "akash-bme", values: {} }, horizon: 30, episodes: 64, totalSteps: 4 * 64 * 30 };
  const measured = controllerIn(await run({ world, settings, stopAfter: 1 }), world, settings);
  const trained = controllerIn(await run({ world, settings }), world, settings);
  const observation = Object.values(world.observations).map(({ low, high }) =>
    Number.isFinite(high - low) ? low + 0.4 * (high - low) : 1,
  );
  const base = { ...measured, network: { ...measured.network, layers: measured.network.layers.map(silent) } };
  const decide = (controller: typeof measured) => startController(controller, world)(observation);
  expect(decide(measured)).toEqual(decide(base));
  expect(decide(trained)).not.toEqual(decide(base));
});

const silent = <Layer extends { readonly weights: Float32Array; readonly biases: Float32Array }>(layer: Layer): Layer => ({
  ...layer,
  weights: new Float32Array(layer.weights.length),
  biases: new Float32Array(layer.biases.length),
});

test("what cannot be learned so is refused before the start", async () => {
  await expect(run({ world: cartpole, settings: { base: null } })).rejects.toThrow("has a choice of 2 instead of levers");
  expect(() => configOf({ decisionInterval: 7 })).toThrow("apg decides in every control step, got decisionInterval=7");
  expect(() => configOf({ memoryRates: [1.5] })).toThrow("memoryRates must be");
  expect(() => configOf({ numEnvs: 64 })).toThrow("numEnvs is no setting of apg");
  const base = { rule: "subnet-quality", values: {} };
  await expect(run({ world: findEconomy("akash"), settings: { base } })).rejects.toThrow(/subnet-quality/);
});
