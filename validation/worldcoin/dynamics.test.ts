import { describe, expect, test } from "vitest";
import { worldcoin } from "../../env/economies/worldcoin/index.js";
import type { State } from "../../env/economies/worldcoin/records.js";
import type { Values } from "../../env/world.js";
import { type PathController, quiet } from "../plain-path.js";
import { constantPath, livePaths, type Path, type PathOptions, scenarioParams, tablePath } from "./paths.js";

const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;

type Figure = (path: Path) => number;
const FIGURES: Readonly<Record<string, Figure>> = {
  humans: ({ end }) => end.humans,
  active: ({ end }) => end.active,
  fakeShare: ({ flows }) => flows["fakeShare"]!,
  orbs: ({ end }) => end.orbs,
  supply: ({ end }) => end.supply,
  liquid: ({ end }) => end.liquid,
  treasury: ({ end }) => end.treasury,
  trust: ({ end }) => end.trust,
  price: ({ end }) => end.logPrice,
  service: ({ terms }) => terms["service"]!,
  meanPrice: ({ terms }) => terms["holderRaw"]!,
};

/** Two worlds with the same shocks, and the figures that must rise (+) or fall (-) from the first to the second. */
interface Experiment {
  readonly name: string;
  readonly from: readonly [PathController, PathOptions];
  readonly to: readonly [PathController, PathOptions];
  readonly signs: Readonly<Record<string, 1 | -1>>;
}

const table: readonly [PathController, PathOptions] = [tablePath, {}];
const overridden = (overrides: Values): readonly [PathController, PathOptions] => [tablePath, { overrides }];

const EXPERIMENTS: readonly Experiment[] = [
  {
    name: "a larger grant",
    from: [constantPath(0.5, 0.2, 0), {}],
    to: [constantPath(0.9, 0.2, 0), {}],
    signs: { humans: 1, active: 1, fakeShare: 1, service: 1, liquid: 1, treasury: -1 },
  },
  {
    name: "a larger release",
    from: [constantPath(1, 0.1, 0), {}],
    to: [constantPath(1, 0.4, 0), {}],
    signs: { orbs: 1, humans: 1, service: 1, liquid: 1, treasury: -1 },
  },
  {
    name: "more burn",
    from: table,
    to: [constantPath(1, 0.2, 1), {}],
    signs: { supply: -1, orbs: -1, service: -1, treasury: -1 },
  },
  { name: "cheaper fakes", from: table, to: overridden({ fakeCost: 0.8 }), signs: { fakeShare: 1, trust: -1, price: -1 } },
  {
    name: "insiders who sell more",
    from: overridden({ insiderSelling: 0.1 }),
    to: overridden({ insiderSelling: 1 }),
    signs: { meanPrice: -1 },
  },
  { name: "fewer humans in reach", from: table, to: overridden({ reachable: 40e6 }), signs: { humans: -1, service: -1 } },
  { name: "dearer fees", from: table, to: overridden({ feePerUse: 0.1 }), signs: { orbs: 1, liquid: -1 } },
  {
    name: "insiders' first schedule",
    from: [tablePath, { overrides: { genesisAge: 900 } }],
    to: [tablePath, { overrides: { genesisAge: 900, insiderVariant: 1 } }],
    signs: { liquid: 1 },
  },
  {
    name: "an empty treasury",
    from: table,
    to: [tablePath, { scenario: "post-lock", overrides: { genesisAge: 5000 } }],
    signs: { treasury: -1, orbs: -1, service: -1 },
  },
];

test.each(EXPERIMENTS)("$name pushes every figure the way it should, on paired shocks", ({ from, to, signs }) => {
  const shared = { paths: 40, seed: 6 };
  const a = livePaths(from[0], { ...shared, ...from[1] });
  const b = livePaths(to[0], { ...shared, ...to[1] });
  for (const [figure, sign] of Object.entries(signs)) {
    const effects = a.map((path, i) => sign * (FIGURES[figure]!(b[i]!) - FIGURES[figure]!(path)));
    const m = mean(effects);
    const error = Math.sqrt(mean(effects.map((x) => (x - m) ** 2)) / (effects.length - 1));
    // A paired t value of 3 at least.
    expect(m, figure).toBeGreaterThan(3 * error);
  }
});

