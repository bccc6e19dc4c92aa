import { describe, expect, test } from "vitest";
import { normal4 } from "../core/normal.js";
import { uniform4 } from "../core/random.js";
import { syntheticReportInput } from "../test/support/synthetic-runs.js";
import { checkForesight } from "./attainable.js";
import { FORESIGHT_FORMAT, FORESIGHT_NOTE, type Foresight, parseForesight, shareOf, summarizeForesight } from "./foresight.js";
import { buildReport } from "./report.js";
import { renderReport } from "./report-html.js";
import { reportSchema } from "./report-schema.js";

const USES = { uniform4, TWO_PI: 2 * Math.PI };
/** Of one market three independent normal numbers. */
const draw = (market: number) => normal4(9, market, 0, 0, USES);

describe("the share of the attainable gain", () => {
  test("is the ratio of the mean gains, with an interval as wide as the ratio's error", () => {
    const count = 400;
    const markets = Array.from({ length: count }, (_, i) => draw(i));
    const baseline = Float64Array.from(markets, ({ a }) => a);
    const best = baseline.map((x, i) => x + 2 + 0.5 * markets[i]!.b);
    const own = baseline.map((x, i) => x + 1 + 0.5 * markets[i]!.c);
    const share = shareOf({ own, baseline, best }, 0.95)!;
    expect(share.mean).toBeCloseTo(0.5, 1);
    // Delta method: the standard error of a ratio r of independent means is sqrt(s1² + r² s2²) / (mean2 sqrt(n)).
    const error = Math.hypot(0.5, 0.25) / (2 * Math.sqrt(count));
    expect(share.high - share.low).toBeGreaterThan(1.7 * 1.96 * error);
    expect(share.high - share.low).toBeLessThan(2.3 * 1.96 * error);
  });

  test("is 1 of the best, 0 of the baseline, and none where nothing clear was found", () => {
    const baseline = Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    const best = baseline.map((x) => x + 1);
    expect(shareOf({ own: best, baseline, best }, 0.95)).toEqual({ mean: 1, low: 1, high: 1 });
    expect(shareOf({ own: baseline, baseline, best }, 0.95)).toEqual({ mean: 0, low: 0, high: 0 });
    expect(shareOf({ own: best, baseline, best: baseline }, 0.95)).toBeUndefined();
    const unclear = baseline.map((x, i) => x + (i === 0 ? 1 : 0));
    expect(shareOf({ own: best, baseline, best: unclear }, 0.95)).toBeUndefined();
  });
});

const input = syntheticReportInput({ episodes: 60, days: 40, seed: 3 });
const baseline = input.runs.find(({ id }) => id === input.baseline)!;

/** Everything 0.1 above the baseline, in fewer markets than the comparison has. */
const foresight: Foresight = {
  ...{ format: FORESIGHT_FORMAT, version: 1, note: FORESIGHT_NOTE, economy: "akash-v1", paramsHash: "a", weightsHash: "b" },
  ...{ days: 40, seed: 3, split: "test", block: 0, every: 7, starts: 3, iterations: 10, finished: false, converged: 0.5 },
  ...{ ruleInForce: "cosmos-mint", bestRule: "affine", ruleIsBetter: 0 },
  scenarios: Object.fromEntries(
    Object.entries(baseline.scenarios).map(([name, { metrics }]) => {
      const own = [...metrics.return].slice(0, 50);
      return [name, { ruleInForce: own, bestRule: own.map((x) => x + 0.02), bestFound: own.map((x) => x + 0.1) }];
    }),
  ),
};

test("a report says which share of the attainable gain each controller gets, on the markets that both have", () => {
  const report = buildReport({ ...input, foresight });
  expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  const { attainable } = report;
  expect(attainable).toMatchObject({ note: FORESIGHT_NOTE, markets: 50, finished: false });
  expect(attainable!.gain.mean).toBeCloseTo(0.1, 10);
  for (const { id, share, byScenario } of attainable!.controllers) {
    const run = input.runs.find((one) => one.id === id)!;
    const gainIn = (name: string) => {
      const own = run.scenarios[name]!.metrics.return.slice(0, 50);
      return own.reduce((sum, x, i) => sum + x - baseline.scenarios[name]!.metrics.return[i]!, 0) / 50;
    };
    const gains = report.scenarios.map(gainIn);
    expect(share!.mean).toBeCloseTo(gains.reduce((a, b) => a + b, 0) / gains.length / 0.1, 8);
    expect(share!.low).toBeLessThan(share!.mean);
    expect(byScenario["crash"]!.share!.mean).toBeCloseTo(gainIn("crash") / 0.1, 8);
  }
  const page = renderReport(report);
  expect(page).toContain("Share of the attainable gain");
  expect(page).toContain(`${FORESIGHT_NOTE}; the search was stopped early`);
  expect(renderReport(buildReport(input))).not.toContain("attainable");
});

test("the summary has means of each scenario and of all", () => {
  const { all, byScenario } = summarizeForesight(foresight, 0.95);
  expect(Object.keys(byScenario)).toEqual(Object.keys(foresight.scenarios));
  expect(all.foundMinusBestRule.mean).toBeCloseTo(0.08, 10);
  expect(all.share!.mean).toBeCloseTo(0.2, 10);
});

describe("a file", () => {
  test.each([
    [{}, /FILE is no result of flyball foresight: format: it must be "flyball-foresight"/],
    [{ ...foresight, days: -1 }, /days: /],
    [{ ...foresight, scenarios: {} }, /different numbers of markets, or none/],
    [
      { ...foresight, scenarios: { base: { ruleInForce: [1, 2], bestRule: [1, 2], bestFound: [1, 2, 3] } } },
      /different numbers/,
    ],
  ])("that is none is refused: %#", (document, message) => {
    expect(() => parseForesight(document, "FILE")).toThrow(message);
  });

  test("of other markets is refused, with what differs", () => {
    const here = {
      economy: "akash-v1",
      paramsHash: "a",
      weightsHash: "b",
      days: 40,
      seed: 3,
      seedBlock: 0,
      scenarios: ["base"],
    };
    checkForesight(foresight, here);
    const check = (changes: object) => () => checkForesight(foresight, { ...here, ...changes });
    expect(check({ seed: 4 })).toThrow("the foresight file has seed 3, the comparison 4");
    expect(check({ economy: "render-v1" })).toThrow("economy akash-v1, the comparison render-v1");
    expect(check({ seedBlock: 1 })).toThrow("block 0, the comparison 1");
    expect(check({ paramsHash: "c" })).toThrow("parameters (hash) a");
    expect(check({ weightsHash: "c" })).toThrow("objective (hash) b");
    expect(check({ scenarios: ["base", "flood"] })).toThrow("no scenario flood");
    expect(() => checkForesight({ ...foresight, split: "selection" }, here)).toThrow("split selection, the comparison test");
  });
});
