import { expect, test } from "vitest";
import { clamp } from "../../compiler/primitives.js";
import { normal4 } from "../../core/normal.js";
import { uniform4 } from "../../core/random.js";
import { EXOGENOUS_PARAMS, type ExogenousConditions, exogenousStep, plainConditions } from "./exogenous.js";

const u = { clamp, uniform4, TWO_PI: 2 * Math.PI, DAYS_PER_YEAR: 365 };
const params = Object.fromEntries(Object.entries(EXOGENOUS_PARAMS).map(([name, { value }]) => [name, value])) as Record<
  keyof typeof EXOGENOUS_PARAMS,
  number
>;

/** Ends of one-year paths. */
function ends(p: typeof params, c: ExogenousConditions, paths: number, steps = 365) {
  return Array.from({ length: paths }, (_, path) => {
    const s = { exogenous: 0, variance: p.varianceLevel };
    let variance = 0;
    for (let step = 0; step < steps; step++) {
      const n = normal4(1, path, step, 0, u);
      const z = { market: n.a, variance: n.b, jumpSize: n.c, jumpChance: uniform4(1, path, step, 1).a };
      exogenousStep(s, p, c, z, u);
      variance += s.variance / steps;
    }
    return { end: s.exogenous, variance };
  });
}

const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
const variance = (x: number[]) => mean(x.map((value) => (value - mean(x)) ** 2));

test("without jumps the log path is a martingale and its variance is the level", () => {
  const p = { ...params, jumpRate: 0 };
  const lived = ends(p, plainConditions(p, 1, u), 3000);
  const x = lived.map(({ end }) => end);
  // Three standard errors of 3,000 paths: 3 * 0.79 / sqrt(3000) = 0.043; of the variance, with fat tails, about 10 %.
  expect(Math.abs(mean(x))).toBeLessThan(0.043);
  expect(Math.abs(variance(x) / 0.62 - 1)).toBeLessThan(0.1);
  expect(Math.abs(mean(lived.map((path) => path.variance)) / 0.62 - 1)).toBeLessThan(0.03);
});

test("jumps are compensated up to their convexity and add rate * (mean^2 + sd^2) to the variance", () => {
  const p = { ...params, volOfVol: 0, varianceLevel: 0.05, jumpRate: 40 };
  const x = ends(p, plainConditions(p, 1, u), 3000).map(({ end }) => end);
  // At most one jump a day: 37.9 a year. The log of a compensated jump drifts by mean - (e^(mean + sd^2/2) - 1), -0.11 a year.
  const rate = 365 * (1 - Math.exp(-40 / 365));
  const drift = rate * (-0.03 - (Math.exp(-0.03 + 0.07 ** 2 / 2) - 1));
  const total = 0.05 + rate * (0.03 ** 2 + 0.07 ** 2);
  expect(Math.abs(mean(x) - drift)).toBeLessThan(3 * Math.sqrt(total / 3000) + 0.005);
  expect(Math.abs(variance(x) / total - 1)).toBeLessThan(0.1);
});

test("the path does not depend on the step", () => {
  const p = { ...params, jumpRate: 0 };
  const [day, half] = [
    variance(ends(p, plainConditions(p, 1, u), 1500).map(({ end }) => end)),
    variance(ends(p, plainConditions(p, 0.5, u), 1500, 730).map(({ end }) => end)),
  ];
  expect(Math.abs(day / half - 1)).toBeLessThan(0.15);
});

test("variance stays within its bounds whatever the shocks", () => {
  const s = { exogenous: 0, variance: 0.62 };
  for (const shock of [-8, 8, -8, 8, 8, 8]) {
    const z = { market: shock, variance: -shock, jumpSize: 0, jumpChance: 0.5 };
    for (let i = 0; i < 50; i++) exogenousStep(s, params, plainConditions(params, 1, u), z, u);
    expect(s.variance).toBeGreaterThanOrEqual(0.02);
    expect(s.variance).toBeLessThanOrEqual(6);
  }
});
