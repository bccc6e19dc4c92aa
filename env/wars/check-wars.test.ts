import { describe, expect, test } from "vitest";
import { toyRival } from "../../test/support/toy-rival.js";
import { akash } from "../economies/akash/index.js";
import { box } from "../spaces.js";
import { checkWars } from "./check-wars.js";
import { WARS_RULES, type WarsProblem } from "./check-wars-rules.js";
import type { WarsEnv, WarsInfo, WarsReset, WarsResetRequest, WarsStep } from "./contract.js";
import { makeWars } from "./wars.js";

const toys = () =>
  makeWars({
    agents: [
      { id: "one", economy: toyRival, params: { volatility: 0.3 } },
      { id: "two", economy: toyRival, params: { margin: 0.5 } },
      { id: "three", economy: toyRival, scenario: "random" },
    ],
    horizon: 25,
  });

const rulesOf = (problems: readonly WarsProblem[]) => problems.map(({ rule }) => rule);

/** An environment that does what the given one does, with some members changed. */
function changed(
  env: WarsEnv,
  change: Partial<Record<"reset" | "step" | "agents" | "possibleAgents", unknown>> & object,
): WarsEnv {
  const wrapper: WarsEnv = {
    spec: env.spec,
    possibleAgents: env.possibleAgents,
    get agents() {
      return env.agents;
    },
    observationSpace: (id) => env.observationSpace(id),
    actionSpace: (id) => env.actionSpace(id),
    reset: (request) => env.reset(request),
    step: (actions) => env.step(actions),
  };
  return Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(change));
}

/** The same environment with every reset and step passed through a function. */
function altered(
  alterStep: (result: WarsStep, env: WarsEnv) => WarsStep,
  alterReset: (result: WarsReset) => WarsReset = (result) => result,
  env = toys(),
): WarsEnv {
  return changed(env, {
    reset: (request?: WarsResetRequest) => alterReset(env.reset(request)),
    step: (actions: Parameters<WarsEnv["step"]>[0]) => alterStep(env.step(actions), env),
  });
}

const mapInfos = (infos: Readonly<Record<string, WarsInfo>>, map: (info: WarsInfo, id: string) => WarsInfo) =>
  Object.fromEntries(Object.entries(infos).map(([id, info]) => [id, map(info, id)]));

test("finds nothing to complain about in worlds that keep the contract", () => {
  expect(checkWars(toys())).toEqual([]);
  const mixed = makeWars({
    agents: [
      { id: "cloud", economy: akash },
      { id: "toy", economy: toyRival },
    ],
    horizon: 30,
  });
  expect(checkWars(mixed, { steps: 40 })).toEqual([]);
});

