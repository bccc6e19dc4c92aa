import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { akash } from "../../env/economies/akash.js";
import { worldcoin } from "../../env/economies/worldcoin.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { Values } from "../../env/world.js";
import type { Rule } from "../controller.js";
import { createSimulator } from "../rollout/episodes.js";
import { OBSERVATION_STATISTICS } from "./observation-statistics.js";
import { rulesFor } from "./registry.js";
import { actionFields } from "./role-fields.js";
import { wldInflationCap } from "./wld-inflation-cap.js";
import { wldTable } from "./wld-table.js";
import { wldTreasury } from "./wld-treasury.js";

const BAND = actionFields(worldcoin);
const CALM: Readonly<Values> = { netIssuance: 0.25, treasury: 0.6, grantValue: 1.4, trend: 0, drawdown: 0 };

function play(rule: Rule): (observation?: Values) => Values {
  const params: Values = Object.fromEntries(Object.entries(rule.params).map(([name, { value }]) => [name, value]));
  const memory: Values = {};
  rule.functions.start(memory, params, rule.uses);
  return (observation = {}) => {
    const action: Values = {};
    rule.functions.act(memory, { ...CALM, ...observation }, params, action, rule.uses);
    return action;
  };
}

test("all three are found for worldcoin and live an episode, compiled", async () => {
  const found = rulesFor(worldcoin).filter(({ economies }) => economies.includes("worldcoin"));
  expect(found.map(({ id }) => id)).toEqual(["wld-table", "wld-inflation-cap", "wld-treasury"]);
  const simulator = await createSimulator({
    world: worldcoin,
    lane: parseEnvOptions(worldcoin, {}).lane,
    controllers: Object.fromEntries(found.map((rule) => [rule.id, { kind: "rule", rule, perLaneParams: false }] as const)),
    maxLanes: 4,
    maxHorizon: 30,
    numThreads: 1,
  });
  const options = {
    batches: [{ overrides: {}, episodes: 4, first: 0 }],
    horizon: 30,
    seed: 1,
    split: "test",
    block: 0,
  } as const;
  const returns = found.map(({ id }) => simulator.run(id, { ...options, randomise: false })[0]!.metrics.return[0]!);
  await simulator.dispose();
  for (const value of returns) expect(value).toSatisfy(Number.isFinite);
  expect(new Set(returns).size).toBe(3);
});

test("every observation of worldcoin has measured statistics", () => {
  expect(Object.keys(OBSERVATION_STATISTICS["worldcoin-v1"]!)).toEqual(Object.keys(worldcoin.observations));
});

describe.each([
  ["wld-table", wldTable],
  ["wld-inflation-cap", wldInflationCap],
  ["wld-treasury", wldTreasury],
] as const)("%s", (id, make) => {
  test("carries its id and complete parameters within their ranges", () => {
    const rule = make(worldcoin);
    expect(rule.id).toBe(id);
    expect(rule.economies).toEqual(["worldcoin"]);
    for (const [name, { value, low, high, unit, source, doc }] of Object.entries(rule.params)) {
      expect(value, name).toBeGreaterThanOrEqual(low);
      expect(value, name).toBeLessThanOrEqual(high);
      expect(unit && source && doc, name).toBeTruthy();
    }
    for (const name of rule.tunable) expect(rule.params).toHaveProperty([name]);
  });

  test("requests actions within the band whatever it sees, NaN and infinities included", () => {
    const value = fc.oneof(
      fc.double({ min: -10, max: 10, noNaN: true }),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, 1e300),
    );
    const days = fc.array(fc.record(Object.fromEntries(Object.keys(CALM).map((name) => [name, value]))), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(days, (observations) => {
        const act = play(make(worldcoin));
        for (const observation of [...observations, {}]) {
          for (const [name, requested] of Object.entries(act(observation))) {
            expect(requested, name).toBeGreaterThanOrEqual(BAND[name]!.low);
            expect(requested, name).toBeLessThanOrEqual(BAND[name]!.high);
          }
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  test("is for worldcoin only: another economy lacks what it sets", () => {
    expect(() => make(akash)).toThrow(expect.objectContaining({ code: "E_RULE_WORLD" }));
  });
});

test("the table rule gives the table, whatever happens", () => {
  const act = play(wldTable(worldcoin));
  expect(act({ grantValue: 0.01, drawdown: 3 })).toEqual(act({ grantValue: 19 }));
  expect(act().grant).toBe(1);
});

test("the cap rule releases less while circulation grows faster than the cap, more while slower, to the edges of the band", () => {
  const start = play(wldInflationCap(worldcoin))();
  expect(start.release).toBeCloseTo(0.2, 12);
  const [fast, slow] = [play(wldInflationCap(worldcoin)), play(wldInflationCap(worldcoin))];
  for (let day = 0; day < 400; day++) {
    fast({ netIssuance: 0.4 });
    slow({ netIssuance: 0.1 });
  }
  expect(fast({ netIssuance: 0.4 }).release).toBe(0);
  expect(slow({ netIssuance: 0.1 }).release).toBe(BAND["release"]!.high);
});

test("the treasury rule keeps the grant's dollar value as the price moves", () => {
  for (const grantValue of [0.8, 1.4, 3]) {
    const act = play(wldTreasury(worldcoin));
    for (let day = 0; day < 300; day++) act({ grantValue });
    expect(act({ grantValue }).grant! * grantValue).toBeCloseTo(1.3, 6);
  }
});

test("the treasury rule withholds in a drawdown and burns only while rich", () => {
  const at = (observation: Values) => play(wldTreasury(worldcoin))(observation);
  expect(at({ drawdown: 1 }).release).toBeLessThan(at({}).release!);
  expect(at({ treasury: 0.01 }).burnShare).toBeLessThan(at({ treasury: 0.6 }).burnShare!);
});
