import { describe, expect, test } from "vitest";
import { akash } from "../../env/economies/akash/index.js";
import { makeEnv } from "../../env/environment.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { cartpole } from "../../probes/worlds/cartpole.js";
import { pendulum } from "../../probes/worlds/pendulum.js";
import { learnerOptions } from "../../test/support/learner-memory.js";
import { toyEconomy } from "../../test/support/toy-economy.js";
import type { Controller } from "../controller/controller.js";
import { startController } from "../controller/start-controller.js";
import { actLearned } from "../learned/act-learned.js";
import { actionWidths, type LearnedController } from "../learned/learned-controller.js";
import { loadLearned } from "../policy/load-learned.js";
import { createLearner } from "../ppo/wasm/wasm-learner.js";
import { makeRule } from "../rules/registry.js";
import { decide } from "./decide.js";
import type { EpisodeMetrics } from "./episode-metrics.js";
import { createSimulator, type EpisodeRequest, type EpisodeResult } from "./episodes.js";

const HORIZON = 40;
const request = (batches: EpisodeRequest["batches"], more: Partial<EpisodeRequest> = {}): EpisodeRequest => ({
  batches,
  horizon: HORIZON,
  seed: 3,
  split: "test",
  block: 0,
  ...more,
});

/** A controller after two iterations of training, and observations that its lanes met. */
async function trained(world: World): Promise<{ controller: LearnedController; observations: number[][] }> {
  const options = learnerOptions(world, {
    numEnvs: 128,
    marketGroup: 8,
    learningRate: 0.01,
    activation: "tanh",
    hidden: [32, 16],
  });
  const learner = await createLearner(options);
  for (let i = 0; i < 3; i++) await learner.iterate();
  const { params, observationMoments } = await learner.state();
  const controller = loadLearned({
    world,
    lane: options.lane,
    objective: Object.keys(world.objectives)[0]!,
    decisionInterval: 3,
    agent: learner.agent,
    parameters: params,
    moments: observationMoments,
  });
  const observations = await learner.observations(128);
  await learner.dispose();
  return { controller, observations };
}

async function simulate(
  controllers: Readonly<Record<string, Controller>>,
  sizes: { readonly maxLanes: number; readonly numThreads: number },
  requests: readonly (readonly [string, EpisodeRequest])[],
  world: World = akash,
): Promise<EpisodeResult[][]> {
  const { lane } = parseEnvOptions(world, {});
  const simulator = await createSimulator({ world, lane, controllers, maxHorizon: HORIZON, series: true, ...sizes });
  try {
    return requests.map(([id, one]) => simulator.run(id, one));
  } finally {
    await simulator.dispose();
  }
}

/** Metrics of episodes from..to-1. */
function cut(metrics: EpisodeMetrics, from: number, to: number): unknown {
  const slice = (value: unknown): unknown =>
    value instanceof Float64Array
      ? [...value.subarray(from, to)]
      : Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, slice(inner)]));
  return slice(metrics);
}

describe("an episode's metrics are the same to the last bit", () => {
  const CRASH = { overrides: akash.scenarios["crash"]!.overrides, episodes: 70 };
  const base = (episodes: number, first = 0) => ({ overrides: {}, episodes, first });

  test("whatever the number of lanes, of threads and what else is asked for", async () => {
    const { controller } = await trained(akash);
    const controllers: Record<string, Controller> = {
      learned: controller,
      pid: makeRule("pid", akash),
    };
    for (const id of Object.keys(controllers)) {
      const [[alone] = []] = await simulate(controllers, { maxLanes: 300, numThreads: 1 }, [[id, request([base(300)])]]);
      for (const numThreads of [1, 2]) {
        // More lanes than are used, episodes in two batches around another scenario, and other requests before.
        const [, , [head, crash, tail] = []] = await simulate(
          { other: controllers["pid"]!, ...controllers },
          { maxLanes: 1000, numThreads },
          [
            ["other", request([base(900)])],
            [id, request([CRASH], { horizon: 7, seed: 8 })],
            [id, request([base(100), CRASH, base(200, 100)], { series: true })],
          ],
        );
        expect(cut(head!.metrics, 0, 100)).toEqual(cut(alone!.metrics, 0, 100));
        expect(cut(tail!.metrics, 0, 200)).toEqual(cut(alone!.metrics, 100, 300));
        expect(cut(crash!.metrics, 0, 70)).not.toEqual(cut(alone!.metrics, 0, 70));
      }
      // One episode by itself, in a simulator of few lanes.
      const [[single] = []] = await simulate(controllers, { maxLanes: 1, numThreads: 1 }, [[id, request([base(1, 257)])]]);
      expect(cut(single!.metrics, 0, 1)).toEqual(cut(alone!.metrics, 257, 258));
    }
  });

  test("with parameters drawn for each episode, and other ones for another seed, split or block", async () => {
    const controllers: Record<string, Controller> = { none: makeRule("none", akash) };
    const drawn = { randomise: true };
    const runs = await simulate(controllers, { maxLanes: 130, numThreads: 2 }, [
      ["none", request([base(130)], drawn)],
      ["none", request([base(64, 66)], drawn)],
      ["none", request([base(130)])],
      ["none", request([base(130)], { ...drawn, seed: 4 })],
      ["none", request([base(130)], { ...drawn, split: "selection" })],
      ["none", request([base(130)], { ...drawn, block: 1 })],
    ]);
    const [whole, part, ...others] = runs.map((results) => results[0]!.metrics);
    expect(cut(part!, 0, 64)).toEqual(cut(whole!, 66, 130));
    for (const other of others) {
      const same = other.return.filter((value, i) => value === whole!.return[i]).length;
      expect(same).toBe(0);
    }
  });
});

