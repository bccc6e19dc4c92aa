import { describe, expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { toyRival } from "../../test/toy-rival.js";
import { akash } from "../economies/akash.js";
import { makeEnv } from "../environment.js";
import { toyEconomy } from "../toy-economy.js";
import type { WarsEnv, WarsSpec } from "./contract.js";
import type { WarsAgent, WarsOptions } from "./plan.js";
import type { VectorWars } from "./vector-wars.js";
import { makeVectorWars } from "./vector-wars.js";
import { makeWars } from "./wars.js";

const TOYS: WarsOptions = {
  agents: [
    { id: "wild", economy: toyRival, params: { volatility: 0.5, margin: 0.8 } },
    { id: "calm", economy: toyRival, preset: "calm", params: { orderImpact: 6 } },
  ],
  sector: { migrationSpeed: 0.3, orderMost: 0.05 },
  horizon: 30,
};
const MIXED: WarsOptions = {
  agents: [
    { id: "cloud", economy: akash, scenario: "random" },
    { id: "rival", economy: akash, params: { deliveryTime: 60 }, scenario: "crash" },
    { id: "toy", economy: toyRival, params: { margin: 0.3, volatility: 0.3 } },
  ],
  sector: { correlation: 0.7, inflow: 1e9 },
  horizon: 25,
};

/** Arbitrary legal actions that depend on the episode, its day and the agent only, so that any number of lanes acts alike. */
function actionOf(spec: WarsSpec, id: string, episode: number, day: number): number[] {
  const { actionSpace } = spec.agents[id]!;
  const member = spec.possibleAgents.indexOf(id);
  if (actionSpace.kind === "discrete") throw new Error("controls are continuous");
  return actionSpace.low.map((low, i) => low + (actionSpace.high[i]! - low) * uniform4(9, episode, day, 10 * member + i).a);
}

function stepPlain(env: WarsEnv, episode: number, day: number) {
  return env.step(Object.fromEntries(env.agents.map((id) => [id, actionOf(env.spec, id, episode, day)])));
}

function stepVector(env: VectorWars, episodes: Uint32Array, days: Uint32Array) {
  const actions = Object.fromEntries(
    env.spec.possibleAgents.map((id) => {
      const lanes = Array.from(episodes, (episode, lane) => actionOf(env.spec, id, episode, days[lane]!));
      const count = lanes[0]!.length * env.numLanes;
      return [id, Float64Array.from({ length: count }, (_, i) => lanes[i % env.numLanes]![Math.floor(i / env.numLanes)]!)];
    }),
  );
  return env.step(actions);
}

/** Element `lane` of every field. */
function laneOf(array: ArrayLike<number>, lane: number, numLanes: number): number[] {
  return Array.from({ length: array.length / numLanes }, (_, i) => array[i * numLanes + lane]!);
}

describe("makeWars", () => {
  test("has all agents act at once and returns everything by agent", () => {
    const env = makeWars(MIXED);
    expect(env.agents).toEqual([]);
    const { observations, infos } = env.reset({ seed: 1 });
    expect(env.agents).toEqual(["cloud", "rival", "toy"]);
    expect(observations["toy"]).toHaveLength(env.observationSpace("toy").low.length);
    expect(infos["cloud"]!.sector.total).toBe(infos["toy"]!.sector.total);
    const result = stepPlain(env, 0, 0);
    expect(Object.keys(result.rewards)).toEqual(["cloud", "rival", "toy"]);
    expect(result.terminations).toEqual({ cloud: false, rival: false, toy: false });
    expect(result.costs["cloud"]).toHaveLength(env.spec.agents["cloud"]!.constraints.length);
  });

  test("an agent whose economy is ruined leaves, its economy goes on, and the last ones are cut off together", () => {
    const env = makeWars(TOYS);
    let left = 0;
    for (let episode = 0; episode < 30; episode++) {
      env.reset(episode === 0 ? { seed: 4 } : {});
      let day = 0;
      const lives: Record<string, number> = {};
      while (env.agents.length > 0) {
        const acting = [...env.agents];
        const { terminations, truncations, infos, rewards } = stepPlain(env, episode, day++);
        expect(Object.keys(rewards)).toEqual(acting);
        for (const id of acting) if (terminations[id] || truncations[id]) lives[id] = infos[id]!.day;
        if (day === 30) expect(Object.values(truncations).every(Boolean)).toBe(true);
      }
      expect(Object.keys(lives)).toHaveLength(2);
      if (lives["wild"] !== lives["calm"]) left++;
    }
    expect(left).toBeGreaterThan(2);
  });

  test("with nothing shared but the market, an economy lives as it does alone, bit for bit", () => {
    const alone = makeEnv(toyRival, { horizon: 30, params: { margin: 0.2 } });
    const env = makeWars({
      agents: [
        { id: "it", economy: toyRival, params: { margin: 0.2 } },
        { id: "other", economy: akash },
      ],
      sector: { orderMost: 0, providerSpeed: 0 },
      horizon: 30,
    });
    let single = alone.reset({ seed: 6 });
    expect(env.reset({ seed: 6 }).observations["it"]).toEqual(single.observation);
    for (let day = 0; day < 30 && env.agents.includes("it"); day++) {
      const next = alone.step(actionOf(env.spec, "it", 0, day));
      const result = stepPlain(env, 0, day);
      expect(result.observations["it"]).toEqual(next.observation);
      expect(result.rewards["it"]).toBe(next.reward);
      expect(result.infos["it"]!.flows).toEqual(next.info.flows);
      single = next;
    }
  });

  test("one controller's doing reaches the others through capital", () => {
    const play = (issuance: number) => {
      const env = makeWars({
        agents: [
          { id: "me", economy: akash },
          { id: "you", economy: akash },
        ],
        horizon: 120,
      });
      env.reset({ seed: 2 });
      let last = env.step({ me: [issuance, 0.5, 0.12], you: [0.08, 0.5, 0.12] });
      while (env.agents.length > 0) last = env.step({ me: [issuance, 0.5, 0.12], you: [0.08, 0.5, 0.12] });
      return last.infos["you"]!;
    };
    const [modest, greedy] = [play(0.02), play(0.2)];
    expect(modest.flows["price"]).not.toBe(greedy.flows["price"]);
    expect(modest.sector.capital).not.toBe(greedy.sector.capital);
  });

  test("the same seed gives the same world, and an episode can be asked for", () => {
    const env = makeWars(MIXED);
    const first = env.reset({ seed: 3 });
    const second = env.reset();
    expect(env.reset({ seed: 3 })).toEqual(first);
    expect(env.reset({ seed: 3, options: { episode: 1 } })).toEqual(second);
    expect(second).not.toEqual(first);
  });
});

describe("makeVectorWars", () => {
  test.each([
    ["toys that are ruined", TOYS, 70],
    ["different kinds", MIXED, 30],
  ] as const)("on js is bit-identical to single worlds of the same episodes: %s", (_name, options, steps) => {
    const numLanes = 3;
    const vector = makeVectorWars({ ...options, numLanes });
    const ids = vector.spec.possibleAgents;
    const singles = Array.from({ length: numLanes }, () => makeWars(options));
    const start = vector.reset({ seed: 8 });
    const episodes = singles.map((env, lane) => {
      const { observations } = env.reset({ seed: 8, options: { episode: lane } });
      for (const id of ids) expect(laneOf(start.observations[id]!, lane, numLanes)).toEqual([...observations[id]!]);
      return lane;
    });
    let { episode, day } = start.infos[ids[0]!]!;
    let restarts = 0;
    for (let step = 0; step < steps; step++) {
      const result = stepVector(vector, episode, day);
      for (const [lane, env] of singles.entries()) {
        const acting = env.agents;
        const single = stepPlain(env, episode[lane]!, day[lane]!);
        for (const id of acting) {
          expect(result.rewards[id]![lane]).toBe(single.rewards[id]);
          expect(laneOf(result.costs[id]!, lane, numLanes)).toEqual([...single.costs[id]!]);
          expect(result.terminations[id]![lane]).toBe(+single.terminations[id]!);
          expect(result.truncations[id]![lane]).toBe(+single.truncations[id]!);
        }
        for (const id of ids) if (!acting.includes(id)) expect(result.rewards[id]![lane]).toBe(0);
        expect(result.over[lane]).toBe(+(env.agents.length === 0));
        if (env.agents.length > 0) {
          for (const id of acting) {
            expect(laneOf(result.observations[id]!, lane, numLanes)).toEqual([...single.observations[id]!]);
            expect(result.infos[id]!.port["order"]![lane]).toBe(single.infos[id]!.sector.order);
            expect(result.infos[id]!.alive[lane]).toBe(+env.agents.includes(id));
          }
          expect(result.sector["cash"]![lane]).toBe(single.infos[acting[0]!]!.sector.cash);
          continue;
        }
        restarts++;
        for (const id of acting) {
          expect(laneOf(result.finalObservations[id]!, lane, numLanes)).toEqual([...single.observations[id]!]);
          expect(result.infos[id]!.lastLength[lane]).toBe(single.infos[id]!.day);
        }
        episodes[lane]! += numLanes;
        const next = env.reset({ seed: 8, options: { episode: episodes[lane]! } });
        for (const id of ids) {
          expect(laneOf(result.observations[id]!, lane, numLanes)).toEqual([...next.observations[id]!]);
          expect([result.infos[id]!.episode[lane], result.infos[id]!.day[lane]]).toEqual([episodes[lane], 0]);
        }
      }
      ({ episode, day } = result.infos[ids[0]!]!);
    }
    expect(restarts).toBeGreaterThanOrEqual(numLanes);
  });

  // Free runs in float32: 1e-3 x (|x| + scale) after 20 steps, as for a single economy.
  test.each([
    ["toys", TOYS],
    ["different kinds", MIXED],
  ] as const)("on wasm stays close to js: %s", (_name, options) => {
    const numLanes = 6;
    const [js, wasm] = (["js", "wasm"] as const).map((device) => makeVectorWars({ ...options, numLanes, device }));
    const ids = js!.spec.possibleAgents;
    let { episode, day } = js!.reset({ seed: 8 }).infos[ids[0]!]!;
    wasm!.reset({ seed: 8 });
    for (let step = 0; step < 20; step++) {
      const [exact, close] = [stepVector(js!, episode, day), stepVector(wasm!, episode, day)];
      for (const id of ids) {
        expect(close.observations[id]).toBeInstanceOf(Float32Array);
        expect([...close.terminations[id]!]).toEqual([...exact.terminations[id]!]);
        for (const [i, x] of exact.observations[id]!.entries()) {
          expect(Math.abs(close.observations[id]![i]! - x)).toBeLessThan(1e-3 * (Math.abs(x) + 1));
        }
        for (const [i, x] of exact.rewards[id]!.entries())
          expect(Math.abs(close.rewards[id]![i]! - x)).toBeLessThan(1e-3 * (Math.abs(x) + 1));
        expect([...close.infos[id]!.episode]).toEqual([...exact.infos[id]!.episode]);
      }
      for (const [i, x] of exact.sector["cash"]!.entries())
        expect(Math.abs(close.sector["cash"]![i]! / x - 1)).toBeLessThan(1e-4);
      ({ episode, day } = exact.infos[ids[0]!]!);
    }
  });

  test("what was handed out is not written to again", () => {
    const env = makeVectorWars({ ...TOYS, numLanes: 4 });
    let { episode, day } = env.reset({ seed: 1 }).infos["wild"]!;
    const result = stepVector(env, episode, day);
    const copy = structuredClone(result);
    ({ episode, day } = result.infos["wild"]!);
    stepVector(env, episode, day);
    expect(result).toEqual(copy);
  });
});

describe("bad input", () => {
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      const { code, message: what } = error as { code?: string; message: string };
      return `${code}: ${what}`;
    }
    return "accepted";
  };
  const wars = (agents: readonly WarsAgent[], rest: Partial<WarsOptions> = {}) => message(() => makeWars({ agents, ...rest }));
  const two = TOYS.agents;
  const toy = (id: string, rest: Partial<WarsAgent> = {}): WarsAgent => ({ id, economy: toyRival, ...rest });

  test.each([
    ["duplicate ids", () => wars([toy("a"), toy("b"), toy("a")]), "E_WARS_ID: agent id a is given twice"],
    ["an id that is no name", () => wars([toy("a b"), toy("c")]), 'E_WARS_ID: agent id "a b" is not a name'],
    ["one agent", () => wars([toy("a")]), "E_WARS_AGENTS: token wars got 1 agents, allowed are 2 to 8"],
    ["nine agents", () => wars([..."abcdefghi"].map((id) => toy(id))), "E_WARS_AGENTS: token wars got 9 agents"],
    [
      "an unknown economy",
      () => wars([toy("a", { economy: "akasch" }), toy("b")]),
      'E_ECONOMY_UNKNOWN: unknown economy "akasch"',
    ],
    [
      "an unknown option",
      () => wars([toy("a", { seeed: 1 } as object), toy("b")]),
      "E_OPTION: there is no option of agent a seeed",
    ],
    [
      "an unknown option of the world",
      () => wars(two, { lanes: 3 } as object),
      "E_OPTION: there is no option of token wars lanes",
    ],
    [
      "a parameter out of range",
      () => wars([toy("a", { params: { impact: 99 } }), toy("b")]),
      "E_PARAM_RANGE: agent a: parameter impact",
    ],
    [
      "an unknown scenario",
      () => wars([toy("a"), toy("b", { scenario: "boom" })]),
      "E_SCENARIO: agent b: toy-rival-v1 has no scenario",
    ],
    [
      "an economy that capital cannot reach",
      () => wars([toy("a", { economy: toyEconomy }), toy("b")]),
      "E_WARS_ECONOMY: agent a: toy-v1 has no state outsideOrder",
    ],
    [
      "economies with different steps",
      () => wars([{ id: "a", economy: akash, params: { stepDays: 0.5 } }, toy("b")]),
      "E_WARS_STEP: agent b steps by 1 days, agent a by 0.5",
    ],
    [
      "an unknown sector parameter",
      () => wars(two, { sector: { hype: 1 } }),
      "E_WARS_SECTOR: the sector has no parameter hype",
    ],
    [
      "a sector parameter out of range",
      () => wars(two, { sector: { speculativeShare: 1.5 } }),
      "E_WARS_SECTOR: sector parameter speculativeShare is 1.5, allowed is 0 .. 1",
    ],
    [
      "a sector parameter that is no number",
      () => wars(two, { sector: { projects: Number.NaN } }),
      "E_WARS_SECTOR: sector parameter projects is NaN",
    ],
    [
      "fewer projects than economies",
      () => wars([...two, toy("c")], { sector: { projects: 2 } }),
      "E_WARS_SECTOR: the sector has 2 projects, the world alone has 3",
    ],
    [
      "a slow mean that is the faster",
      () => wars(two, { sector: { serviceMemorySlow: 0.1 } }),
      "E_WARS_SECTOR: serviceMemorySlow is 0.1",
    ],
    ["a horizon of nothing", () => wars(two, { horizon: 0 }), "E_OPTION_RANGE: agent wild: horizon is 0"],
  ])("%s", (_name, run, expected) => {
    expect(run()).toContain(expected);
  });

  test("steps before a reset, unknown, missing and illegal actions, bad requests", () => {
    const env = makeWars(TOYS);
    expect(message(() => env.step({}))).toContain("E_ENV_ORDER");
    env.reset();
    const legal = { wild: [0, 0], calm: [0, 0] };
    expect(message(() => env.step({ wild: [0, 0] }))).toBe("E_WARS_AGENT: agent calm is live and has no action");
    expect(message(() => env.step({ ...legal, other: [0, 0] }))).toBe("E_WARS_AGENT: there is no agent other");
    expect(message(() => env.step({ ...legal, calm: [0, 2] }))).toContain(
      "E_ACTION: action of agent calm (toy-rival-v1): burnShare is 2",
    );
    expect(message(() => env.reset({ seed: -1 }))).toContain("E_OPTION_RANGE");
    expect(message(() => env.reset({ options: { scenario: "base" } as object }))).toContain("E_OPTION");
    expect(message(() => env.actionSpace("other"))).toBe("E_WARS_AGENT: there is no agent other");
    const vector = makeVectorWars({ ...TOYS, numLanes: 2 });
    expect(message(() => vector.step({}))).toContain("E_ENV_ORDER");
    vector.reset();
    const zeros = new Float64Array(4);
    expect(message(() => vector.step({ wild: zeros }))).toContain("agent calm has no actions");
    expect(message(() => vector.step({ wild: zeros, calm: zeros, other: zeros }))).toContain("there is no agent other");
    expect(message(() => vector.step({ wild: zeros, calm: zeros.slice(1) }))).toContain("3 numbers were given");
    expect(message(() => vector.step({ wild: zeros, calm: zeros.with(3, 5) }))).toContain("lane 1: burnShare is 5");
    expect(message(() => makeVectorWars({ ...TOYS, numLanes: 0 }))).toContain("numLanes is 0");
    expect(message(() => makeVectorWars({ ...TOYS, numLanes: 1, device: "gpu" as "js" }))).toContain("E_DEVICE");
  });
});
