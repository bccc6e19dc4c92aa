import { describe, expect, test } from "vitest";
import { bittensor } from "../../env/economies/bittensor/index.js";
import type { State } from "../../env/economies/bittensor/records.js";
import { hold, type PathController, quiet } from "../plain-path.js";
import { livePaths, type Path, type PathOptions, protocol } from "./paths.js";

const mean = (x: readonly number[]) => x.reduce((total, value) => total + value, 0) / x.length;

const sum = (x: readonly number[]) => x.reduce((total, value) => total + value, 0);

type Figure = (path: Path) => number;
const FIGURES = {
  supply: ({ end }: Path) => end.supply,
  issued: ({ end }: Path) => end.issued,
  price: ({ end }: Path) => end.logPrice,
  holder: ({ terms }: Path) => terms["holder"]!,
  alphaPrices: ({ end }: Path) => sum(end.movingPrice),
  effort: ({ end }: Path) => mean(end.effort),
  service: ({ terms }: Path) => terms["service"]!,
  waste: ({ flows }: Path) => flows["waste"]!,
  rootYield: ({ end }: Path) => end.rootYield,
  root: ({ end }: Path) => end.root / end.supply,
} satisfies Record<string, Figure>;

/** Two worlds with the same shocks, and the figures that must rise (+) or fall (-) from the first to the second. */
type Experiment = readonly [
  name: string,
  from: readonly [PathController, PathOptions],
  to: readonly [PathController, PathOptions],
  signs: Readonly<Partial<Record<keyof typeof FIGURES, 1 | -1>>>,
];

const EXPERIMENTS: readonly Experiment[] = [
  [
    "emission 1 -> 0.5",
    [protocol, {}],
    [hold({ emission: 0.5 }), {}],
    { supply: -1, issued: -1, alphaPrices: -1, effort: -1, holder: 1 },
  ],
  [
    "recycle share 0 -> 0.6",
    [protocol, {}],
    [hold({ recycleShare: 0.6 }), {}],
    { supply: -1, issued: -1, alphaPrices: -1, effort: -1 },
  ],
  ["burn share 0 -> 0.6", [protocol, {}], [hold({ burnShare: 0.6 }), {}], { supply: -1, alphaPrices: -1, effort: -1 }],
  [
    "registrations recycle, as they used to",
    [protocol, {}],
    [protocol, { overrides: { registrationVariant: 1 } }],
    { supply: -1, issued: -1, alphaPrices: -1 },
  ],
  [
    "colluding stake 0.1 -> 0.45",
    [protocol, { overrides: { cabalMost: 0.1 } }],
    [protocol, { overrides: { cabalMost: 0.45 } }],
    { waste: 1, effort: -1, service: -1 },
  ],
  [
    "subnets degrade more often",
    [protocol, {}],
    [protocol, { overrides: { degradeChance: 0.008 } }],
    { service: -1, waste: 1, price: -1 },
  ],
  [
    "miners sell 0.6 -> 1",
    [protocol, { overrides: { minerSelling: 0.6 } }],
    [protocol, { overrides: { minerSelling: 1 } }],
    { alphaPrices: -1, effort: -1 },
  ],
  [
    "weight of root 0.05 -> 0.18",
    [protocol, {}],
    [protocol, { overrides: { taoWeight: 0.18 } }],
    { rootYield: 1, root: 1, alphaPrices: -1 },
  ],
];

test.each(EXPERIMENTS)("%s moves every figure the way it should, at a paired t of 2 or more", (_name, from, to, signs) => {
  const paths = 16;
  const [a, b] = [from, to].map(([controller, options]) => livePaths(controller, { paths, seed: 6, ...options }));
  for (const [name, sign] of Object.entries(signs)) {
    const figure = FIGURES[name as keyof typeof FIGURES];
    const differences = a!.map((path, i) => figure(b![i]!) - figure(path));
    const m = mean(differences);
    const error = Math.sqrt(mean(differences.map((x) => (x - m) ** 2)) / (paths - 1));
    expect(sign * m, name).toBeGreaterThan(2 * error);
  }
});

