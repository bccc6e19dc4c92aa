import { describe, expect, it } from "vitest";
import { COMMON, factPasses, measureFacts, returnsOf } from "./facts.js";
import type { PathSeries } from "./lanes.js";
import { meanBetween, meanOf, totalOver } from "./spec.js";
import { akashSpec } from "./specs/akash.js";

/** A path whose log price takes the given steps after the first day. */
function pathOf(steps: readonly number[]): PathSeries {
  const price = Float64Array.of(1, ...steps);
  for (const [i, step] of steps.entries()) price[i + 1] = price[i]! * Math.exp(step);
  return { price };
}

const measure = (name: string, path: PathSeries) => COMMON.find((observable) => observable.name === name)!.measure(path);

describe("returnsOf", () => {
  it("is one return less than there are prices", () => {
    expect(Array.from(returnsOf(pathOf([0.1, -0.2])))).toEqual([expect.closeTo(0.1, 12), expect.closeTo(-0.2, 12)]);
  });
});

describe("common figures", () => {
  const alternating = Array.from({ length: 730 }, (_, i) => (i % 2 === 0 ? 0.05 : -0.05));

  it("annualise the standard deviation of daily returns", () => {
    // 0.05 a day is 0.955 a year; the sample of 365 has one more of one sign and divides by 364.
    expect(measure("annual volatility", pathOf(alternating))).toBeCloseTo(0.05 * Math.sqrt(365), 2);
  });

  it("are means of whole years: a wild second year does not make the tails of the first", () => {
    const wild = alternating.map((step, i) => (i < 365 ? step : 10 * step));
    // Two values of equal size have kurtosis 1, an excess of -2, in both years; together they would have more.
    expect(measure("excess kurtosis", pathOf(wild))).toBeCloseTo(-2, 3);
    expect(measure("annual volatility", pathOf(wild))).toBeCloseTo((0.05 * (1 + 10) * Math.sqrt(365)) / 2, 1);
  });
});

describe("measures", () => {
  const path = { a: Float64Array.of(1, 2, 3, 4), b: Float64Array.of(2, 2, 2, 2), none: new Float64Array(4) };

  it("read means and totals of series", () => {
    expect(meanOf("a")(path)).toBe(2.5);
    expect(meanBetween("a", 1, 3)(path)).toBe(2.5);
    expect(totalOver("a", "b")(path)).toBe(10 / 8);
    expect(totalOver("none", "none")(path)).toBe(0);
  });
});

describe("measureFacts", () => {
  const facts = measureFacts(akashSpec, { paths: 12, days: 400, seed: 1 });

  it("gives every common and own figure, all of them numbers within the paths' own spread", () => {
    expect(facts.facts.length).toBe(COMMON.length + akashSpec.observables.length);
    for (const { name, mean, low, high } of facts.facts) {
      expect([name, [mean.mean, mean.low, mean.high, low, high].every(Number.isFinite)]).toEqual([name, true]);
      expect(low).toBeLessThanOrEqual(high);
    }
  });

  it("finds deeper falls less often, and no fewer in more time", () => {
    const shares = facts.falls.reached.map(({ price }) => price.mean);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    for (const [i, { price }] of facts.falls.firstYear.entries()) expect(price.mean).toBeLessThanOrEqual(shares[i]!);
  });

  it("fails a figure out of its target and leaves one without a target alone", () => {
    const [volatility] = facts.facts;
    const at = (mean: number) => factPasses({ ...volatility!, mean: { mean, low: mean, high: mean } });
    expect([at(0.79), at(0.8), at(1.5), at(1.51)]).toEqual([false, true, true, false]);
    expect(factPasses(facts.facts.find(({ target }) => !target)!)).toBeUndefined();
  });
});
