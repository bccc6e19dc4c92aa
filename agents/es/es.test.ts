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
import type { IterationMetrics } from "../learner/learner.js";

interface Run {
  readonly world: World;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly numThreads?: number;
  readonly resume?: Uint8Array;
  readonly stopAfter?: number;
}

const configOf = (settings: Run["settings"]) => parseConfig({ algorithm: "es", ...settings });

interface Ended {
  /** The last checkpoint as the bytes of its file. */
  readonly bytes: Uint8Array;
  readonly metrics: readonly IterationMetrics[];
}

async function run({ world, settings, numThreads = 1, resume, stopAfter }: Run): Promise<Ended> {
  const { lane } = parseEnvOptions(world, {});
  const options = { world, lane, config: configOf(settings), numThreads };
  const abort = new AbortController();
  const metrics: IterationMetrics[] = [];
  let bytes = new Uint8Array();
  const from = resume ? { resume: readState(decodeCheckpoint(resume), options) } : {};
  for await (const event of train({ ...options, ...from, signal: abort.signal })) {
    if (event.kind === "iteration") metrics.push(event.metrics);
    if (event.kind === "iteration" && event.metrics.iteration === stopAfter) abort.abort();
    if (event.kind === "checkpoint")
      bytes = Uint8Array.from(encodeCheckpoint(checkpointOf(event.state, event.observations, {})));
  }
  return { bytes, metrics };
}

function stateIn({ bytes }: Ended, world: World, settings: Run["settings"]) {
  const { lane } = parseEnvOptions(world, {});
  return readState(decodeCheckpoint(bytes), { world, lane, config: configOf(settings), numThreads: 1 });
}

function controllerIn(ended: Ended, world: World, settings: Run["settings"]) {
  const { lane } = parseEnvOptions(world, {});
  return buildController({ world, lane, config: configOf(settings) }, stateIn(ended, world, settings));
}

/** A policy that is a network alone. */
const ALONE = { base: null, memoryRates: [], lastRequest: false };

describe("the linear-quadratic regulator is found", () => {
  const world = discountedWorld(lqr, LQR.gamma);
  const common = { ...ALONE, hidden: [], horizon: 100, population: 16, episodes: 64, normalizeObservation: false };
  test.each([
    // Seeds 1 to 4 come within 1.9 % and .5 %.
    ["cma", { totalSteps: 4_000_000, sigma: 0.05 }, 0.03],
    ["openai", { totalSteps: 8_000_000, episodes: 16, sigma: 0.005, learningRate: 0.01 }, 0.01],
  ] as const)("by %s: the gain is that of Riccati's equation", async (method, own, most) => {
    const settings = { ...common, method, ...own };
    const controller = controllerIn(await run({ world, settings }), world, settings);
    const push = (x: number) => startController(controller, world)([x])[0]!;
    const [gain] = solveLinearQuadratic(LQR).gain;
    expect(Math.abs(-(push(0.5) - push(-0.5)) / gain! - 1)).toBeLessThan(most);
  });
});

const SMALL = { base: { rule: "akash-bme", values: {} }, horizon: 30, population: 6, episodes: 20 };

describe("N iterations are N/2, a checkpoint file and N/2 more, bit for bit", () => {
  const world = findEconomy("akash");
  const small = { ...SMALL, hidden: [], totalSteps: 6 * 7 * 20 * 30, tripPenalty: 1, drawdownPenalty: 1 };
  test.each([
    ["cma", 1, 1],
    ["cma", 2, 1],
    ["openai", 1, 2],
  ])("%s on %i threads, then on %i", async (method, first, second) => {
    const settings = { ...small, memoryRates: [0.1], method };
    const whole = await run({ world, settings, numThreads: first });
    const half = await run({ world, settings, numThreads: first, stopAfter: 3 });
    expect(stateIn(half, world, settings).iteration).toBe(3);
    const resumed = await run({ world, settings, numThreads: second, resume: half.bytes });
    expect(stateIn(resumed, world, settings).iteration).toBe(6);
    expect(Buffer.compare(resumed.bytes, whole.bytes)).toBe(0);
  });
});

