import { beforeAll, describe, expect, test, vi } from "vitest";
import { NotFiniteError } from "../agents/learner/not-finite.js";
import { unpackPpo } from "../agents/ppo/pack-state.js";
import { parseEnvOptions } from "../env/settings.js";
import type { World } from "../env/world.js";
import { DeviceLostError } from "../models/webgpu/device-lost.js";
import { lqr } from "../probes/worlds/lqr.js";
import { relativeL2 } from "../reference/float64-update.js";
import { opened } from "../test/support/losable-gpu.js";
import { hasGpu } from "../test/support/swiftshader.js";
import { poisonedWorld } from "../test/support/tiny-worlds.js";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
import { parseConfig, type TrainConfig } from "./config.js";
import { checkpointOf } from "./learner-checkpoint.js";
import { readState, type TrainEvent, train } from "./train.js";
import type { TrainState } from "./train-state.js";

vi.mock("../models/webgpu/device.js", async (load) => (await import("../test/support/losable-gpu.js")).losable(await load()));
const isHere = await hasGpu();

/** Six iterations of 512 decisions. */
const SMALL = {
  ...{ numEnvs: 64, numSteps: 8, numMinibatches: 2, updateEpochs: 2, hidden: [8], decisionInterval: 1, horizon: 12 },
  ...{ checkpointEvery: 2, totalSteps: 6 * 512 },
};
const configOf = (device: "wasm" | "webgpu", settings: Readonly<Record<string, unknown>> = {}): TrainConfig =>
  parseConfig({ algorithm: "ppo", ...SMALL, device, ...settings });

interface Run {
  readonly world?: World;
  readonly config: TrainConfig;
  readonly resume?: TrainState;
  readonly seen?: TrainEvent[];
  readonly onEvent?: (event: TrainEvent, abort: AbortController) => void;
}

/** Runs to the end and returns the events. */
async function run({ world = lqr, config, resume, seen = [], onEvent }: Run): Promise<TrainEvent[]> {
  const { lane } = parseEnvOptions(world, {});
  const abort = new AbortController();
  const options = { world, lane, config, numThreads: 1, signal: abort.signal, ...(resume ? { resume } : {}) };
  for await (const event of train(options)) {
    seen.push(event);
    onEvent?.(event, abort);
  }
  return seen;
}

const checkpoints = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.kind === "checkpoint" ? [event.state] : []));
const lastOf = (events: readonly TrainEvent[]) => checkpoints(events).at(-1)!;
const metricsOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.kind === "iteration" ? [event.metrics] : []));
const bytesOf = (state: TrainState) => encodeCheckpoint(checkpointOf(state, [], {}));

/** Through the bytes of a checkpoint file, as a resumed process reads it. */
function throughFile(state: TrainState, world: World = lqr): TrainState {
  const { lane } = parseEnvOptions(world, {});
  return readState(decodeCheckpoint(bytesOf(state)), { world, lane, config: configOf("wasm"), numThreads: 1 });
}

/** Stops as Ctrl-C does. */
const stopAfter = (iteration: number) => (event: TrainEvent, abort: AbortController) => {
  if (event.kind === "iteration" && event.metrics.iteration === iteration) abort.abort();
};

describe.skipIf(!isHere)("a run on webgpu", () => {
  let whole: TrainEvent[];
  beforeAll(async () => {
    whole = await run({ config: configOf("webgpu") });
  });

  test("reports its iterations in their order, and every checkpoint after those that it contains", () => {
    const order = whole.map((event) => {
      if (event.kind === "iteration") return event.metrics.iteration;
      return event.kind === "checkpoint" ? `checkpoint ${event.state.iteration}` : event.kind;
    });
    expect(order).toEqual(["start", 1, 2, "checkpoint 2", 3, 4, "checkpoint 4", 5, 6, "checkpoint 6", "end"]);
    expect(whole[0]).toMatchObject({ device: expect.stringMatching(/^webgpu: ./), iterations: 6 });
  });

  test("goes on from a checkpoint file bit for bit", async () => {
    const seen = await run({ config: configOf("webgpu"), resume: throughFile(checkpoints(whole)[0]!) });
    expect(metricsOf(seen)).toEqual(metricsOf(whole).slice(2));
    expect(Buffer.compare(bytesOf(lastOf(seen)), bytesOf(lastOf(whole)))).toBe(0);
  });

  test("that is stopped with an iteration under way ends after it, with its checkpoint", async () => {
    const seen = await run({ config: configOf("webgpu"), onEvent: stopAfter(3) });
    // The fourth had been called already.
    expect(metricsOf(seen)).toEqual(metricsOf(whole).slice(0, 4));
    expect(seen.at(-1)).toEqual({ kind: "end", aborted: true, stoppedEarly: false });
    expect(Buffer.compare(bytesOf(lastOf(seen)), bytesOf(checkpoints(whole)[1]!))).toBe(0);
  });

  test("goes on on wasm and comes back, and ends next to a run that was on wasm all along", async () => {
    const wasm = lastOf(await run({ config: configOf("wasm") }));
    const first = await run({ config: configOf("wasm"), onEvent: stopAfter(2) });
    const second = await run({ config: configOf("webgpu"), resume: throughFile(lastOf(first)), onEvent: stopAfter(3) });
    const third = lastOf(await run({ config: configOf("wasm"), resume: throughFile(lastOf(second)) }));
    for (const end of [third, lastOf(whole)]) {
      expect(end).toMatchObject({ iteration: 6, envSteps: wasm.envSteps, counters: wasm.counters });
      // Rounding in the weights turns into slightly other actions, and those into other lanes: close, but no more than that.
      expect(relativeL2(end.params, wasm.params)).toBeLessThan(1e-4);
      expect(relativeL2(unpackPpo(end).secondMoment, unpackPpo(wasm).secondMoment)).toBeLessThan(1e-2);
    }
    // They did learn in between.
    expect(relativeL2(lastOf(first).params, wasm.params)).toBeGreaterThan(1e-2);
  });

  test("whose device is lost ends with the driver's words, and its last checkpoint is whole", async () => {
    const seen: TrainEvent[] = [];
    const failure = run({
      config: configOf("webgpu"),
      seen,
      onEvent: (event) => {
        // The fourth iteration is under way.
        if (event.kind === "iteration" && event.metrics.iteration === 3) opened.at(-1)!.lose("the driver was reset");
      },
    });
    await expect(failure).rejects.toThrow(new DeviceLostError("the GPU was lost: the driver was reset"));
    expect(metricsOf(seen)).toEqual(metricsOf(whole).slice(0, metricsOf(seen).length));
    expect(Buffer.compare(bytesOf(lastOf(seen)), bytesOf(checkpoints(whole)[0]!))).toBe(0);
  });

  test("in which something stops being a number keeps the checkpoints from before, and a resume meets the same", async () => {
    const world = poisonedWorld("observation", 27, "NaN");
    const config = configOf("webgpu", { horizon: 64, marketGroup: 1 });
    const seen: TrainEvent[] = [];
    const failure = run({ world, config, seen });
    await expect(failure).rejects.toBeInstanceOf(NotFiniteError);
    const { message } = (await failure.catch((error: unknown) => error)) as Error;
    expect(message).toMatch(/^observation level of \d+ lanes? is not finite in iteration \d$/);
    const last = throughFile(lastOf(seen), world);
    const { params, firstMoment, secondMoment } = unpackPpo(last);
    for (const weights of [params, firstMoment, secondMoment]) expect(weights.every(Number.isFinite)).toBe(true);
    await expect(run({ world, config, resume: last })).rejects.toThrow(message);
  });
});
