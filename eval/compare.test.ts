import { describe, expect, test } from "vitest";
import { counterRandom } from "../core/bootstrap.js";
import { UserError } from "../core/errors.js";
import { iqm, mean, quantile, standardDeviation } from "../core/statistics.js";
import { type CompareInput, compareRuns } from "./compare.js";
import { averageEstimates } from "./estimates.js";
import type { ControllerRun, EpisodeMetrics } from "./types.js";

const EPISODES = 400;

/** Metrics with the given returns and drawdowns; all else is constant. */
function metricsOf(returns: Float64Array, changes: Partial<EpisodeMetrics> = {}): EpisodeMetrics {
  const constant = (value: number) => new Float64Array(returns.length).fill(value);
  return {
    return: returns,
    service: constant(1),
    annualVolatility: constant(0.8),
    supplyGrowth: constant(0.05),
    maxDrawdown: constant(0.4),
    fallFromStart: constant(0.3),
    trips: constant(0),
    interventionRate: constant(0),
    length: constant(365),
    terms: { service: returns },
    actions: { fee: constant(0.1) },
    costs: { haltDays: constant(3) },
    ...changes,
  };
}

function normals(seed: number, count = EPISODES): Float64Array {
  const random = counterRandom(seed);
  return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()));
}

function runOf(id: string, scenarios: Record<string, EpisodeMetrics>, kind: ControllerRun["kind"] = "rule"): ControllerRun {
  const entries = Object.entries(scenarios).map(([name, metrics]) => [name, { metrics }]);
  return { id, kind, tuned: false, scenarios: Object.fromEntries(entries) };
}

function compare(runs: ControllerRun[], changes: Partial<CompareInput> = {}) {
  return compareRuns({ runs, baseline: "old", limits: {}, level: 0.95, ...changes });
}

const byId = (comparison: ReturnType<typeof compare>, id: string) => comparison.controllers.find((c) => c.id === id)!;

describe("paired differences", () => {
  const shocks = { calm: normals(1), crash: normals(2) };
  const shifted = (by: number, noise: number, seed: number) => {
    const own = { calm: normals(seed), crash: normals(seed + 1) };
    const metrics = (name: "calm" | "crash") => metricsOf(shocks[name].map((shock, i) => shock + by + noise * own[name][i]!));
    return { calm: metrics("calm"), crash: metrics("crash") };
  };
  const old = runOf("old", shifted(0, 0, 10));
  const better = runOf("new", shifted(0.1, 0.2, 20), "learned");
  const comparison = compare([old, better]);
  const { aggregate, byScenario } = byId(comparison, "new");

  test("are far narrower than the returns themselves, because the shocks cancel", () => {
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    // Standard error of the difference .2 / sqrt(800) = .0071, of one mean 1 / sqrt(800) = .035; widths are 3.92 of those.
    expect(width(aggregate.minusBaseline)).toBeGreaterThan(3.92 * 0.0071 * 0.85);
    expect(width(aggregate.minusBaseline)).toBeLessThan(3.92 * 0.0071 * 1.15);
    expect(width(aggregate.return)).toBeGreaterThan(3.92 * 0.035 * 0.85);
    expect(aggregate.verdict).toBe("better");
  });

  test("average the scenarios with equal weight, point by point", () => {
    const { calm, crash } = byScenario;
    expect(aggregate.minusBaseline.mean).toBeCloseTo((calm!.minusBaseline.mean + crash!.minusBaseline.mean) / 2, 12);
    expect(aggregate.return.iqm).toBeCloseTo((calm!.return.iqm + crash!.return.iqm) / 2, 12);
    expect(calm!.return.mean).toBeCloseTo(mean(better.scenarios["calm"]!.metrics.return), 12);
    expect(calm!.return.iqm).toBeCloseTo(iqm(better.scenarios["calm"]!.metrics.return), 12);
  });

  test("report quantiles of the pooled episodes", () => {
    const pooled = Object.values(better.scenarios).flatMap(({ metrics }) => [...metrics.return]);
    expect(aggregate.quantiles["return"]!.q95).toBeCloseTo(quantile(pooled, 0.95), 12);
  });

  test("give the probability of improvement of the normal model", () => {
    // P(.1 + .2 z > 0) = Phi(.5) = .6915; standard error sqrt(.69 * .31 / 800) = .016, four of them allowed.
    const { probabilityOfImprovement, probabilityLow, probabilityHigh } = aggregate.minusBaseline;
    expect(Math.abs(probabilityOfImprovement - 0.6915)).toBeLessThan(0.064);
    expect(probabilityLow).toBeLessThan(probabilityOfImprovement);
    expect(probabilityHigh).toBeGreaterThan(probabilityOfImprovement);
  });

  test("save the variance that pairing cancels", () => {
    // (1 + 1 + .04) / .04 = 51 in expectation.
    expect(comparison.pairwise).toHaveLength(1);
    expect(comparison.pairwise[0]!.aggregate.varianceReduction).toBeGreaterThan(40);
    expect(comparison.pairwise[0]!.aggregate.varianceReduction).toBeLessThan(65);
  });

  test("are zero with no width for the baseline itself", () => {
    const self = byId(comparison, "old");
    expect(self.isBaseline).toBe(true);
    expect(self.aggregate.minusBaseline).toMatchObject({ mean: 0, low: 0, high: 0, probabilityOfImprovement: 0.5 });
    expect(self.aggregate.verdict).toBe("undecided");
    expect(self.aggregate.reasons).toEqual([]);
  });

  test("do not depend on the order in which controllers are given", () => {
    const { controllers } = compare([better, old]);
    expect(controllers).toEqual(comparison.controllers);
    expect(controllers.map(({ id }) => id)).toEqual(["new", "old"]);
  });
});

