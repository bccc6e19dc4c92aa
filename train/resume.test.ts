import { describe, expect, test } from "vitest";
import { NotFiniteError } from "../agents/learner/not-finite.js";
import { unpackPpo } from "../agents/ppo/pack-state.js";
import { ppoSettings } from "../agents/ppo/settings.js";
import { createLearner } from "../agents/ppo/wasm/wasm-learner.js";
import { akash } from "../env/economies/akash/index.js";
import { parseEnvOptions } from "../env/settings.js";
import type { World } from "../env/world.js";
import { relativeL2 } from "../reference/float64-update.js";
import { poisonedWorld } from "../test/support/tiny-worlds.js";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
import { parseConfig, type TrainConfig } from "./config.js";
import { checkpointOf } from "./learner-checkpoint.js";
import { readState, type TrainEvent, train } from "./train.js";
import type { TrainState } from "./train-state.js";

/** 1,024 decisions an iteration. */
const SMALL = {
  marketGroup: 8,
  numEnvs: 128,
  numSteps: 8,
  numMinibatches: 4,
  updateEpochs: 2,
  hidden: [24, 16],
  decisionInterval: 2,
  checkpointEvery: 1,
};

function configOf(iterations: number, settings: Readonly<Record<string, unknown>> = {}): TrainConfig {
  const config = ppoSettings(parseConfig({ algorithm: "ppo", ...SMALL, ...settings }));
  // The learning rate is annealed over all steps, so the runs that are compared are planned for the same number.
  return { ...config, algorithm: "ppo", totalSteps: iterations * config.numEnvs * config.numSteps * config.decisionInterval };
}

interface Run {
  readonly world?: World;
  readonly config: TrainConfig;
  readonly numThreads: number;
  readonly resume?: TrainState;
  /** Stops when this many iterations are done, as Ctrl-C does. */
  readonly stopAfter?: number;
  readonly seen?: TrainEvent[];
}

/** Runs to the end and returns the last state. */
async function run({ world = akash, config, stopAfter, seen = [], ...rest }: Run): Promise<TrainState> {
  const { lane } = parseEnvOptions(world, {});
  const abort = new AbortController();
  let last: TrainState | undefined;
  for await (const event of train({ world, lane, config, signal: abort.signal, ...rest })) {
    seen.push(event);
    if (event.kind === "iteration" && event.metrics.iteration === stopAfter) abort.abort();
    if (event.kind === "checkpoint") last = event.state;
  }
  return last!;
}

/** Through the bytes of a checkpoint file, as a resumed process reads it. */
function throughFile(state: TrainState, config: TrainConfig, world: World = akash): TrainState {
  const { lane } = parseEnvOptions(world, {});
  return readState(decodeCheckpoint(bytesOf(state)), { world, lane, config, numThreads: 1 });
}

const bytesOf = (state: TrainState) => encodeCheckpoint(checkpointOf(state, [], {}));

describe("N iterations are N/2, a checkpoint file and N/2 more, bit for bit", () => {
  test.each([
    ["1 thread", 1, 1, {}],
    ["2 threads", 2, 2, {}],
    ["1 thread, then 2", 1, 2, {}],
    [
      "no normalisers, relu, value clipping, plain PPO",
      1,
      1,
      {
        normalizeObservation: false,
        normalizeReward: false,
        activation: "relu",
        clipValueLoss: true,
        marketGroup: 1,
        noiseHold: 1,
      },
    ],
    // Noise that is held over the break and episodes of 11 steps that end in the middle of a rollout.
    ["odd lengths", 1, 1, { noiseHold: 5, decisionInterval: 3, horizon: 11, numSteps: 12, numMinibatches: 3, targetKl: 0.001 }],
  ] as const)("%s", async (_name, first, second, settings) => {
    const config = configOf(6, settings);
    const [whole, half] = await Promise.all([
      run({ config, numThreads: first }),
      run({ config, numThreads: first, stopAfter: 3 }),
    ]);
    expect(half.iteration).toBe(3);
    const resumed = await run({ config, numThreads: second, resume: throughFile(half, config) });
    expect(resumed.iteration).toBe(6);
    expect(Buffer.compare(bytesOf(resumed), bytesOf(whole))).toBe(0);
  });

  test("the iterations after a resume report what the unbroken run reported", async () => {
    const config = configOf(4);
    const [whole, broken]: [TrainEvent[], TrainEvent[]] = [[], []];
    await run({ config, numThreads: 1, seen: whole });
    const half = await run({ config, numThreads: 1, stopAfter: 2 });
    await run({ config, numThreads: 1, resume: throughFile(half, config), seen: broken });
    const metrics = (events: TrainEvent[]) => events.flatMap((event) => (event.kind === "iteration" ? [event.metrics] : []));
    expect(metrics(broken)).toEqual(metrics(whole).slice(2));
  });
});

