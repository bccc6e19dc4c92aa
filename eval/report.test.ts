import { describe, expect, test } from "vitest";
import { syntheticReportInput } from "../test/support/synthetic-runs.js";
import { buildReport } from "./report.js";
import { reportJsonSchema, reportSchema } from "./report-schema.js";

const input = syntheticReportInput({ episodes: 60, days: 40, seed: 3 });
const report = buildReport(input);

describe("the report document", () => {
  test("survives JSON and fits its schema", () => {
    const copy = JSON.parse(JSON.stringify(report));
    expect(copy).toEqual(report);
    expect(reportSchema.parse(copy)).toEqual(report);
  });

  test("has the keys that programs rely on", () => {
    expect(report).toMatchObject({
      economy: "akash-v1",
      baseline: "cosmos-mint",
      scenarios: ["base", "calm", "growth", "crash", "shortage"],
    });
    for (const controller of report.controllers) {
      expect(Object.keys(controller)).toEqual(expect.arrayContaining(["id", "kind", "aggregate", "byScenario"]));
      expect(Object.keys(controller.byScenario)).toEqual(report.scenarios);
      for (const summary of [controller.aggregate, ...Object.values(controller.byScenario)]) {
        expect(summary).toMatchObject({
          return: { mean: expect.any(Number), iqm: expect.any(Number), low: expect.any(Number), high: expect.any(Number) },
          minusBaseline: { mean: expect.any(Number), probabilityOfImprovement: expect.any(Number) },
          annualVolatility: expect.any(Number),
          supplyGrowth: expect.any(Number),
          drawdown: { p50: expect.any(Number), p70: expect.any(Number), p90: expect.any(Number) },
          trips: expect.any(Number),
          verdict: expect.stringMatching(/^(better|worse|undecided|violates)$/),
        });
      }
    }
  });

  test("lists the best mean return first", () => {
    const means = report.controllers.map(({ aggregate }) => aggregate.return.mean);
    expect(means).toEqual([...means].sort((a, b) => b - a));
  });

  test("puts every mean inside its interval", () => {
    for (const { aggregate } of report.controllers) {
      const intervals = [
        aggregate.return,
        aggregate.minusBaseline,
        ...Object.values(aggregate.metrics),
        ...Object.values(aggregate.terms),
      ];
      for (const { mean, low, high } of intervals) {
        expect(low).toBeLessThanOrEqual(mean + 1e-12);
        expect(high).toBeGreaterThanOrEqual(mean - 1e-12);
      }
    }
  });

  test("is the same for the same input", () => {
    expect(buildReport(input)).toEqual(report);
  });

  test("has a JSON Schema that asks for the same keys", () => {
    const schema = reportJsonSchema();
    expect(schema).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema", type: "object" });
    expect(new Set(schema["required"] as string[])).toEqual(new Set(Object.keys(report)));
  });
});

