import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../env/breakers/limits.js";
import { akash } from "../../env/economies/akash/index.js";
import { findEconomy } from "../../env/registry.js";
import type { WarsAgent } from "../../env/wars/plan.js";
import { makeWars } from "../../env/wars/wars.js";
import { structuredController } from "../../test/support/structured-controller.js";
import { toyRival } from "../../test/support/toy-rival.js";
import { startController } from "../controller/start-controller.js";
import type { LearnedController } from "../learned/learned-controller.js";
import { makeRule } from "../rules/registry.js";
import { runWars, type WarsRunOptions } from "./wars.js";

/** A made-up network from what the toy shows to what it asks. */
const LEARNED: LearnedController = {
  economy: toyRival.id,
  paramsHash: "0".repeat(64),
  objective: { name: "balanced", weights: { service: 1, dilution: 10 } },
  observations: Object.entries(toyRival.observations).map(([name, spec]) => ({ name, ...spec })),
  actions: [
    { name: "issuance", unit: "1", low: 0, high: 0.01, maxMove: 0.004, start: 0.002, doc: "minted share" },
    { name: "burnShare", unit: "1", low: 0, high: 1, maxMove: 0.5, start: 0.5, doc: "burned share" },
  ],
  normalizer: { mean: [0, 0.5], scale: [2, 10], clip: 10 },
  network: {
    activation: "tanh",
    layers: [{ inputs: 2, outputs: 2, weights: Float32Array.of(1, -0.5, 0.25, 2), biases: Float32Array.of(0, 0.25) }],
  },
  limits: DEFAULT_LIMITS,
  decisionInterval: 3,
  stepDays: null,
  decimals: null,
  delays: { observation: 1, action: 2 },
};

const STRUCTURED = structuredController(
  toyRival,
  { base: { rule: "constant", values: {} }, memoryRates: [0.3], lastRequest: true },
  { decisionInterval: 2, scale: 2 },
);

const AGENTS: readonly WarsAgent[] = [
  { id: "cloud", economy: akash, scenario: "random" },
  { id: "rival", economy: akash, params: { deliveryTime: 60 } },
  { id: "toy", economy: toyRival, params: { margin: 0.3, volatility: 0.3 } },
];
const OPTIONS: WarsRunOptions = {
  agents: AGENTS,
  controllers: { cloud: "cosmos-mint", rival: "akash-bme", toy: LEARNED },
  sector: { inflow: 1e9 },
  horizon: 40,
  seed: 12,
  numLanes: 4,
  device: "js",
};

describe("runWars", () => {
  test.each([
    ["a network alone", LEARNED],
    ["one with a base and memory", STRUCTURED],
  ])("plays each copy as its controllers do on a single world, bit for bit on js: %s", (_, toy) => {
    const run = runWars({ ...OPTIONS, controllers: { ...OPTIONS.controllers, toy } });
    for (let episode = 0; episode < OPTIONS.numLanes; episode++) {
      const env = makeWars({ agents: AGENTS, sector: OPTIONS.sector!, horizon: OPTIONS.horizon! });
      const players = {
        cloud: startController(makeRule("cosmos-mint", akash), akash),
        rival: startController(makeRule("akash-bme", akash), akash),
        toy: startController(toy, toyRival),
      };
      let { observations, infos } = env.reset({ seed: OPTIONS.seed!, options: { episode } });
      const start = infos;
      const returns: Record<string, number> = { cloud: 0, rival: 0, toy: 0 };
      const steps: Record<string, number> = { cloud: 0, rival: 0, toy: 0 };
      while (env.agents.length > 0) {
        const acting = env.agents as readonly (keyof typeof players)[];
        const result = env.step(Object.fromEntries(acting.map((id) => [id, players[id](observations[id]!)])));
        for (const id of acting) {
          returns[id]! += result.rewards[id]!;
          steps[id]! += 1;
        }
        ({ observations } = result);
        infos = { ...infos, ...result.infos };
      }
      for (const { id } of AGENTS) {
        expect(run.agents[id]!.return[episode], id).toBe(returns[id]);
        expect(run.agents[id]!.length[episode], id).toBe(steps[id]);
        if (steps[id] !== OPTIONS.horizon) continue;
        expect(run.agents[id]!.price[episode]).toBe(infos[id]!.flows["price"]! / start[id]!.flows["price"]!);
        expect(run.agents[id]!.capital[episode]).toBe(infos[id]!.sector.capital / start[id]!.sector.capital);
      }
    }
  });

  test("one episode's result does not depend on the number of copies", () => {
    const [few, many] = [2, 7].map((numLanes) => runWars({ ...OPTIONS, numLanes, horizon: 15 }));
    for (const { id } of AGENTS) expect([...many!.agents[id]!.return.subarray(0, 2)]).toEqual([...few!.agents[id]!.return]);
  });

  test("four kinds, 1,024 copies, a year under the protocols' rules: finite, and capital conserved to 1e-5 in float32", () => {
    const controllers = { akash: "cosmos-mint", bittensor: "tao-protocol", render: "render-rnp-020", worldcoin: "wld-table" };
    const agents = Object.keys(controllers).map((id) => ({ id, economy: findEconomy(id) }));
    const run = runWars({ agents, controllers, numLanes: 1024, horizon: 365 });
    expect(run.capitalError).toBeLessThan(1e-5);
    for (const { id } of agents) {
      expect(run.agents[id]!.return.every(Number.isFinite), id).toBe(true);
      expect(
        run.agents[id]!.price.every((price) => price > 0),
        id,
      ).toBe(true);
      expect(
        run.agents[id]!.capital.every((capital) => capital > 0),
        id,
      ).toBe(true);
    }
  });
});

describe("bad input to runWars", () => {
  test.each([
    ["a missing controller", { cloud: "none", rival: "none" }, /E_WARS_CONTROLLER.*agent toy has no controller/],
    ["a controller of nobody", { ...OPTIONS.controllers, ghost: "none" }, /there is no agent with a controller ghost/],
    ["an unknown rule", { ...OPTIONS.controllers, cloud: "cosmos" }, /unknown rule cosmos/],
    ["a rule that does not fit", { ...OPTIONS.controllers, toy: "akash-bme" }, /E_RULE_WORLD/],
    [
      "a controller of another economy",
      { ...OPTIONS.controllers, cloud: LEARNED },
      /controller of agent cloud cannot act in akash-v1: it is for economy toy-rival-v1, not akash-v1/,
    ],
  ])("%s", (_name, controllers, expected) => {
    let seen = "accepted";
    try {
      runWars({ ...OPTIONS, controllers });
    } catch (error) {
      seen = `${(error as { code?: string }).code}: ${(error as Error).message}`;
    }
    expect(seen).toMatch(expected);
  });
});
