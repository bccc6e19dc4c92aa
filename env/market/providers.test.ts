import { expect, test } from "vitest";
import { adoptionStep, DEMAND_PARAMS, DEMAND_USES, demandAt, usageStep } from "./demand.js";
import { PROVIDERS_PARAMS, PROVIDERS_USES, providersStep } from "./providers.js";
import { byRegime, nextRegime, REGIME_PARAMS } from "./regime.js";

const values = <Specs extends Record<string, { value: number }>>(specs: Specs) =>
  Object.fromEntries(Object.entries(specs).map(([name, { value }]) => [name, value])) as Record<keyof Specs, number>;
const u = { ...PROVIDERS_USES, ...DEMAND_USES };
const p = values(PROVIDERS_PARAMS);

const tiers = () => ({
  capacityEfficient: 80_000,
  capacityMarginal: 70_000,
  orderedEfficient: 1960,
  orderedMarginal: 1715,
  marginEfficient: 0,
  marginMarginal: 0,
});

/** A day without incentives. */
const calm = { days: 1, perLease: 0, perCapacity: 0, volatility: 0.8 };

function live(price: number, days: number, served = 110_000) {
  const s = tiers();
  let exits = 0;
  for (let day = 0; day < days; day++) exits = providersStep(s, p, { ...calm, served, price }, u);
  return { ...s, exits };
}

test("providers enter at good prices, leave at bad ones, the marginal tier first", () => {
  const good = live(1.4, 200);
  const bad = live(0.5, 200);
  expect(good.capacityEfficient).toBeGreaterThan(80_000);
  expect(good.exits).toBeLessThan(bad.exits / 2);
  expect(bad.capacityEfficient).toBeLessThan(80_000);
  expect(bad.capacityMarginal / 70_000).toBeLessThan(bad.capacityEfficient / 80_000);
  expect(bad.exits).toBeGreaterThan(0.5);
});

test("hardware arrives after its delivery time", () => {
  const s = tiers();
  s.marginEfficient = 1;
  const before = s.capacityEfficient;
  for (let day = 0; day < 5; day++) providersStep(s, p, { ...calm, served: 110_000, price: 1.5 }, u);
  // Wear and replacement balance at the start; five days into a boom little of the new orders has come.
  expect(s.orderedEfficient).toBeGreaterThan(2 * 1960);
  expect(s.capacityEfficient / before).toBeLessThan(1.01);
});

test("incentives keep capacity that the price alone would lose, less so for cautious providers", () => {
  const capacity = (perCapacity: number, volatility: number) => {
    const s = tiers();
    const c = { ...calm, served: 110_000, price: 0.7, perCapacity, volatility };
    for (let day = 0; day < 100; day++) providersStep(s, p, c, u);
    return s.capacityEfficient + s.capacityMarginal;
  };
  expect(capacity(0.2, 0.8)).toBeGreaterThan(capacity(0, 0.8));
  expect(capacity(0.2, 1.8)).toBeLessThan(capacity(0.2, 0.8));
});

test("the cost curve has the elasticity of the power law at the start and stays within 6 % of it up to three times the capacity", () => {
  const cost = (ratio: number) => 1 + 2 * 0.3 * (Math.sqrt(ratio) - 1);
  for (let ratio = 0.5; ratio <= 3; ratio += 0.1) expect(Math.abs(cost(ratio) / ratio ** 0.3 - 1)).toBeLessThan(0.06);
});

test("demand has its elasticity, and adoption its pull, growth and limits", () => {
  const d = values(DEMAND_PARAMS);
  const s = { demand: 0, usage: 120_000, logUsage: 0 };
  expect(demandAt(s, d, 1, 1)).toBe(115_000);
  expect(Math.log(demandAt(s, d, 1.1, 1) / demandAt(s, d, 1, 1)) / Math.log(1.1)).toBeCloseTo(-1.25, 9);
  expect(demandAt(s, d, 1, 0)).toBeCloseTo(0.6 * 115_000, 6);
  const quiet = { days: 1, growth: 0.1, fee: 0.12, unserved: 0, shock: 0, event: 0 };
  for (let day = 0; day < 7300; day++) adoptionStep(s, d, quiet, u);
  expect(s.demand).toBeCloseTo((0.1 - 0.45 ** 2 / 2) / 0.6, 6);
  adoptionStep(s, d, { ...quiet, event: 100 }, u);
  expect(s.demand).toBe(4);
  for (let day = 0; day < 600; day++) usageStep(s, d, 60_000, 1);
  expect(s.logUsage).toBeCloseTo(Math.log(0.5), 9);
});

test("regimes change at their rates", () => {
  const rates = values(REGIME_PARAMS);
  const n = 100_000;
  const counts = [0, 1, 2].map((from) => {
    const to = [0, 0, 0];
    for (let i = 0; i < n; i++) to[nextRegime(from, rates, (i + 0.5) / n, 1)]! += 1 / n;
    return to;
  });
  const expected = [
    [1 - 1 / 260 - 1 / 400, 1 / 260, 1 / 400],
    [1 / 90, 1 - 1 / 90 - 1 / 250, 1 / 250],
    [1 / 80, 0, 1 - 1 / 80],
  ];
  for (const from of [0, 1, 2]) {
    for (const to of [0, 1, 2]) expect(Math.abs(counts[from]![to]! - expected[from]![to]!)).toBeLessThan(2e-5);
  }
  expect([0, 1, 2].map((regime) => byRegime(regime, 7, 8, 9))).toEqual([7, 8, 9]);
});
