import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { akash } from "../../env/economies/akash.js";
import { render } from "../../env/economies/render.js";
import { renderYearEmission } from "../../env/mechanisms/render-schedule.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { Values } from "../../env/world.js";
import type { Rule } from "../controller.js";
import { createSimulator } from "../rollout/episodes.js";
import { demandFee } from "./demand-fee.js";
import { OBSERVATION_STATISTICS } from "./observation-statistics.js";
import { rulesFor } from "./registry.js";
import { renderGuidance } from "./render-guidance.js";
import { renderSchedule } from "./render-schedule.js";
import { actionFields } from "./role-fields.js";
import { withParams } from "./rule-values.js";

const BAND = actionFields(render);
const CALM: Readonly<Values> = {
  ...Object.fromEntries(Object.keys(render.observations).map((name) => [name, 0.5])),
  burnRate: 0.0531,
  capacityUpper: 1,
  capacityLower: 1,
  volume: 1,
};

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

const MAKERS = [
  ["render-schedule", renderSchedule],
  ["render-rnp-020", renderGuidance],
  ["demand-fee", demandFee],
] as const;

test("all three are found for render and live an episode, compiled", async () => {
  const found = rulesFor(render).filter(({ id }) => MAKERS.some(([name]) => name === id));
  expect(found.map(({ id }) => id)).toEqual(["render-schedule", "render-rnp-020", "demand-fee"]);
  const simulator = await createSimulator({
    world: render,
    lane: parseEnvOptions(render, {}).lane,
    controllers: Object.fromEntries(found.map((rule) => [rule.id, { kind: "rule", rule, perLaneParams: false }] as const)),
    maxLanes: 4,
    maxHorizon: 365,
    numThreads: 1,
  });
  const options = {
    batches: [{ overrides: {}, episodes: 4, first: 0 }],
    horizon: 365,
    seed: 1,
    split: "test",
    block: 0,
  } as const;
  const returns = found.map(({ id }) => simulator.run(id, { ...options, randomise: false })[0]!.metrics.return[0]!);
  await simulator.dispose();
  for (const value of returns) expect(value).toSatisfy(Number.isFinite);
  expect(new Set(returns).size).toBe(3);
});

describe.each(MAKERS)("%s", (id, make) => {
  test("carries its id and complete parameters within their ranges", () => {
    const rule = make(render);
    expect(rule.id).toBe(id);
    for (const [name, { value, low, high, unit, source, doc }] of Object.entries(rule.params)) {
      expect(value, name).toBeGreaterThanOrEqual(low);
      expect(value, name).toBeLessThanOrEqual(high);
      expect(unit && source && doc, name).toBeTruthy();
    }
    for (const name of rule.tunable) expect(rule.params).toHaveProperty([name]);
  });

  test("requests finite actions whatever it sees, NaN and infinities included", () => {
    const value = fc.oneof(
      fc.double({ min: -10, max: 10, noNaN: true }),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, 1e300),
    );
    const observation = fc.record(Object.fromEntries(Object.keys(CALM).map((name) => [name, value])));
    fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 60 }), (observations) => {
        const rule = make(render);
        const act = play("quarter" in rule.params ? withParams(rule, { quarter: 28 }) : rule);
        for (const seen of [...observations, ...observations, {}]) {
          const action = act(seen);
          expect(Object.keys(action).toSorted()).toEqual(Object.keys(BAND).toSorted());
          for (const requested of Object.values(action)) expect(Number.isFinite(requested)).toBe(true);
        }
      }),
      { seed: 5, numRuns: 40 },
    );
  });
});

test("every observation of render has measured statistics", () => {
  expect(Object.keys(OBSERVATION_STATISTICS["render-v1"]!)).toEqual(Object.keys(render.observations));
});

test("what needs render's own controls or observations is for render only", () => {
  for (const make of [renderSchedule, renderGuidance]) {
    expect(() => make(akash)).toThrow(expect.objectContaining({ code: "E_RULE_WORLD" }));
  }
  expect(rulesFor(akash).map(({ id }) => id)).toContain("demand-fee");
});

test("the schedule follows the years: flat until the fifth, then damped like the published table", () => {
  const act = play(renderSchedule(render));
  const days = Array.from({ length: 365 * 6 }, () => act()["issuance"]!);
  expect(days[0]).toBe(0.09);
  expect(days[365 * 3 - 1]).toBe(0.09);
  for (const year of [6, 7, 8]) {
    // The middle of that year; the rule starts in year 3.
    const day = days[Math.round(365 * (year - 3 + 0.5))]!;
    expect(day / 0.09).toBeCloseTo(renderYearEmission(year) / renderYearEmission(3), 12);
  }
});

describe("RNP-020", () => {
  const quarters = (act: ReturnType<typeof play>, observations: readonly Values[]) =>
    observations.map((observation) => {
      let action: Values = {};
      for (let day = 0; day < 91; day++) action = act(observation);
      return action["issuance"]!;
    });

  test("holds its level while burns pay for it and nothing changes, and in the first quarter whatever happens", () => {
    expect(quarters(play(renderGuidance(render)), [{}, {}, {}])).toEqual([
      expect.closeTo(0.09, 12),
      expect.closeTo(0.09, 12),
      expect.closeTo(0.09, 12),
    ]);
    expect(quarters(play(renderGuidance(render)), [{ burnRate: 2 }])[0]).toBeCloseTo(0.09, 12);
  });

  test("raises in growing steps while burns outrun pay", () => {
    const levels = quarters(play(renderGuidance(render)), [{}, { burnRate: 0.3 }, { burnRate: 0.3 }, { burnRate: 0.3 }]);
    expect(levels.map((level) => level / 0.09)).toEqual([1, 1.1, 1.1 * 1.2, 1.1 * 1.2 * 1.3].map((x) => expect.closeTo(x, 12)));
  });

  test("cuts only when pay is above three times the burns", () => {
    const mild = quarters(play(renderGuidance(render)), [{ burnRate: 0.03 }, { burnRate: 0.03 }, { burnRate: 0.03 }]);
    expect(mild[2]).toBeCloseTo(0.09, 12);
    const deep = quarters(play(renderGuidance(render)), [{ burnRate: 0.01 }, { burnRate: 0.01 }, { burnRate: 0.01 }]);
    expect(deep[1]).toBeCloseTo(0.09 / 1.1, 12);
    expect(deep[2]).toBeCloseTo(0.09 / 1.1 / 1.2, 12);
  });

  test("pays more nodes more, and never above what the pool can take", () => {
    const more = quarters(play(renderGuidance(render)), [{}, { capacityUpper: 1.5, capacityLower: 1.5 }]);
    expect(more[1]).toBeCloseTo(0.09 * 1.1, 12);
    const dry = quarters(play(renderGuidance(render)), [{}, { volume: 0.1, burnRate: 0.3 }]);
    // 0.0037 a day, 52 epochs a year, a tenth of the depth, over 1.3 squared; job rewards are 59 % of the emission.
    expect(dry[1]).toBeCloseTo((0.0037 * (365 / 7) * 0.1) / 1.69 / 0.59, 12);
  });
});

test("the demand fee rises while the network is busy and falls below the list price while it is idle", () => {
  const act = play(demandFee(render));
  const busy = Array.from({ length: 30 }, () => act({ utilizationSlow: 0.9 })["fee"]!);
  expect(busy[0]).toBeGreaterThan(0);
  expect(busy.at(-1)).toBeGreaterThan(busy[0]!);
  const idle = Array.from({ length: 300 }, () => act({ utilizationSlow: 0.3 })["fee"]!);
  expect(idle.at(-1)).toBe(-0.3);
});