test("burning leaves the issuance that the halving goes by where it is, recycling lowers it", () => {
  const [end, burned, recycled] = [protocol, hold({ burnShare: 0.6 }), hold({ recycleShare: 0.6 })].map(
    (rule) => livePaths(rule, { paths: 1 })[0]!.end,
  );
  expect(burned!.issued).toBeCloseTo(end!.issued, 3);
  expect(recycled!.issued).toBeLessThan(end!.issued - 1e5);
  expect(burned!.supply).toBeLessThan(end!.supply - 1e5);
});

test("recycling delays the halving", () => {
  const halvingDay = (rule: PathController) => {
    let day = 0;
    const onStep = (s: State, f: { minted: number }, step: number) => {
      if (f.minted > 4000) day = step + 1;
    };
    livePaths(rule, { scenario: "halving", paths: 1, days: 120, onStep });
    return day;
  };
  // 300,000 TAO at 7,200 a day.
  expect(halvingDay(protocol)).toBe(42);
  expect(halvingDay(hold({ recycleShare: 0.8 }))).toBeGreaterThan(60);
  expect(halvingDay(hold({ burnShare: 0.8 }))).toBe(42);
});

describe("a subnet that degrades", () => {
  /** Relative emission share and quality of subnet 0, day by day, all else quiet. */
  function hitOnDay(day: number, days: number, rule: PathController = protocol) {
    const lived: { share: number; quality: number; skill: number }[] = [];
    livePaths(rule, {
      paths: 1,
      days,
      overrides: { spreadStart: 0, cabalMost: 0, jumpRate: 0, driftNormal: 0, degradeSize: 0.7 },
      shake: (z, step) => {
        quiet(z);
        if (step === day) z["degrade0"] = 0;
      },
      onStep: (s) => void lived.push({ share: (8 * s.weight[0]!) / sum(s.weight), quality: s.quality[0]!, skill: s.skill[0]! }),
    });
    return lived;
  }

  test("loses emission and, as it recovers, gets it back", () => {
    const lived = hitOnDay(30, 720);
    const at = (day: number) => lived[day]!;
    expect(at(29).share).toBeCloseTo(1, 6);
    expect(at(60).quality).toBeLessThan(0.55);
    expect(Math.min(...lived.map(({ share }) => share))).toBeLessThan(0.85);
    expect(at(719).quality).toBeGreaterThan(1.4 * at(60).quality);
    expect(at(719).share).toBeGreaterThan(0.95);
  });

  test("recovers faster when the controller takes emission from it for three months, and is trapped when it does so for good", () => {
    const cutUntil =
      (day: number): PathController =>
      (_o, a, step) => {
        a["tilt0"] = step > 31 && step < day ? 0.5 : 1;
      };
    const [left, cut, forGood] = [0, 120, 720].map((day) => hitOnDay(30, 720, cutUntil(day)));
    expect(cut![119]!.skill).toBeGreaterThan(left![119]!.skill + 0.03);
    expect(cut![600]!.quality).toBeGreaterThan(0.98 * left![600]!.quality);
    // What a unit of effort yields is back, but nobody makes the effort.
    expect(forGood![719]!.skill).toBeGreaterThan(0.95);
    expect(forGood![719]!.quality).toBeLessThan(0.8 * left![719]!.quality);
  });
});