describe("scenarios that share their shocks", () => {
  test("are not counted as independent", () => {
    // The same difference in both scenarios: averaging them must not narrow the interval.
    const shocks = normals(5);
    const one = metricsOf(shocks);
    const flat = metricsOf(new Float64Array(EPISODES));
    const { controllers } = compare([runOf("old", { a: flat, b: flat }), runOf("new", { a: one, b: one }, "learned")]);
    const { aggregate, byScenario } = controllers.find(({ id }) => id === "new")!;
    expect(aggregate.minusBaseline.low).toBeCloseTo(byScenario["a"]!.minusBaseline.low, 12);
    expect(aggregate.minusBaseline.high).toBeCloseTo(byScenario["a"]!.minusBaseline.high, 12);
  });
});

describe("many episodes", () => {
  test("resampled in groups have the same mean and standard error", () => {
    const returns = normals(6, 3001).map((z) => 2 + z);
    const flat = metricsOf(new Float64Array(3001));
    const { aggregate } = byId(compare([runOf("old", { a: flat }), runOf("new", { a: metricsOf(returns) })]), "new");
    const error = standardDeviation(returns) / Math.sqrt(3001);
    expect(aggregate.return.mean).toBeCloseTo(mean(returns), 12);
    // 1,000 replicates of 500 groups: the width is right within 15 %.
    expect((aggregate.return.high - aggregate.return.low) / (3.92 * error)).toBeGreaterThan(0.85);
    expect((aggregate.return.high - aggregate.return.low) / (3.92 * error)).toBeLessThan(1.15);
  });
});