test("a share of the generations has the named scenarios: their markets are not those that are drawn", async () => {
  const world = findEconomy("akash");
  const returns = async (scenarioShare: number) => {
    const settings = { ...SMALL, hidden: [], horizon: 60, totalSteps: 3 * 7 * 20 * 60, sigma: 1e-6, scenarioShare };
    return (await run({ world, settings })).metrics.map(({ episodicReturn }) => episodicReturn);
  };
  const [none, half] = [await returns(0), await returns(0.5)];
  // The first iteration measures on drawn markets, the second is the first that a share of one half makes named.
  expect(half[0]).toBe(none[0]);
  expect(half[1]).not.toBeCloseTo(none[1]!, 3);
  expect(half[2]).toBeCloseTo(none[2]!, 3);
});

test("auto is cma for up to 500 weights; the state has what the method remembers", async () => {
  const world = findEconomy("akash");
  const tensors = async (settings: Run["settings"]) => {
    const whole = { ...SMALL, ...ALONE, base: SMALL.base, ...settings, totalSteps: 2 * 7 * 20 * 30, stopAfter: 1 };
    const { stopAfter, ...rest } = whole;
    return Object.keys(stateIn(await run({ world, settings: rest, stopAfter }), world, rest).tensors);
  };
  expect(await tensors({ hidden: [] })).toContain("cma.covariance");
  expect(await tensors({ hidden: [32, 32] })).toContain("adam.first");
  expect(await tensors({ hidden: [], method: "openai" })).toContain("adam.first");
});

test("the untrained policy is its base, the first iteration measures, and penalties are counted against the base", async () => {
  const world = findEconomy("akash");
  const settings = { ...SMALL, totalSteps: 3 * 7 * 20 * 30, tripPenalty: 1, horizon: 30 };
  const ended = await run({ world, settings });
  const [measured, ...learnt] = ended.metrics;
  expect(measured!.figures).toMatchObject({ excessTrips: null, stepNorm: 0 });
  for (const { figures } of learnt) {
    expect(figures["excessTrips"]).not.toBeNull();
    expect(figures["stepNorm"]).toBeGreaterThan(0);
  }
  const first = controllerIn(await run({ world, settings, stopAfter: 1 }), world, settings);
  expect(first.normalizer.mean.some((mean) => mean !== 0)).toBe(true);
  const observation = Object.values(world.observations).map(({ low, high }) =>
    Number.isFinite(high - low) ? low + 0.4 * (high - low) : 1,
  );
  const last = first.network.layers.at(-1)!;
  const other = { ...first, network: { ...first.network, layers: [...first.network.layers.slice(0, -1), nudged(last)] } };
  const decide = (controller: typeof first) => startController(controller, world)(observation);
  expect([...last.weights, ...last.biases].every((weight) => weight === 0)).toBe(true);
  expect(decide(other)).not.toEqual(decide(first));
});

const nudged = <Layer extends { readonly biases: Float32Array }>(layer: Layer): Layer => ({
  ...layer,
  biases: layer.biases.map(() => 0.2),
});

test("a world with a choice is learned by a network alone; with a base or memory it is refused", async () => {
  const settings = { ...ALONE, hidden: [], horizon: 50, population: 8, episodes: 8, totalSteps: 20 * 8 * 8 * 50, sigma: 0.3 };
  const { metrics } = await run({ world: cartpole, settings });
  expect(metrics.at(-1)!.episodicReturn!).toBeGreaterThan(metrics[0]!.episodicReturn! + 5);
  await expect(run({ world: cartpole, settings: { base: null } })).rejects.toMatchObject({
    code: "E_TRAIN_WORLD",
    hint: "add --set base=off --set memoryRates= --set lastRequest=false",
  });
});

test("settings that do not go together are refused", () => {
  expect(() => configOf({ population: 7 })).toThrow("population must be even, since candidates come in pairs, got 7");
  expect(() => configOf({ method: "cmaes" })).toThrow("method must be auto, cma or openai");
  expect(() => configOf({ sigma: 0 })).toThrow("sigma must be");
  expect(() => configOf({ gamma: 0.9 })).toThrow("gamma is no setting of es");
});