describe("scale", () => {
  const options: PathOptions = { paths: 2, days: 200, seed: 8 };
  const value = (name: string) => bittensor.params[name]!.value;
  const base = livePaths(protocol, options);

  test("a token that is dearer is the same token: nothing but the unit of account changes", () => {
    const dear = livePaths(protocol, { ...options, overrides: { priceStart: 10 * value("priceStart") } });
    for (const [i, path] of base.entries()) {
      expect(Math.abs(path.reward - dear[i]!.reward)).toBeLessThan(1e-9);
      expect(dear[i]!.end.price / path.end.price).toBeCloseTo(10, 6);
    }
  });

  test("ten times all balances, caps and block rewards are ten times all flows", () => {
    const names = ["TAO_CAP", "ALPHA_CAP", "BLOCK_TAO", "BLOCK_ALPHA"];
    const more = Object.fromEntries(names.map((name) => [name, 10 * (bittensor.uses[name] as number)]));
    const economy = { ...bittensor, uses: { ...bittensor.uses, ...more } };
    const overrides = { supplyStart: 10 * value("supplyStart"), alphaStart: 10 * value("alphaStart") };
    const large = livePaths(protocol, { ...options, economy, overrides });
    for (const [i, path] of base.entries()) {
      expect(Math.abs(path.reward - large[i]!.reward)).toBeLessThan(1e-9);
      for (const name of ["minted", "chainBuys", "registrations", "supply"]) {
        expect(large[i]!.flows[name]! / path.flows[name]!, name).toBeCloseTo(10, 6);
      }
    }
  });
});

test("pools keep their weights at one half, and move there from elsewhere", () => {
  const ratios = (alphaWeight: number) => livePaths(protocol, { paths: 1, overrides: { alphaWeight } })[0]!.end.poolRatio;
  // Injections at the price leave equal weights alone, but for rounding of a year of products.
  for (const ratio of ratios(0.5)) expect(Math.abs(ratio - 1)).toBeLessThan(1e-9);
  for (const ratio of ratios(0.7)) {
    expect(ratio).toBeLessThan(0.95 * (0.7 / 0.3));
    expect(ratio).toBeGreaterThan(1);
  }
});

test("half-day steps end where one-day steps do, without shocks, within 1 %", () => {
  const lived = [1, 0.5].map((stepDays) => {
    const overrides = { jumpRate: 0, driftNormal: 0, stepDays };
    return livePaths(protocol, { paths: 1, overrides, shake: quiet })[0]!.end;
  });
  for (const name of ["supply", "root", "pooled", "price", "meanQuality", "usage", "rootYield"] as const) {
    expect(Math.abs(lived[1]![name] / lived[0]![name] - 1), name).toBeLessThan(0.01);
  }
});

describe("there is something to control", () => {
  const scenarios = Object.keys(bittensor.scenarios);
  const known = new Map<string, number[]>();
  const rewards = (rule: PathController, scenario: string): number[] => {
    const live = () => livePaths(rule, { scenario, paths: 10, seed: 12 }).map((path) => path.reward);
    if (rule !== protocol) return live();
    const kept = known.get(scenario) ?? live();
    known.set(scenario, kept);
    return kept;
  };

  /** Tilts follow a smoothed noisy quality, relative to the mean; a little less emission than the schedule has. */
  const byQuality: PathController = (o, a) => {
    const qualities = Array.from({ length: 8 }, (_, i) => o[`quality${i}`]!);
    for (const [i, quality] of qualities.entries()) {
      const tilt = a[`tilt${i}`] ?? 1;
      a[`tilt${i}`] = tilt + 0.1 * (1 + 1.2 * (quality / mean(qualities) - 1) - tilt);
    }
    a["recycleShare"] = 0.2;
  };

  test("a simple rule that looks at quality beats the protocol in every scenario", () => {
    for (const scenario of scenarios) {
      const [rule, base] = [rewards(byQuality, scenario), rewards(protocol, scenario)];
      expect(mean(rule.map((x, i) => x - base[i]!)), scenario).toBeGreaterThan(0.01);
    }
  });

  test("emitting the least and burning the most loses to the protocol in most scenarios", () => {
    const most = hold({ emission: 0.5, recycleShare: 0, burnShare: 0.8 });
    const lost = scenarios.filter((scenario) => mean(rewards(most, scenario)) < mean(rewards(protocol, scenario)));
    expect(lost.length).toBeGreaterThan(0.6 * scenarios.length);
  });

  test("no constant is best everywhere: less emission pays where hype rules, not where subnets decay", () => {
    const gain = (scenario: string) => mean(rewards(hold({ emission: 0.5 }), scenario)) - mean(rewards(protocol, scenario));
    expect(gain("hype")).toBeGreaterThan(0.01);
    expect(gain("decay")).toBeLessThan(0);
  });
});