describe("verdicts", () => {
  const flat = metricsOf(new Float64Array(EPISODES));
  const verdictOf = (metrics: EpisodeMetrics, changes: Partial<CompareInput> = {}, old = flat) =>
    byId(compare([runOf("old", { base: old }), runOf("new", { base: metrics })], changes), "new").aggregate;
  const gain = (by: number) => normals(7).map((z) => by + z);

  test("follow the interval of the difference", () => {
    expect(verdictOf(metricsOf(gain(0.5))).verdict).toBe("better");
    expect(verdictOf(metricsOf(gain(-0.5))).verdict).toBe("worse");
    expect(verdictOf(metricsOf(gain(0))).verdict).toBe("undecided");
  });

  test("are left open for what single precision does not resolve, and not for ten times as much", () => {
    const returns = normals(7).map((z) => 0.5 + 0.1 * z);
    const twin = (by: number) => verdictOf(metricsOf(returns.map((x) => x + by)), {}, metricsOf(returns));
    // The returns are of size 0.6, and 2.4e-7 is what rounding was seen to make.
    for (const by of [2.4e-7, -2.4e-7]) {
      const { verdict, minusBaseline } = twin(by);
      expect(Math.sign(minusBaseline.low * minusBaseline.high)).toBe(1);
      expect(verdict).toBe("undecided");
    }
    expect([twin(6e-5).verdict, twin(-6e-5).verdict]).toEqual(["better", "worse"]);
  });

  test("need a P that holds for all of them together: 30 clear on their own at P = .02 are all undecided", () => {
    // Each differs by 2.35 standard errors: P = .019 at 400 episodes, and Holm asks for .05 / 60 (30 rules, in all and in one scenario).
    const shifts = Array.from({ length: 30 }, (_, k) => {
      const noise = normals(100 + k);
      const [centre, error] = [mean(noise), standardDeviation(noise) / Math.sqrt(EPISODES)];
      return noise.map((z) => z - centre + 2.35 * error);
    });
    const rules = shifts.map((returns, k) => runOf(`rule ${k}`, { base: metricsOf(returns) }));
    const alone = byId(compare([runOf("old", { base: flat }), rules[0]!]), "rule 0").aggregate;
    expect(alone).toMatchObject({ verdict: "better" });
    expect(alone.minusBaseline.pAdjusted).toBeCloseTo(2 * alone.minusBaseline.p, 12);
    const { controllers, verdicts } = compare([runOf("old", { base: flat }), ...rules]);
    expect(verdicts).toEqual({ count: 60, withdrawn: 60 });
    for (const { isBaseline, aggregate } of controllers) {
      expect(aggregate.verdict).toBe("undecided");
      if (!isBaseline) expect(aggregate.note).toContain("not after the correction for many verdicts");
    }
  });

  test("do not call a rounding of a cost a violation", () => {
    const limits = { haltDays: { kind: "expectation" as const, limit: 5, unit: "1" } };
    const costs = (days: number) => ({ costs: { haltDays: new Float64Array(EPISODES).fill(days) } });
    const returns = new Float64Array(EPISODES);
    const of = (more: number) =>
      verdictOf(metricsOf(returns, costs(8 + more)), { limits }, metricsOf(returns, costs(8))).verdict;
    expect([of(1e-6), of(0.01)]).toEqual(["undecided", "violates"]);
  });

  test("violate when breakers trip clearly more often, whatever the return", () => {
    const trips = Float64Array.from({ length: EPISODES }, (_, i) => (i < 40 ? 1 : 0));
    const { verdict, reasons } = verdictOf(metricsOf(gain(0.5), { trips }));
    expect(verdict).toBe("violates");
    expect(reasons[0]).toMatch(/^more breaker trips per episode than the baseline: 0\.10 against 0\.00, difference \+0\.10/);
  });

  test("violate when drawdowns of 70 % are clearly more frequent, but not for three of them", () => {
    const deep = (count: number) => Float64Array.from({ length: EPISODES }, (_, i) => (i < count ? 0.7 : 0.4));
    expect(verdictOf(metricsOf(gain(0.5), { maxDrawdown: deep(3) })).verdict).toBe("better");
    const { verdict, reasons, events } = verdictOf(metricsOf(gain(0.5), { maxDrawdown: deep(20) }));
    expect(verdict).toBe("violates");
    expect(reasons).toHaveLength(1);
    expect(events.maxDrawdown.p70).toMatchObject({ count: 20, episodes: EPISODES, probability: 0.05 });
    expect(events.maxDrawdown.p70.excess.count).toBe(20);
  });

  test("violate when a cost lies above its limit and above the baseline, and only then", () => {
    const limits = { haltDays: { kind: "expectation", limit: 5, unit: "day" } } as const;
    const costs = (days: number) => ({ costs: { haltDays: normals(9).map((z) => days + z) } });
    expect(verdictOf(metricsOf(gain(0.5), costs(4)), { limits }).verdict).toBe("better");
    const above = verdictOf(metricsOf(gain(0.5), costs(8)), { limits });
    expect(above.verdict).toBe("violates");
    expect(above.limits[0]).toMatchObject({ constraint: "haltDays", limit: 5, exceeded: true });
    const baselineToo = verdictOf(metricsOf(gain(0.5), costs(8)), { limits }, metricsOf(new Float64Array(EPISODES), costs(9)));
    expect(baselineToo.verdict).toBe("better");
    expect(baselineToo.limits[0]!.exceeded).toBe(true);
  });

  test("read a probability limit as the share of episodes with any cost, a step limit as the mean per step lived", () => {
    const costs = { haltDays: Float64Array.from({ length: EPISODES }, (_, i) => (i % 4 === 0 ? 73 : 0)) };
    const read = (kind: "probability" | "step") =>
      verdictOf(metricsOf(gain(0), { costs }), { limits: { haltDays: { kind, limit: 1, unit: "1" } } }).limits[0]!.mean;
    expect(read("probability")).toBe(0.25);
    expect(read("step")).toBeCloseTo(0.05, 12);
  });
});