test("a checkpoint that no run of these settings can have left is refused, whatever its SHA-256 says", async () => {
  const config = configOf(6);
  const { lane } = parseEnvOptions(akash, {});
  const good = decodeCheckpoint(bytesOf(await run({ config, numThreads: 1, stopAfter: 2 })));
  const read = (header: object, tensors: object = {}) =>
    readState(
      decodeCheckpoint(encodeCheckpoint({ header: { ...good.header, ...header }, tensors: { ...good.tensors, ...tensors } })),
      { world: akash, lane, config, numThreads: 1 },
    );
  expect(read({}).iteration).toBe(2);
  expect(() => read({}, { lanes: new Uint32Array(64) })).toThrow(/lanes has 64 elements, but the run needs \d+/);
  expect(() => read({}, { firstMoment: new Float32Array(3) })).toThrow("firstMoment has 3 elements");
  expect(() => read({}, { "hidden.mean": new Float64Array(1) })).toThrow("hidden.mean has 1 elements");
  expect(() => read({}, { params: new Float32Array(good.tensors["params"]!.length).fill(Number.NaN) })).toThrow(
    "params holds NaN at place 0",
  );
  expect(() => read({ iteration: 9e15 })).toThrow("iteration is 9000000000000000, but the run has 6");
  expect(() => read({ envSteps: 7 })).toThrow("envSteps is 7, but 2 iterations make 4096");
  expect(() => read({ clock: 1e9 })).toThrow("clock is 1000000000, but 2 iterations make 32");
  expect(() => read({ updates: 1e9 })).toThrow("updates is 1000000000, but 2 iterations make at most 16");
});

describe("a run that goes on on another device", () => {
  /** 512 samples learned from in one go, so that the plain JavaScript backend is quick. */
  const settings = { numMinibatches: 1, numEnvs: 64, numSteps: 8, updateEpochs: 2 };
  const on = (device: "wasm" | "tensorflow", config: TrainConfig): TrainConfig => ({ ...config, device });

  test("wasm, then TensorFlow.js, then wasm again ends next to the unbroken wasm run", async () => {
    const config = configOf(6, settings);
    const whole = await run({ config: on("wasm", config), numThreads: 1 });
    const seen: TrainEvent[] = [];
    const first = await run({ config: on("wasm", config), numThreads: 1, stopAfter: 2 });
    const second = await run({
      config: on("tensorflow", config),
      numThreads: 1,
      resume: throughFile(first, config),
      stopAfter: 4,
      seen,
    });
    const third = await run({ config: on("wasm", config), numThreads: 1, resume: throughFile(second, config) });
    expect(seen[0]).toMatchObject({ kind: "start", device: expect.stringMatching(/^tensorflow: @tensorflow\/tfjs/) });
    const { params } = third;
    expect(third).toMatchObject({ iteration: 6, envSteps: whole.envSteps, counters: whole.counters });
    // Rounding in the weights turns into slightly other actions, and those into other lanes: close, but no more than that.
    expect(relativeL2(params, whole.params)).toBeLessThan(1e-4);
    expect(relativeL2(unpackPpo(third).secondMoment, unpackPpo(whole).secondMoment)).toBeLessThan(1e-2);
    // It did learn in between: the same run without the two iterations is further away by far.
    expect(relativeL2(first.params, whole.params)).toBeGreaterThan(1e-2);
  });

  test("on TensorFlow.js alone N iterations are N/2, a checkpoint file and N/2 more, bit for bit", async () => {
    const config = on("tensorflow", configOf(4, settings));
    const whole = await run({ config, numThreads: 1 });
    const half = await run({ config, numThreads: 1, stopAfter: 2 });
    const resumed = await run({ config, numThreads: 2, resume: throughFile(half, config) });
    expect(Buffer.compare(bytesOf(resumed), bytesOf(whole))).toBe(0);
  });
});

describe("a NaN in the middle of a run", () => {
  test("leaves the checkpoints from before it whole, and a resume meets the same NaN again", async () => {
    const world = poisonedWorld("reward", 50, "NaN");
    const config = configOf(20, { normalizeReward: true });
    const seen: TrainEvent[] = [];
    const failure = run({ world, config, numThreads: 1, seen });
    await expect(failure).rejects.toBeInstanceOf(NotFiniteError);
    const message = await failure.catch((error: Error) => error.message);
    expect(message).toMatch(/^reward of lane \d+ in step \d is not finite in iteration \d+$/);
    const last = seen.findLast((event) => event.kind === "checkpoint")!.state;
    expect(last.iteration).toBeGreaterThan(0);
    expect(message).toContain(`in iteration ${last.iteration + 1}`);

    // Every number of the checkpoint is finite, and a learner takes it.
    const again = throughFile(last, config, world);
    const { params, firstMoment, secondMoment } = unpackPpo(again);
    for (const weights of [params, firstMoment, secondMoment]) expect(weights.every(Number.isFinite)).toBe(true);
    const { lane, horizon } = parseEnvOptions(world, {});
    const learner = await createLearner({
      world,
      lane,
      horizon,
      ppo: ppoSettings(config),
      numThreads: 1,
      relaxed: false,
      random: () => 0.5,
    });
    learner.restore(unpackPpo(again));
    await expect(learner.iterate()).rejects.toThrow(message as string);
    await learner.dispose();
  });
});
