import { describe, expect, it } from "vitest";
import type { Gate } from "./akash/gates.js";
import type { ControlResult } from "./control.js";
import { renderDetails } from "./details-page.js";
import { type PageInput, verdictsOf } from "./verdicts.js";

const around = (mean: number) => ({ mean, low: mean - 0.01, high: mean + 0.01 });
const gate = (name: string, value: number): Gate => ({ name, value, low: 0, high: 1, measured: around(value) });

function control(shipped: number, own: number, gap: number): ControlResult {
  const row = (scenario: string, issuance: number, fee: number) => ({
    scenario,
    best: { issuance, burnShare: 0, fee },
    bestReward: -0.5,
    shipped: around(shipped),
    own: around(own),
    overCommon: around(own),
    intervened: 0.25,
    degenerate: { "max-burn": { rule: "pid", gap: around(gap) } },
  });
  const overall = { shipped: around(shipped), own: around(own), overCommon: around(own) };
  const scenarios = [row("base", 0.04, 0.2), row("crash", 0.01, 0.3)];
  return { paths: 10, budget: 1000, feedback: "pid", common: { issuance: 0.04, burnShare: 0, fee: 0.2 }, overall, scenarios };
}

function page(changes: Partial<PageInput>): PageInput {
  const falls = { fromPeak: Float64Array.of(0.6, 0.2), fromStart: Float64Array.of(0.5, 0) };
  return {
    economy: "akash-v1",
    counts: { statistical: 1, signs: 1, halfSteps: 1, falls: 2 },
    statistical: [gate("annual volatility", 0.9)],
    signs: [gate("fee up: service falls (paired t)", 0.5)],
    dynamics: [],
    scale: [],
    halfSteps: [],
    control: control(0.01, 0.08, 0.4),
    tuned: [{ rule: "pid", envSteps: 1000, objective: -1 }],
    falls: { base: { price: falls, exogenous: falls } },
    burn: [{ overrides: { a: 1 }, holderValue: around(0), haltDays: around(1), objective: around(-1) }],
    sensitivities: [{ name: "a", less: around(-1), more: around(1) }],
    ...changes,
  };
}

describe("verdictsOf", () => {
  const failed = (input: PageInput) => verdictsOf(input).filter(({ passed }) => !passed);

  it("a shipped rule below the margin fails its own gates, none of them mandatory", () => {
    const verdicts = failed(page({}));
    expect(verdicts.map(({ name }) => name)).toEqual([
      "base: pid, tuned once, above its best constant",
      "crash: pid, tuned once, above its best constant",
    ]);
    expect(verdicts.some(({ mandatory }) => mandatory)).toBe(false);
  });

  it.each([
    ["a statistical gate out of its range", page({ statistical: [gate("annual volatility", 1.3)] })],
    ["feedback that a constant comes within 0.05 of", page({ control: control(0.06, 0.049, 0.4) })],
    ["a degenerate rule whose interval reaches a tuned one", page({ control: control(0.06, 0.08, 0.009) })],
  ])("%s is a mandatory failure", (_, input) => {
    expect(failed(input).some(({ mandatory }) => mandatory)).toBe(true);
  });
});

describe("renderDetails", () => {
  it("names every failure and marks it in its table", () => {
    const text = renderDetails(page({ statistical: [gate("annual volatility", 1.3)] }));
    expect(text).toContain("- akash-v1, statistical: annual volatility (**mandatory**)");
    expect(text).toMatch(/\| annual volatility \| 1\.300 .* \| \*\*FAIL\*\* \|/);
  });

  it("says so when nothing failed", () => {
    expect(renderDetails(page({ control: control(0.06, 0.08, 0.4) }))).toContain("Nothing failed.");
  });
});
