import { describe, expect, test } from "vitest";
import { UserError } from "../core/errors.js";
import { stream, uniform4 } from "../core/random.js";
import { cartpole } from "../probes/worlds/cartpole.js";
import { doubleIntegrator } from "../probes/worlds/double-integrator.js";
import { lqr } from "../probes/worlds/lqr.js";
import { pendulum } from "../probes/worlds/pendulum.js";
import { toyEconomy } from "../test/support/toy-economy.js";
import type { Env, StepResult } from "./contract.js";
import { akash } from "./economies/akash/index.js";
import { makeEnv } from "./environment.js";
import type { LaneRecord } from "./lane/reader.js";
import type { EnvOptions } from "./settings.js";
import { sample } from "./spaces.js";
import type { VectorEnv, VectorStep } from "./vector-env.js";
import { makeVectorEnv } from "./vector-env.js";
import type { Values, World } from "./world.js";

const SEED = 11;
const WORLDS: readonly (readonly [string, World, EnvOptions])[] = [
  ["toy, drawn parameters", toyEconomy, { scenario: "random" }],
  ["toy, crash", toyEconomy, { scenario: "crash", objective: "holders", split: "test" }],
  ["akash, drawn parameters", akash, { scenario: "random", horizon: 40 }],
  ["lqr", lqr, { horizon: 20 }],
  ["double integrator", doubleIntegrator, { horizon: 20 }],
  ["pendulum", pendulum, { horizon: 20 }],
  ["cartpole", cartpole, {}],
];

/** Random actions that depend on the episode and its day only, so that any number of lanes acts alike. */
function actionOf(env: { readonly spec: Env["spec"] }, episode: number, day: number): number[] {
  let draw = 0;
  const random = () => uniform4(SEED, episode, day, stream("policy", "train") + draw++).a;
  const action = sample(env.spec.actionSpace, random);
  return typeof action === "number" ? [action] : [...action];
}

function actionsOf(env: VectorEnv, episodes: Uint32Array, days: Uint32Array): Float64Array {
  const actions = new Float64Array(env.spec.actionNames.length * env.numLanes);
  for (let lane = 0; lane < env.numLanes; lane++) {
    for (const [i, x] of actionOf(env, episodes[lane]!, days[lane]!).entries()) actions[i * env.numLanes + lane] = x;
  }
  return actions;
}

/** Element `lane` of every field. */
function laneOf(array: ArrayLike<number>, lane: number, numLanes: number): number[] {
  return Array.from({ length: array.length / numLanes }, (_, i) => array[i * numLanes + lane]!);
}

function recordOf(record: LaneRecord, lane: number): Values {
  return Object.fromEntries(Object.entries(record).map(([name, array]) => [name, array[lane]!]));
}

function scalarAction(env: Env, action: readonly number[]): readonly number[] | number {
  return env.spec.actionSpace.kind === "discrete" ? action[0]! : action;
}

