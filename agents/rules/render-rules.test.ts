import { describe, expect, test } from "vitest";
import { akash } from "../../env/economies/akash/index.js";
import { render } from "../../env/economies/render/index.js";
import { renderYearEmission } from "../../env/mechanisms/render-schedule.js";
import type { Values } from "../../env/world.js";
import { CALM_RENDER, play as playOn } from "../../test/support/calm-days.js";
import { demandFee } from "./demand-fee.js";
import { rulesFor } from "./registry.js";
import { renderGuidance } from "./render-guidance.js";
import { renderSchedule } from "./render-schedule.js";
import type { Rule } from "./rule.js";

const play = (rule: Rule) => playOn(rule, CALM_RENDER);

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
