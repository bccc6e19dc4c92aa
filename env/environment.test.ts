import { describe, expect, test } from "vitest";
import { UserError } from "../core/errors.js";
import { cartpole } from "../probes/worlds/cartpole.js";
import { pendulum } from "../probes/worlds/pendulum.js";
import { toyEconomy } from "../test/support/toy-economy.js";
import type { Env, StepResult } from "./contract.js";
import { makeEnv } from "./environment.js";
import { sample } from "./spaces.js";

/** A small generator for actions, so that runs repeat. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function playOn(env: Env, steps: number, random: () => number): StepResult[] {
  const results: StepResult[] = [];
  while (results.length < steps) {
    const result = env.step(sample(env.spec.actionSpace, random));
    results.push(result);
    if (result.terminated || result.truncated) break;
  }
  return results;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return "none";
}

describe("makeEnv", () => {
  test("the spec names observations, actions and constraints with their units", () => {
    const { spec } = makeEnv(toyEconomy);
    expect(spec.observationNames).toEqual(["logPrice", "stakedShare"]);
    expect(spec.actionSpace).toEqual({ kind: "box", low: [0, 0], high: [0.01, 1] });
    expect(spec.constraints.map(({ name, limit }) => [name, limit])).toEqual([["supplyChange", 0.3]]);
    expect(spec.metadata.autoresetMode).toBe("disabled");
    expect(makeEnv(cartpole).spec.actionSpace).toEqual({ kind: "discrete", count: 2 });
  });

  test("the same seed gives the same episodes, another seed another one", () => {
    const runs = [5, 5, 6].map((seed) => {
      const env = makeEnv(toyEconomy);
      const first = env.reset({ seed });
      const steps = playOn(env, 60, randomFrom(1));
      const second = env.reset();
      return { first, steps, second };
    });
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]!.steps).not.toEqual(runs[2]!.steps);
    expect([runs[0]!.first.info.episode, runs[0]!.second.info.episode]).toEqual([0, 1]);
  });

  test("an episode depends on its id only, not on what was played before", () => {
    const env = makeEnv(toyEconomy, { scenario: "random" });
    env.reset({ seed: 9 });
    playOn(env, 60, randomFrom(3));
    const later = [env.reset({ options: { episode: 4 } }), playOn(env, 60, randomFrom(1))];
    const fresh = makeEnv(toyEconomy, { scenario: "random" });
    expect([fresh.reset({ seed: 9, options: { episode: 4 } }), playOn(fresh, 60, randomFrom(1))]).toEqual(later);
    expect(env.reset().info.episode).toBe(5);
  });

  test("splits run on different markets", () => {
    const firstReward = (split: "train" | "selection" | "test") => {
      const env = makeEnv(toyEconomy, { split });
      env.reset({ seed: 1 });
      return env.step([0.002, 0.5]).reward;
    };
    expect(new Set([firstReward("train"), firstReward("selection"), firstReward("test")]).size).toBe(3);
  });

  test("an episode is truncated at the horizon and terminated by ruin, never both", () => {
    const env = makeEnv(toyEconomy, { horizon: 10, params: { ruin: 0 } });
    env.reset({ seed: 1 });
    const steps = playOn(env, 100, randomFrom(1));
    expect(steps.map(({ truncated }) => truncated)).toEqual([...new Array(9).fill(false), true]);
    expect(steps.some(({ terminated }) => terminated)).toBe(false);

    const ruined = makeEnv(toyEconomy, { scenario: "crash" });
    ruined.reset({ seed: 1 });
    const last = playOn(ruined, 60, randomFrom(1)).at(-1)!;
    expect([last.terminated, last.truncated]).toEqual([true, false]);
    expect(last.info.flows["price"]).toBeLessThan(0.4);
  });

  test("the reward is the weighted sum of the terms, whatever the objective", () => {
    for (const objective of ["balanced", "holders"]) {
      const env = makeEnv(toyEconomy, { objective });
      env.reset({ seed: 2 });
      for (const { reward, info } of playOn(env, 20, randomFrom(1))) {
        const weights = toyEconomy.objectives[objective]!;
        const sum = Object.entries(weights).reduce((total, [term, weight]) => total + weight * info.terms[term]!, 0);
        expect(reward).toBeCloseTo(sum, 12);
      }
    }
  });

  test("an action takes effect after its delay and moves by at most its step limit", () => {
    const env = makeEnv(toyEconomy);
    env.reset({ seed: 1 });
    // Issuance starts at 0.002, is 2 steps late and moves by at most 0.004 a step.
    const applied = [0, 1, 2, 3, 4].map(() => env.step([0.01, 0.5]).info);
    expect(applied.map(({ requested }) => requested["issuance"])).toEqual([0.01, 0.01, 0.01, 0.01, 0.01]);
    expect(applied.map(({ due }) => due["issuance"])).toEqual([0.002, 0.002, 0.01, 0.01, 0.01]);
    expect(applied.map((info) => info.applied["issuance"])).toEqual([0.002, 0.002, 0.006, 0.01, 0.01]);
    expect(applied.map(({ breakers }) => breakers["intervened"])).toEqual([0, 0, 1, 0, 0]);
  });

  test("an observation is one step late where the world says so, and not late where it does not", () => {
    const env = makeEnv(toyEconomy);
    const first = env.reset({ seed: 3 });
    const results = playOn(env, 10, randomFrom(1));
    expect(results[0]!.observation).toEqual(first.observation);
    for (const [i, { observation }] of results.slice(1).entries()) {
      expect(observation[0]).toBeCloseTo(Math.log(results[i]!.info.flows["price"]!), 12);
    }
    const swing = makeEnv(pendulum);
    const start = swing.reset({ seed: 3 }).observation;
    const next = swing.step([0]).observation;
    expect(next).not.toEqual(start);
  });

  test("observations and costs that were handed out are not written to again", () => {
    const env = makeEnv(toyEconomy);
    const { observation } = env.reset({ seed: 3 });
    const copy = [...observation];
    const results = playOn(env, 5, randomFrom(1));
    expect([...observation]).toEqual(copy);
    expect(new Set(results.map((result) => result.observation)).size).toBe(results.length);
    expect(new Set(results.map((result) => result.costs)).size).toBe(results.length);
  });

  test("supply is what it was plus minted minus burned", () => {
    const env = makeEnv(toyEconomy);
    let supply = env.reset({ seed: 4 }).info.flows["supply"]!;
    for (const { info } of playOn(env, 60, randomFrom(2))) {
      supply += info.flows["minted"]! - info.flows["burned"]!;
      // 60 additions of numbers near 100 in float64.
      expect(Math.abs(info.flows["supply"]! - supply)).toBeLessThan(1e-10);
    }
  });

  test("a supply cap of 0 stops minting and burning whatever the controller asks for", () => {
    const env = makeEnv(toyEconomy, { limits: { dailySupplyCap: 0 } });
    env.reset({ seed: 4 });
    for (const { info } of playOn(env, 20, randomFrom(2))) {
      expect([info.flows["minted"], info.flows["burned"]]).toEqual([0, 0]);
    }
  });

  test("reset options set scenario, parameters and the starting day for one episode", () => {
    const env = makeEnv(toyEconomy);
    expect(env.reset({ seed: 1, options: { scenario: "crash" } }).info.params).toEqual({ growth: -0.05, volatility: 0.2 });
    expect(env.reset({ options: { params: { volatility: 0 } } }).info.params).toEqual({ growth: 0, volatility: 0 });
    expect(env.reset().info.params).toEqual({ growth: 0, volatility: 0.1 });
    expect(env.reset({ options: { day: 58 } }).info.day).toBe(58);
    expect([env.step([0, 0]).truncated, env.step([0, 0]).truncated]).toEqual([false, true]);
  });

  test("the random scenario draws other parameters in each episode", () => {
    const env = makeEnv(toyEconomy, { scenario: "random" });
    const drawn = [env.reset({ seed: 1 }), env.reset(), env.reset({ seed: 1 })].map(({ info }) => info.params);
    expect(drawn[0]).not.toEqual(drawn[1]);
    expect(drawn[0]).toEqual(drawn[2]);
  });

  test("presets and params change the world", () => {
    expect(makeEnv(toyEconomy, { preset: "calm" }).reset().info.params["volatility"]).toBe(0.05);
    expect(makeEnv(toyEconomy, { preset: "calm", params: { volatility: 0.3 } }).reset().info.params["volatility"]).toBe(0.3);
    expect(makeEnv(toyEconomy, { params: { startSupply: 500 } }).reset().info.flows["supply"]).toBe(500);
  });
});

describe("bad input to an environment", () => {
  test.each([
    ["NaN", [Number.NaN, 0]],
    ["infinite", [Infinity, 0]],
    ["above the band", [0.011, 0]],
    ["below the band", [0, -1e-9]],
    ["too short", [0]],
    ["too long", [0, 0, 0]],
    ["a plain number", 0],
  ])("an action that is %s is refused and the episode goes on", (_name, action) => {
    const env = makeEnv(toyEconomy);
    env.reset({ seed: 1 });
    expect(codeOf(() => env.step(action))).toBe("E_ACTION");
    expect(env.step([0, 0]).info.day).toBe(1);
  });

  test("the error of an action names the control, the value and the band", () => {
    const env = makeEnv(toyEconomy);
    env.reset();
    expect(() => env.step([0, 2])).toThrow("action of toy-v1: burnShare is 2, outside [0, 1]");
  });

  test.each([2, -1, 0.5, Number.NaN])("choice %s of two is refused", (choice) => {
    const env = makeEnv(cartpole);
    env.reset();
    expect(codeOf(() => env.step(choice))).toBe("E_ACTION");
  });

  test("a step before the first reset or after the end is refused", () => {
    const env = makeEnv(toyEconomy, { horizon: 1 });
    expect(codeOf(() => env.step([0, 0]))).toBe("E_ENV_ORDER");
    env.reset();
    env.step([0, 0]);
    expect(codeOf(() => env.step([0, 0]))).toBe("E_ENV_ORDER");
    env.reset();
    expect(env.step([0, 0]).truncated).toBe(true);
  });

  test("unknown names are refused and the nearest is named", () => {
    const env = makeEnv(toyEconomy);
    expect(() => makeEnv(toyEconomy, { scenario: "crahs" })).toThrow("toy-v1 has no scenario crahs");
    expect(codeOf(() => env.reset({ options: { scenario: "crahs" } }))).toBe("E_SCENARIO");
    expect(codeOf(() => makeEnv(toyEconomy, { preset: "clam" }))).toBe("E_PRESET");
    expect(codeOf(() => makeEnv(pendulum, { preset: "calm" }))).toBe("E_PRESET");
    expect(codeOf(() => makeEnv(toyEconomy, { objective: "holder" }))).toBe("E_OBJECTIVE");
    expect(codeOf(() => makeEnv(toyEconomy, { params: { volatilty: 0.1 } }))).toBe("E_PARAM_NAME");
    expect(codeOf(() => makeEnv(toyEconomy, { split: "tset" as "test" }))).toBe("E_SPLIT");
    expect(codeOf(() => makeEnv(toyEconomy, { senario: "base" } as object))).toBe("E_OPTION");
    expect(codeOf(() => env.reset({ options: { senario: "base" } as object }))).toBe("E_OPTION");
  });

  test("a parameter that is compiled in cannot vary by episode, and none leaves its range", () => {
    const env = makeEnv(toyEconomy);
    expect(() => env.reset({ options: { params: { fees: 0.02 } } })).toThrow("is the same for all episodes");
    for (const volatility of [-0.1, 0.6, Number.NaN, Infinity]) {
      expect(codeOf(() => env.reset({ options: { params: { volatility } } }))).toBe("E_PARAM_RANGE");
      expect(codeOf(() => makeEnv(toyEconomy, { params: { volatility } }))).toBe("E_PARAM_RANGE");
    }
    expect(codeOf(() => env.reset({ options: { scenario: "random", params: { growth: 0 } } }))).toBe("E_RESET_PARAMS");
  });

  test.each([-1, 1.5, 2 ** 32, Number.NaN])("seed %s is refused", (seed) => {
    expect(codeOf(() => makeEnv(toyEconomy).reset({ seed }))).toBe("E_OPTION_RANGE");
    expect(codeOf(() => makeEnv(toyEconomy, { seed }))).toBe("E_OPTION_RANGE");
  });

  test("a horizon of no steps and a starting day beyond the horizon are refused", () => {
    expect(codeOf(() => makeEnv(toyEconomy, { horizon: 0 }))).toBe("E_OPTION_RANGE");
    expect(codeOf(() => makeEnv(toyEconomy).reset({ options: { day: 60 } }))).toBe("E_OPTION_RANGE");
  });
});