describe("makeVectorEnv on js", () => {
  test.each(WORLDS)("is bit-identical to single environments of the same episodes: %s", (_name, world, options) => {
    const numLanes = 5;
    const vector = makeVectorEnv(world, { ...options, numLanes });
    const singles = Array.from({ length: numLanes }, () => makeEnv(world, options));
    const ids = singles.map((_, lane) => lane);
    const start = vector.reset({ seed: SEED });
    const starts = singles.map((env, lane) => env.reset({ seed: SEED, options: { episode: lane } }));
    for (const [lane, { observation }] of starts.entries()) {
      expect(laneOf(start.observations, lane, numLanes)).toEqual([...observation]);
    }
    let { episode, day } = start.info;
    let finished = 0;
    for (let step = 0; step < 90; step++) {
      const result = vector.step(actionsOf(vector, episode, day));
      for (const [lane, env] of singles.entries()) {
        const action = actionOf(env, episode[lane]!, day[lane]!);
        const single = env.step(scalarAction(env, action));
        expectSameStep(result, lane, numLanes, single);
        if (!single.terminated && !single.truncated) {
          expectSameInfo(result, lane, single);
          continue;
        }
        finished++;
        expect(laneOf(result.finalObservations, lane, numLanes)).toEqual([...single.observation]);
        ids[lane]! += numLanes;
        const next = env.reset({ seed: SEED, options: { episode: ids[lane]! } });
        expect(laneOf(result.observations, lane, numLanes)).toEqual([...next.observation]);
        expect([result.info.episode[lane], result.info.day[lane]]).toEqual([ids[lane], 0]);
        expect(recordOf(result.info.params, lane)).toEqual(next.info.params);
        expect(result.info.lastLength[lane]).toBe(single.info.day);
      }
      ({ episode, day } = result.info);
    }
    expect(finished).toBeGreaterThan(numLanes);
  });

  test("what an episode returns does not depend on the number of lanes", () => {
    for (const [, world, options] of WORLDS) {
      const [few, many] = [3, 8].map((numLanes) => episodeReturns(makeVectorEnv(world, { ...options, numLanes })));
      const both = [...few!.keys()].filter((episode) => many!.has(episode));
      expect(both.length).toBeGreaterThan(3);
      for (const episode of both) expect(few!.get(episode)).toBe(many!.get(episode));
    }
  });

  test("a reset without a seed goes on to episodes that no lane has played", () => {
    const env = makeVectorEnv(toyEconomy, { numLanes: 3 });
    expect([...env.reset({ seed: 1 }).info.episode]).toEqual([0, 1, 2]);
    expect([...env.reset().info.episode]).toEqual([3, 4, 5]);
    expect([...env.reset({ options: { episode: 100 } }).info.episode]).toEqual([100, 101, 102]);
    expect([...env.reset({ seed: 1 }).info.episode]).toEqual([0, 1, 2]);
  });

  test("given parameters and scenarios reach all lanes and survive an autoreset", () => {
    const env = makeVectorEnv(toyEconomy, { numLanes: 6, horizon: 2 });
    env.reset({ seed: 1, options: { params: { volatility: 0.25 } } });
    const actions = new Float64Array(12);
    for (let i = 0; i < 5; i++) {
      expect([...env.step(actions).info.params["volatility"]!]).toEqual(new Array(6).fill(0.25));
    }
    expect([...env.reset({ options: { scenario: "crash" } }).info.params["growth"]!]).toEqual(new Array(6).fill(-0.05));
  });

  test("arrays that were handed out are not written to again", () => {
    const env = makeVectorEnv(toyEconomy, { numLanes: 4 });
    env.reset({ seed: 1 });
    const result = env.step(new Float64Array(8));
    const copy = structuredClone(result);
    env.step(new Float64Array(8));
    expect(result).toEqual(copy);
  });
});

describe("makeVectorEnv on wasm", () => {
  // Free runs in float32: DESIGN's 1e-3 x (|x| + scale) after up to 100 steps, while no lane has ended otherwise than on js.
  test.each(WORLDS)("stays close to js: %s", (name, world, options) => {
    if (name === "cartpole") return; // unstable: random play doubles an error every few steps, see the restarted test
    const numLanes = 8;
    const [js, wasm] = (["js", "wasm"] as const).map((device) => makeVectorEnv(world, { ...options, numLanes, device }));
    let { episode, day } = js!.reset({ seed: SEED }).info;
    wasm!.reset({ seed: SEED });
    for (let step = 0; step < 20; step++) {
      const actions = actionsOf(js!, episode, day);
      const [exact, close] = [js!.step(actions), wasm!.step(actions)];
      expect(close.observations).toBeInstanceOf(Float32Array);
      expect([...close.terminated]).toEqual([...exact.terminated]);
      expect([...close.truncated]).toEqual([...exact.truncated]);
      expect([...close.info.episode]).toEqual([...exact.info.episode]);
      expectClose(close.observations, exact.observations);
      expectClose(close.rewards, exact.rewards);
      expectClose(close.costs, exact.costs);
      ({ episode, day } = exact.info);
    }
  });

  test("counts lanes, episodes and days as js does, also for lanes that fill no group of four", () => {
    for (const numLanes of [1, 2, 3, 5]) {
      const env = makeVectorEnv(toyEconomy, { numLanes, device: "wasm", horizon: 3 });
      expect([...env.reset({ seed: 4 }).info.episode]).toEqual(Array.from({ length: numLanes }, (_, i) => i));
      const results = [0, 1, 2].map(() => env.step(new Float64Array(2 * numLanes)));
      expect(results.map(({ truncated }) => truncated[0])).toEqual([0, 0, 1]);
      expect([...results[2]!.info.episode]).toEqual(Array.from({ length: numLanes }, (_, i) => i + numLanes));
    }
  });
});

