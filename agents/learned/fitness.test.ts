import { describe, expect, test } from "vitest";
import type { Economy } from "../../env/economy.js";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import { loadLearned } from "../policy/load-learned.js";
import { planPolicy } from "../policy/plan-policy.js";
import { whyUnfit } from "./fitness.js";
import { describeInterface, describeWorldInterface, hashInterface } from "./interface.js";

const akash = findEconomy("akash");
const { lane } = parseEnvOptions(akash, {});
const agent = planPolicy(akash, { hidden: [4], activation: "tanh" });
const controller = loadLearned({
  world: akash,
  lane,
  objective: "balanced",
  agent,
  decisionInterval: 1,
  parameters: new Float32Array(agent.parameterCount),
});

type Fields = Extract<Economy["actions"], { readonly kind: "continuous" }>["fields"];
const fields = (akash.actions as { readonly fields: Fields }).fields;

/** akash with its first action changed. */
const withAction = (change: object): Economy => {
  const [name, spec] = Object.entries(fields)[0]!;
  return { ...akash, actions: { kind: "continuous", fields: { ...fields, [name]: { ...spec, ...change } } } };
};

/** akash with its first observation changed. */
const withObservation = (change: object): Economy => {
  const [name, spec] = Object.entries(akash.observations)[0]!;
  return { ...akash, observations: { ...akash.observations, [name]: { ...spec, ...change } } };
};

const [action, actionSpec] = Object.entries(fields)[0]!;
const [observation, observationSpec] = Object.entries(akash.observations)[0]!;

test("a controller fits the economy that it was trained on, whatever its parameters and texts", () => {
  expect(hashInterface(describeInterface(controller))).toBe(hashInterface(describeWorldInterface(akash, lane)));
  expect(whyUnfit(controller, akash, lane)).toBeUndefined();
  expect(whyUnfit(controller, akash, { ...lane, params: { ...lane.params, priceStart: 3 } })).toBeUndefined();
  expect(whyUnfit(controller, withAction({ doc: "in other words" }), lane)).toBeUndefined();
});

describe("an economy of the same id in which a number means something else is refused, with the field and both values", () => {
  test.each([
    [
      "an action's unit",
      withAction({ unit: "1/week" }),
      `actions.${action}.unit is ${JSON.stringify(actionSpec.unit)} in the controller, but "1/week" in the economy`,
    ],
    [
      "an action's band",
      withAction({ high: 1000 }),
      `actions.${action}.high is ${actionSpec.high} in the controller, but 1000 in the economy`,
    ],
    [
      "an action's other bound",
      withAction({ low: -1 }),
      `actions.${action}.low is ${actionSpec.low} in the controller, but -1 in the economy`,
    ],
    [
      "an action's move limit",
      withAction({ maxMove: 9 }),
      `actions.${action}.maxMove is ${actionSpec.maxMove} in the controller, but 9 in`,
    ],
    [
      "an action's start",
      withAction({ start: 0.01 }),
      `actions.${action}.start is ${actionSpec.start} in the controller, but 0.01 in`,
    ],
    [
      "an observation's unit",
      withObservation({ unit: "USD" }),
      `observations.${observation}.unit is ${JSON.stringify(observationSpec.unit)} in`,
    ],
    [
      "an observation's bound",
      withObservation({ high: 7e9 }),
      `observations.${observation}.high is ${observationSpec.high} in`,
    ],
    [
      "the observations' delay",
      { ...akash, observationDelay: 5 },
      `delays.observation is ${akash.observationDelay} in the controller, but 5 in`,
    ],
    ["the actions' delay", { ...akash, actionDelay: 5 }, `delays.action is ${akash.actionDelay} in the controller, but 5 in`],
    ["the base unit", { ...akash, token: { ...akash.token, decimals: 18 } }, "decimals is 6 in the controller, but 18 in"],
    ["the names", { ...akash, observations: {} }, "it observes "],
    ["the id", { ...akash, id: "akash-v9" }, "it is for economy akash-v1, not akash-v9"],
  ])("%s", (_, economy, message) => {
    expect(whyUnfit(controller, economy, lane)).toContain(message);
  });

  test("the length of a control step and a breaker's limit, which are the set-up's", () => {
    const weekly = { ...lane, params: { ...lane.params, stepDays: 0.5 } };
    expect(whyUnfit(controller, akash, weekly)).toBe("stepDays is 1 in the controller, but 0.5 in the economy");
    const strict = { ...lane, limits: { ...lane.limits, dailySupplyCap: 0.001 } };
    expect(whyUnfit(controller, akash, strict)).toContain("limits.dailySupplyCap is 0.004 in the controller, but 0.001 in");
  });

  test.each([
    ["no rule at all", { rule: "akash-bne", values: {} }, "its base akash-bne does not fit: unknown rule akash-bne"],
    [
      "a rule of another economy",
      { rule: "tao-protocol", values: {} },
      "its base tao-protocol does not fit: akash-v1 has no action ",
    ],
    [
      "a value that is no parameter of the rule",
      { rule: "eip1559-burn", values: { speeed: 1 } },
      "its base eip1559-burn does not fit: unknown parameter speeed of rule eip1559-burn",
    ],
  ])("a base that is %s", (_, base, message) => {
    const structured = { ...controller, structure: { base, memoryRates: [], lastRequest: false } };
    expect(whyUnfit(structured, akash, lane)).toContain(message);
    const fits = { base: { rule: "eip1559-burn", values: {} }, memoryRates: [], lastRequest: false };
    expect(whyUnfit({ ...controller, structure: fits }, akash, lane)).toBeUndefined();
  });

  test("a controller of a file of version 1 is compared in all that the file says", () => {
    const old = { ...controller, stepDays: null, decimals: null };
    expect(whyUnfit(old, akash, lane)).toBeUndefined();
    expect(whyUnfit(old, withAction({ unit: "1/week" }), lane)).toContain(`actions.${action}.unit`);
  });
});
