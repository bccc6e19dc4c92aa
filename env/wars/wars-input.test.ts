import { describe, expect, test } from "vitest";
import { toyEconomy } from "../../test/support/toy-economy.js";
import { toyRival } from "../../test/support/toy-rival.js";
import { akash } from "../economies/akash/index.js";
import type { WarsAgent, WarsOptions } from "./plan.js";
import { makeVectorWars } from "./vector-wars.js";
import { makeWars } from "./wars.js";

const TOYS: WarsOptions = {
  agents: [
    { id: "wild", economy: toyRival },
    { id: "calm", economy: toyRival, preset: "calm" },
  ],
  horizon: 30,
};

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
    ["nothing", () => message(() => makeWars(undefined as never)), "E_OPTION: token wars got no record of options"],
    ["null", () => message(() => makeVectorWars(null as never)), "E_OPTION: token wars got no record of options"],
    ["an empty record", () => message(() => makeWars({} as never)), "E_WARS_AGENTS: token wars got 0 agents"],
    ["an agent that is none", () => wars([toy("a"), undefined as never]), "E_WARS_AGENTS: agent 1 of token wars is no record"],
    ["an agent without an economy", () => wars([{ id: "a" } as never, toy("b")]), "E_WARS_ECONOMY: agent a has no economy"],
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