describe("events", () => {
  test("never seen keep an upper bound, absolute and against the baseline", () => {
    const flat = metricsOf(new Float64Array(299));
    const { aggregate } = byId(compare([runOf("old", { base: flat }), runOf("new", { base: flat })]), "new");
    expect(aggregate.events.maxDrawdown.p90).toMatchObject({ probability: 0, low: 0, high: expect.closeTo(0.01226, 5) });
    expect(aggregate.events.maxDrawdown.p90.minusBaseline.high).toBeGreaterThan(0.009);
    expect(aggregate.drawdown).toEqual({ p50: 0, p70: 0, p90: 0 });
  });
});

describe("bad input", () => {
  const flat = metricsOf(new Float64Array(4));

  test("an unknown baseline is the user's mistake and names the nearest controller", () => {
    const attempt = () => compare([runOf("cosmos-mint", { base: flat })], { baseline: "cosmos-mnt" });
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow("baseline cosmos-mnt is not among the controllers");
  });

  test("the same controller twice is the user's mistake", () => {
    expect(() => compare([runOf("old", { base: flat }), runOf("old", { base: flat })])).toThrow(
      "controller old is given twice",
    );
  });

  test("a value that is not finite is named with controller, scenario and episode", () => {
    const broken = metricsOf(Float64Array.of(1, Number.NaN, 2, 3));
    expect(() => compare([runOf("old", { base: flat }), runOf("new", { base: broken })])).toThrow(
      "return of new in base is NaN in episode 1",
    );
  });

  test("runs over different scenarios or numbers of episodes are refused", () => {
    expect(() => compare([runOf("old", { base: flat }), runOf("new", { calm: flat })])).toThrow(
      "new was not run in scenario base",
    );
    const more = metricsOf(new Float64Array(5));
    expect(() => compare([runOf("old", { base: flat }), runOf("new", { base: more })])).toThrow("has 5 episodes, not 4");
  });
});

test("the mean of sure things over any number of scenarios is sure, not a little more", () => {
  const sure = { value: 1, values: Float64Array.of(1, 1), scenarios: 1, carriers: 2 };
  for (let scenarios = 1; scenarios <= 30; scenarios++) {
    expect([...averageEstimates(Array(scenarios).fill(sure)).values]).toEqual([1, 1]);
  }
});