describe("bad input to a vector environment", () => {
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof UserError) return error.code;
      throw error;
    }
    return "none";
  };

  test.each([0, -1, 1.5, Number.NaN])("%s lanes are refused", (numLanes) => {
    expect(code(() => makeVectorEnv(toyEconomy, { numLanes }))).toBe("E_OPTION_RANGE");
  });

  test("an unknown device and a misspelt option are refused", () => {
    expect(code(() => makeVectorEnv(toyEconomy, { numLanes: 1, device: "gpu" as "js" }))).toBe("E_DEVICE");
    expect(code(() => makeVectorEnv(toyEconomy, { numLanes: 1, horizn: 3 } as { numLanes: number }))).toBe("E_OPTION");
  });

  test("a step before the first reset is refused", () => {
    expect(code(() => makeVectorEnv(toyEconomy, { numLanes: 1 }).step([0, 0]))).toBe("E_ENV_ORDER");
  });

  test("one bad action of one lane is refused by name, and no lane has moved", () => {
    const env = makeVectorEnv(toyEconomy, { numLanes: 3 });
    env.reset({ seed: 1 });
    for (const bad of [Number.NaN, Infinity, 1.01, -0.01]) {
      const actions = [0, 0, 0, 0, 0, bad];
      expect(() => env.step(actions)).toThrow(`burnShare of lane 2 is ${bad}, outside [0, 1]`);
    }
    expect(code(() => env.step([0, 0]))).toBe("E_ACTION");
    expect([...env.step(new Float64Array(6)).info.day]).toEqual([1, 1, 1]);
  });

  test("a choice that is not one of the count is refused", () => {
    const env = makeVectorEnv(cartpole, { numLanes: 2 });
    env.reset({ seed: 1 });
    for (const bad of [2, -1, 0.5, Number.NaN]) expect(code(() => env.step([0, bad]))).toBe("E_ACTION");
  });
});

function expectSameStep(result: VectorStep, lane: number, numLanes: number, single: StepResult): void {
  expect(result.rewards[lane]).toBe(single.reward);
  expect(laneOf(result.costs, lane, numLanes)).toEqual([...single.costs]);
  expect([result.terminated[lane], result.truncated[lane]]).toEqual([+single.terminated, +single.truncated]);
  expect(recordOf(result.info.terms, lane)).toEqual(single.info.terms);
  expect(recordOf(result.info.requested, lane)).toEqual(single.info.requested);
}

function expectSameInfo(result: VectorStep, lane: number, { observation, info }: StepResult): void {
  expect(laneOf(result.observations, lane, result.rewards.length)).toEqual([...observation]);
  expect(recordOf(result.info.applied, lane)).toEqual(info.applied);
  expect(recordOf(result.info.flows, lane)).toEqual(info.flows);
  expect(recordOf(result.info.breakers, lane)).toEqual(info.breakers);
  expect(recordOf(result.info.params, lane)).toEqual(info.params);
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(1e-3 * (Math.abs(expected[i]!) + 1));
  }
}

/** Return of every episode that ended within 150 steps, by its id. */
function episodeReturns(env: VectorEnv): Map<number, number> {
  const returns = new Map<number, number>();
  let { episode, day } = env.reset({ seed: SEED }).info;
  for (let step = 0; step < 150; step++) {
    const { terminated, truncated, info } = env.step(actionsOf(env, episode, day));
    for (let lane = 0; lane < env.numLanes; lane++) {
      if (terminated[lane] || truncated[lane]) returns.set(episode[lane]!, info.lastReturn[lane]!);
    }
    ({ episode, day } = info);
  }
  return returns;
}
