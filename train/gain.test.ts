import { expect, test } from "vitest";
import type { PolicyScore } from "../agents/rollout/score-policies.js";
import { RANDOM_SCENARIO } from "../env/params.js";
import { gainOver, whyRefused } from "./gain.js";

const EACH = 20;
const SCENARIOS = [RANDOM_SCENARIO, "base", "crash"].flatMap((name) => Array<string>(EACH).fill(name));

/** @param returns of a scenario's episodes, by scenario */
function scored(returns: Readonly<Record<string, number>>, changes: Partial<Pick<PolicyScore, "trips" | "maxDrawdown">> = {}) {
  const values = Float64Array.from(SCENARIOS, (name, i) => (returns[name] ?? 0) + 0.001 * Math.sin(i));
  const none = new Float64Array(SCENARIOS.length);
  return { returns: values, trips: none, maxDrawdown: none, scenarios: SCENARIOS, objective: 0, ...changes };
}

const base = scored({});

test("the gain is that over the named scenarios, the worst of all of them", () => {
  const gain = gainOver(base, scored({ [RANDOM_SCENARIO]: -0.3, base: 0.3, crash: 0.1 }));
  expect(gain.objective.mean).toBeCloseTo(0.2, 12);
  expect(gain.objective.low).toBeLessThan(0.2);
  expect(gain.worst.scenario).toBe(RANDOM_SCENARIO);
  expect(gain.worst.mean).toBeCloseTo(-0.3, 12);
  expect(whyRefused(gain, 0.01)).toBe("loses 0.30 in random");
  expect(whyRefused(gain, 0.31)).toBeUndefined();
});

test("a loss that the interval leaves open is none", () => {
  const noisy = Float64Array.from(SCENARIOS, (name, i) => (name === "crash" ? -0.02 + (i % 2 ? 0.5 : -0.5) : 0.1));
  const gain = gainOver(base, { ...scored({}), returns: noisy });
  expect(gain.worst).toMatchObject({ scenario: "crash" });
  expect(gain.worst.mean).toBeLessThan(-0.01);
  expect(whyRefused(gain, 0.001)).toBeUndefined();
});

test("more trips and more crashes are refused, however much is gained; those on drawn markets are not counted", () => {
  const ones = (names: readonly string[], value: number) =>
    Float64Array.from(SCENARIOS, (name) => (names.includes(name) ? value : 0));
  const gains = { [RANDOM_SCENARIO]: 1, base: 1, crash: 1 };
  const refusal = (changes: Parameters<typeof scored>[1]) => whyRefused(gainOver(base, scored(gains, changes)), 0);
  expect(refusal({ trips: ones(["base", "crash"], 1) })).toBe("1.0 more trips an episode");
  expect(refusal({ maxDrawdown: ones(["crash"], 0.71) })).toBe("50 % more drawdowns of 70 %");
  expect(refusal({ maxDrawdown: ones(["crash"], 0.69) })).toBeUndefined();
  expect(refusal({ trips: ones([RANDOM_SCENARIO], 1) })).toBeUndefined();
});