describe("the headline", () => {
  test("compares the learned controller with the best rule and says where, by how much and at what risk", () => {
    const [headline] = report.headlines;
    expect(headline).toMatchObject({
      id: "ppo",
      bestRule: "affine (tuned)",
      outcome: "beats",
    });
    expect(headline!.title).toMatch(
      /^ppo beats the best rule, affine \(tuned\), on average: better in \d of 5 scenarios(, undecided in \d)?; one training seed$/,
    );
    expect(headline!.detail).toMatch(
      /^\+0\.\d+ \[.*\] in mean objective per day \(95 % interval, 5 scenarios × 60 episodes, the same markets\): /,
    );
    expect(headline!.detail).toMatch(/ In the typical market \(median\) the difference is \+0\.\d+; ppo does better than/);
    expect(headline!.detail).toMatch(/ It has .* breaker trips \(0\.\d\d against 0\.\d\d per episode, difference /);
    expect(headline!.detail).toMatch(/ drawdowns of 70 % \(in \d+\.\d % against \d+\.\d % of episodes, difference /);
  });

  test("says what a gain is worth in service, and which terms earn it and pay for it", () => {
    const [{ detail }] = report.headlines as [(typeof report.headlines)[number]];
    const gain = report.pairwise.find(({ against }) => against === "affine (tuned)")!.aggregate.mean;
    // Service counts by its logarithm with weight 1 here: a gain of g is exp(g) - 1 more service.
    expect(detail).toContain(`worth as much as ${(100 * Math.expm1(gain)).toFixed(1)} % more service on every day`);
    const [own, rule] = ["ppo", "affine (tuned)"].map((id) => report.controllers.find((one) => one.id === id)!);
    const holder = 1.5 * (own!.aggregate.terms["holder"]!.mean - rule!.aggregate.terms["holder"]!.mean);
    expect(detail).toContain(`It is earned by holder +${holder.toFixed(3)}`);
    expect(detail).toMatch(/ and paid for by .*\(terms times their weights\)/);
  });

  test("gives no verdict from too few episodes, and says so", () => {
    const few = buildReport(syntheticReportInput({ episodes: 49, days: 20, seed: 3 }));
    expect(few.headlines[0]).toMatchObject({
      outcome: "undecided",
      title: "No verdict on ppo and the best rule, affine (tuned)",
    });
    expect(few.headlines[0]!.detail).toContain("Too few episodes: 49 a scenario, a verdict needs 50.");
    for (const { isBaseline, aggregate } of few.controllers) {
      expect(aggregate.verdict).toBe("undecided");
      expect(aggregate.reasons).toEqual([]);
      if (!isBaseline) expect(aggregate.note).toBe("too few episodes: 49 a scenario, a verdict needs 50");
    }
  });

  test("repeats how a controller was trained otherwise than it is compared", () => {
    const caveats = { ppo: ["was trained on other parameters"] };
    const told = buildReport({ ...input, caveats, frozen: [], otherHorizons: [] });
    expect(told.headlines[0]!.detail).toContain("ppo was trained on other parameters.");
    expect(told.controllers.find(({ id }) => id === "ppo")!.caveats).toEqual(["was trained on other parameters"]);
  });

  test("says that a controller loses, and that nothing can be told apart", () => {
    const learned = (id: string) =>
      input.runs.map((run) => ({ ...run, kind: run.id === id ? ("learned" as const) : ("rule" as const) }));
    const loser = buildReport({ ...input, runs: learned("max-burn"), frozen: [], otherHorizons: [] });
    expect(loser.headlines[0]).toMatchObject({ outcome: "loses" });
    expect(loser.headlines[0]!.title).toBe(
      "max-burn loses to the best rule, ppo, on average: worse in 5 of 5 scenarios; one training seed",
    );
    const twin = { ...input.runs.find(({ id }) => id === "ppo")!, id: "twin", kind: "rule" as const };
    const even = buildReport({ ...input, runs: [...input.runs, twin], frozen: [], otherHorizons: [] });
    expect(even.headlines[0]).toMatchObject({
      outcome: "undecided",
      title: "ppo and the best rule, twin, cannot be told apart: undecided in 5 of 5 scenarios; one training seed",
    });
  });

  test("cannot tell apart a controller and a rule that differ by roundings, in no scenario", () => {
    const ppo = input.runs.find(({ id }) => id === "ppo")!;
    const rounded = Object.entries(ppo.scenarios).map(([name, { metrics, ...rest }]) => [
      name,
      { ...rest, metrics: { ...metrics, return: metrics.return.map((x) => x * (1 - 2e-7)) } },
    ]);
    const twin = { ...ppo, id: "twin", kind: "rule" as const, scenarios: Object.fromEntries(rounded) };
    const [headline] = buildReport({ ...input, runs: [...input.runs, twin], frozen: [], otherHorizons: [] }).headlines;
    expect(headline).toMatchObject({ outcome: "undecided", bestRule: "twin" });
    expect(headline!.title).toContain("undecided in 5 of 5 scenarios");
  });

  test("is absent without a learned controller or without a rule", () => {
    const rules = input.runs.filter(({ kind }) => kind === "rule");
    expect(buildReport({ ...input, runs: rules, frozen: [], otherHorizons: [] }).headlines).toEqual([]);
    const alone = input.runs.filter(({ kind }) => kind === "learned");
    expect(buildReport({ ...input, baseline: "ppo", runs: alone, frozen: [], otherHorizons: [] }).headlines).toEqual([]);
  });
});

describe("ablation and horizons", () => {
  test("each frozen action is compared with the full controller on the same markets", () => {
    // The synthetic runs shift all returns by the same amount, so the paired intervals have no width.
    expect(report.ablation.map(({ channel }) => channel)).toEqual(["issuance", "burnShare", "fee"]);
    const byChannel = Object.fromEntries(report.ablation.map(({ channel, minusFull }) => [channel, minusFull.mean]));
    expect(byChannel["fee"]).toBeLessThan(byChannel["issuance"]!);
    expect(byChannel["issuance"]).toBeLessThan(byChannel["burnShare"]!);
    for (const { minusFull } of report.ablation) expect(minusFull.high - minusFull.low).toBeLessThan(1e-9);
  });

  test("an ablation of a controller that is not in the report is refused", () => {
    const frozen = [{ ...input.frozen[0]!, of: "nobody" }];
    expect(() => buildReport({ ...input, frozen })).toThrow("ablation of nobody, which is not among the controllers");
  });

  test("all horizons are listed, the shortest first", () => {
    expect(report.horizons.map(({ days }) => days)).toEqual([40, 80]);
    expect(report.horizons[0]!.pairwise).toEqual(report.pairwise);
  });
});

test("one episode is enough for a report without a single number that is not finite", () => {
  const tiny = buildReport(syntheticReportInput({ episodes: 1, days: 3, seed: 1 }));
  expect(() => reportSchema.parse(tiny)).not.toThrow();
});