describe("without shocks", () => {
  const calm = { driftNormal: 0, jumpRate: 0, growthNormal: 0 };
  const daily = (days: number, overrides: Values): State[] => {
    const states: State[] = [];
    const perDay = 1 / (overrides["stepDays"] ?? 1);
    livePaths(constantPath(1, 0.2, 0.3), {
      days,
      paths: 1,
      overrides: { ...calm, ...overrides },
      shake: quiet,
      onStep: (s, _f, step) => {
        if ((step + 1) % perDay === 0) states.push({ ...s });
      },
    });
    return states;
  };

  test("adoption saturates: it never passes those in reach, and each year adds less than the one before", () => {
    const humans = daily(3650, {}).map((s) => s.humans);
    const added = Array.from({ length: 9 }, (_, year) => humans[365 * (year + 1)]! - humans[365 * year]!);
    expect(Math.max(...humans)).toBeLessThan(worldcoin.params["reachable"]!.value);
    // After the first years, in which operators and apps are still being built.
    for (const [year, x] of added.slice(2).entries()) expect(x, `year ${year + 3}`).toBeLessThan(added[year + 1]!);
  });

  test("farmers come when a grant pays more than an identity costs, and leave when it does not", () => {
    const fakes = (fakeCost: number) => daily(365, { fakeCost }).at(-1)!.fakes;
    expect(fakes(10)).toBeLessThan(1);
    expect(fakes(0.3)).toBeGreaterThan(1e6);
  });

  test("half-day steps agree with whole days within 2 %", () => {
    const [whole, half] = [daily(365, {}), daily(365, { stepDays: 0.5 })];
    for (const name of [
      "humans",
      "active",
      "fakes",
      "orbs",
      "apps",
      "liquid",
      "treasury",
      "supply",
      "price",
      "trust",
    ] as const) {
      const [a, b] = [mean(whole.map((s) => s[name])), mean(half.map((s) => s[name]))];
      expect(Math.abs(b / a - 1), name).toBeLessThan(0.02);
    }
  });
});

describe("the size of the network and the numeraire of its token", () => {
  const base = livePaths(tablePath, { paths: 4, seed: 8 });
  const scaled = (names: Readonly<Record<string, number>>) => {
    const p = scenarioParams("base");
    return Object.fromEntries(Object.entries(names).map(([name, factor]) => [name, factor * p[name]!]));
  };
  const farthest = (overrides: Values) =>
    Math.max(
      ...livePaths(tablePath, { paths: 4, seed: 8, overrides }).map((path, i) => Math.abs(path.reward - base[i]!.reward)),
    );

  test("matter nothing: everything times seven gives the same objective", () => {
    const factors = ["supplyStart", "humansStart", "reachable", "orbsReference", "fundReference", "serviceReference"];
    // Rounding only: relative 1e-16 a step, amplified over a year.
    expect(farthest(scaled(Object.fromEntries(factors.map((name) => [name, 7]))))).toBeLessThan(1e-9);
  });

  test("matter nothing: ten tokens for one give the same objective", () => {
    const table = (worldcoin.uses["GRANT_TABLE"] as number[]).map((x) => 10 * x);
    expect(table[0]).toBeCloseTo(61.8, 9);
    // The table is in tokens, so the split is of the pot variant, which is not.
    const pot = { grantVariant: 1 };
    const whole = livePaths(tablePath, { paths: 4, seed: 8, overrides: pot });
    const split = livePaths(tablePath, {
      paths: 4,
      seed: 8,
      overrides: { ...pot, ...scaled({ supplyStart: 10, priceStart: 0.1 }) },
    });
    for (const [i, path] of whole.entries()) expect(Math.abs(path.reward - split[i]!.reward)).toBeLessThan(1e-9);
  });

  test("flows scale with the balances", () => {
    const flows = (k: number) =>
      livePaths(tablePath, {
        days: 30,
        paths: 1,
        overrides: scaled({
          supplyStart: k,
          humansStart: k,
          reachable: k,
          orbsReference: k,
          fundReference: k,
          serviceReference: k,
        }),
      })[0]!.flows;
    const [one, ten] = [flows(1), flows(10)];
    for (const name of ["unlocked", "granted", "released", "fees", "verified"])
      expect(ten[name]! / one[name]!, name).toBeCloseTo(10, 6);
  });
});
