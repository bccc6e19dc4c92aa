import { describe, expect, test } from "vitest";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../train/checkpoint.js";
import { parseConfig } from "../../train/config.js";
import { checkpointOf } from "../../train/learner-checkpoint.js";
import { envStepsOf, readState, type TrainEvent, train, workOf } from "../../train/train.js";

const world = findEconomy("akash");
const { lane } = parseEnvOptions(world, {});

/** Four iterations of gradients, 320 env-steps each, and three generations of 400: the first of each only measures. */
const SMALL = {
  ...{ algorithm: "recipe", base: { rule: "akash-bme", values: {} }, hidden: [4], horizon: 20, evalEvery: 3, evalEpisodes: 4 },
  ...{ totalSteps: 4 * 320 + 3 * 400, gradientSteps: 4 * 320, checkpointEvery: 1, "apg.episodes": 16 },
  ...{ "es.population": 4, "es.episodes": 4 },
};

interface Run {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly numThreads?: number;
  readonly resume?: Uint8Array;
  readonly stopAfter?: number;
}

async function run({ settings = {}, numThreads = 1, resume, stopAfter }: Run) {
  const options = { world, lane, config: parseConfig({ ...SMALL, ...settings }), numThreads };
  const abort = new AbortController();
  const from = resume ? { resume: readState(decodeCheckpoint(resume), options) } : {};
  const events: TrainEvent[] = [];
  const checkpoints: Uint8Array[] = [];
  for await (const event of train({ ...options, ...from, signal: abort.signal })) {
    events.push(event);
    if (event.kind === "iteration" && event.metrics.iteration === stopAfter) abort.abort();
    if (event.kind === "checkpoint") checkpoints.push(encodeCheckpoint(checkpointOf(event.state, event.observations, {})));
  }
  const all = <Kind extends TrainEvent["kind"]>(kind: Kind) =>
    events.filter((event): event is Extract<TrainEvent, { kind: Kind }> => event.kind === kind);
  return { all, last: checkpoints.at(-1)! };
}

test("the stages share the env-steps, and each is evaluated at its end", async () => {
  const config = parseConfig(SMALL);
  expect(workOf(config, world)).toMatchObject({ iterations: 7, settles: [4, 7] });
  expect(envStepsOf(config, world)).toBe(4 * 320 + 3 * 400);
  const { all } = await run({});
  expect(all("iteration").map(({ metrics }) => metrics.notes[0])).toEqual(["apg", "apg", "apg", "apg", "es", "es", "es"]);
  expect(all("iteration").map(({ metrics }) => metrics.envSteps)).toEqual([320, 640, 960, 1280, 1680, 2080, 2480]);
  expect(all("evaluation").map(({ score }) => score.iteration)).toEqual([1, 3, 4, 6, 7]);
  const [first] = all("evaluation");
  expect(first!.score.gain!.objective).toEqual({ mean: 0, low: 0, high: 0 });
  expect(first!.score.refused).toBeUndefined();
});

test("with as many gradient steps as there are there is one stage", () => {
  expect(workOf(parseConfig({ ...SMALL, gradientSteps: 1e6 }), world)).toMatchObject({ iterations: 8, settles: [8] });
});

describe("N iterations are those up to a checkpoint file and the rest, bit for bit", () => {
  test.each([
    [2, "in the gradients"],
    [4, "between the stages"],
    [6, "in the evolution"],
  ])("after %i, %s, on another number of threads", async (stopAfter) => {
    const whole = await run({});
    const half = await run({ stopAfter, numThreads: 2 });
    const rest = await run({ resume: half.last, numThreads: 2 });
    expect(Buffer.from(rest.last).equals(Buffer.from(whole.last))).toBe(true);
  });
});

test("a run ends with the best policy that its evaluations found, not with the last one", async () => {
  // Steps so long that the policy is worse wherever it goes, or nearly.
  const { all } = await run({ settings: { "apg.learningRate": 1, "es.sigma": 10, "es.learningRate": 1, checkpointEvery: 2 } });
  const states = all("checkpoint").map(({ state }) => state);
  const best = all("best").at(-1)!.state;
  expect(best.iteration).toBeLessThan(7);
  expect(states.at(-1)!.params).toEqual(best.params);
  expect(states.at(-1)!.observationMoments).toEqual(best.observationMoments);
  // On the way the policy was another.
  expect(states.find(({ iteration }) => iteration === 6)!.params).not.toEqual(best.params);
});

test.each([
  [{ "es.population": 5 }, "population must be even"],
  [{ decisionInterval: 7 }, "decides in every control step"],
  [{ "apg.rate": 5 }, 'unknown setting "apg.rate"'],
  [{ apg: 5 }, "apg must be an object of settings, got 5"],
  [{ "es.sigma": -1 }, "es.sigma must be a number > 0 and <= 10, got -1"],
  [{ evalEvery: 0 }, "evalEvery must be a whole number >= 1"],
])("%o is refused", (settings, message) => {
  expect(() => parseConfig({ ...SMALL, ...settings })).toThrow(message);
});