describe("a learned controller on the device", () => {
  test.each([
    ["akash", akash],
    ["toy", toyEconomy],
    ["pendulum", pendulum],
  ] as [string, World][])("requests what actLearned does, to 1e-5 of the band: %s", async (_name, world) => {
    const { controller, observations } = await trained(world);
    const specs = Object.values(world.observations);
    // Besides what was met: the corners of the observation space, and a number that is none.
    const corners = [
      specs.map(({ low }) => low),
      specs.map(({ high }) => high),
      specs.map(() => 0),
      specs.map(() => Number.NaN),
    ];
    const asked = [...observations, ...corners];
    const { lane } = parseEnvOptions(world, {});
    const actions = await decide({ world, lane, controller }, asked);
    const widths = actionWidths(controller);
    for (const [i, observation] of asked.entries()) {
      // The device sees float32.
      const expected = actLearned(controller, observation.map(Math.fround));
      for (const [j, action] of actions[i]!.entries()) {
        expect(Math.abs(action - expected[j]!) / widths[j]!, `observation ${i}, action ${j}`).toBeLessThanOrEqual(1e-5);
      }
    }
  });

  test("chooses what actLearned does: cartpole", async () => {
    const { controller, observations } = await trained(cartpole);
    const { lane } = parseEnvOptions(cartpole, {});
    const actions = await decide({ world: cartpole, lane, controller }, observations);
    expect(actions).toEqual(observations.map((observation) => actLearned(controller, observation)));
    expect(new Set(actions.flat()).size).toBe(2);
  });

  test("decides every third day and its first days are those of the float64 environment under startController", async () => {
    const { controller } = await trained(pendulum);
    expect(controller.decisionInterval).toBe(3);
    const [episodes, DAYS] = [20, 10];
    const [[result] = []] = await simulate(
      { learned: controller },
      { maxLanes: episodes, numThreads: 1 },
      [["learned", request([{ overrides: {}, episodes }], { horizon: DAYS, series: true })]],
      pendulum,
    );
    const [name, { low, high }] = Object.entries(
      (pendulum.actions as { fields: Record<string, { low: number; high: number }> }).fields,
    )[0]!;
    for (let episode = 0; episode < episodes; episode++) {
      const env = makeEnv(pendulum, { split: "test", seed: 3 });
      let { observation } = env.reset({ seed: 3, options: { episode } });
      const learned = startController(controller, pendulum);
      let held: readonly number[] = [];
      const actions = Array.from({ length: DAYS }, (_, day) => result!.series!.actions[name]![day * episodes + episode]!);
      for (let day = 0; day < DAYS; day++) {
        const decides = day % 3 === 0;
        if (decides) held = actLearned(controller, observation);
        const action = learned(observation);
        expect(action).toEqual(held);
        const got = actions[day]!;
        // To the last bit: nothing is computed on the days between. A new observation makes another decision.
        if (!decides) expect(got).toBe(actions[day - 1]);
        else if (day > 0) expect(got).not.toBe(actions[day - 1]);
        // Ten steps of float32; a pendulum does not yet double its errors.
        expect(Math.abs(got - action[0]!)).toBeLessThan(1e-4 * (high - low));
        ({ observation } = env.step(action));
      }
    }
  });
});