const BROKEN: readonly (readonly [keyof typeof WARS_RULES | string, string, () => WarsEnv])[] = [
  [
    "wars-spec",
    "an agent that the spec does not describe",
    () => changed(toys(), { possibleAgents: ["one", "two", "three", "four"] }),
  ],
  ["wars-spec", "an agent that is named twice", () => changed(toys(), { possibleAgents: ["one", "two", "two"] })],
  [
    "spaces",
    "a space of its own",
    () => {
      const env = toys();
      return changed(env, { observationSpace: () => box([0], [1]) } as object);
    },
  ],
  [
    "agents-reset",
    "an agent that misses the start",
    () => {
      const env = toys();
      return changed(env, {
        get agents() {
          return env.agents.slice(1);
        },
      });
    },
  ],
  [
    "agents-live",
    "agents that never leave",
    () => {
      const env = toys();
      return changed(env, {
        get agents() {
          return env.possibleAgents;
        },
      });
    },
  ],
  [
    "result-agents",
    "rewards by all possible agents",
    () => altered((result) => ({ ...result, rewards: { one: 0, two: 0, three: 0, four: 0 } })),
  ],
  [
    "results-aliased",
    "one array of costs for all",
    () =>
      altered((result) => {
        const [first] = Object.values(result.costs);
        return { ...result, costs: Object.fromEntries(Object.keys(result.costs).map((id) => [id, first!])) };
      }),
  ],
  [
    "same-clock",
    "an agent whose day runs ahead",
    () =>
      altered((result) => ({
        ...result,
        infos: mapInfos(result.infos, (info, id) => (id === "two" ? { ...info, day: info.day + 1 } : info)),
      })),
  ],
  [
    "horizon-together",
    "an agent that is not cut off with the others",
    () => altered((result) => ({ ...result, truncations: { ...result.truncations, two: false } })),
  ],
  [
    "actions-agents",
    "actions of unknown agents that are ignored",
    () => {
      const env = toys();
      const step = (actions: Record<string, Float64Array>) => {
        const known = Object.entries(actions).filter(([id]) => env.agents.includes(id));
        return env.step(Object.fromEntries(known));
      };
      return changed(env, { step });
    },
  ],
  [
    "actions-order",
    "rewards that depend on who is named first",
    () => {
      const env = toys();
      const step = (actions: Record<string, Float64Array>) => {
        const result = env.step(actions);
        const first = Object.keys(actions)[0]!;
        return { ...result, rewards: { ...result.rewards, [first]: 1 } };
      };
      return changed(env, { step });
    },
  ],
  [
    "sector-shared",
    "cash that only one agent sees",
    () =>
      altered((result) => ({
        ...result,
        infos: mapInfos(result.infos, (info, id) => (id === "two" ? { ...info, sector: { ...info.sector, cash: 5 } } : info)),
      })),
  ],
  [
    "capital-identity",
    "an inflow that is not declared",
    () =>
      altered((result) => ({
        ...result,
        infos: mapInfos(result.infos, (info) => ({ ...info, sector: { ...info.sector, inflow: info.sector.inflow + 1 } })),
      })),
  ],
  [
    "capital-negative",
    "cash below nothing",
    () =>
      altered((result) => ({
        ...result,
        infos: mapInfos(result.infos, (info) => ({ ...info, sector: { ...info.sector, cash: -1 } })),
      })),
  ],
  [
    "throws",
    "a legal step that fails",
    () =>
      altered(() => {
        throw new Error("no");
      }),
  ],
  [
    "reward-finite",
    "a reward that is not a number",
    () => altered((result) => ({ ...result, rewards: { ...result.rewards, two: Number.NaN } })),
  ],
  [
    "end-both",
    "an end for two reasons",
    () => altered((result, env) => (env.agents.length > 0 ? result : { ...result, terminations: result.truncations })),
  ],
  [
    "step-determinism",
    "rewards that count the calls",
    () => {
      let calls = 0;
      return altered((result) => ({ ...result, rewards: { ...result.rewards, one: calls++ } }));
    },
  ],
  [
    "seeds-differ",
    "a seed that is ignored",
    () => {
      const env = toys();
      return changed(env, { reset: () => env.reset({ seed: 5 }) });
    },
  ],
  [
    "reset-next",
    "a reset that starts the first episode again",
    () => {
      const env = toys();
      let seed = 0;
      const reset = (request: WarsResetRequest = {}) => {
        seed = request.seed ?? seed;
        return env.reset({ seed });
      };
      return changed(env, { reset });
    },
  ],
  [
    "action-refused",
    "actions that are clipped silently",
    () => {
      const env = toys();
      const clip = (action: Float64Array) => {
        const { low, high } = env.actionSpace("one") as ReturnType<typeof box>;
        return Float64Array.from(low, (least, i) => Math.min(high[i]!, Math.max(least, action[i]! || 0)));
      };
      const step = (actions: Record<string, Float64Array>) =>
        env.step(
          Object.fromEntries(
            Object.entries(actions).map(([id, action]) => [id, typeof action === "number" ? action : clip(action)]),
          ),
        );
      return changed(env, { step });
    },
  ],
  [
    "step-after-end",
    "a step after the end that changes nothing",
    () => {
      const env = toys();
      let last: WarsStep;
      const step = (actions: Record<string, Float64Array>) => {
        if (env.agents.length > 0 || Object.keys(actions).length > 0) last = env.step(actions);
        return last;
      };
      return changed(env, { step });
    },
  ],
];

describe("finds each broken rule and says what usually breaks it", () => {
  test.each(BROKEN)("%s: %s", (rule, _what, make) => {
    const problems = checkWars(make(), { steps: 40 });
    expect(rulesOf(problems)).toContain(rule);
    for (const { likelyCause, message } of problems) {
      expect(likelyCause.length).toBeGreaterThan(10);
      expect(message.length).toBeGreaterThan(5);
    }
  });

  test("no rule of several agents is without a test", () => {
    const tested = new Set(BROKEN.map(([rule]) => rule));
    expect(Object.keys(WARS_RULES).filter((rule) => !tested.has(rule))).toEqual([]);
  });

  test("a broken rule of one agent names the agent", () => {
    const env = altered((result) => ({ ...result, rewards: { ...result.rewards, two: Number.NaN } }));
    expect(checkWars(env).find(({ rule }) => rule === "reward-finite")?.agent).toBe("two");
  });
});
