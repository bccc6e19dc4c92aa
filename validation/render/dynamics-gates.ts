import { CLASSES } from "../../env/economies/render/classes.js";
import type { Shocks, State } from "../../env/economies/render/records.js";
import { equilibriumPrice } from "../../env/mechanisms/burn-mint-equilibrium.js";
import type { Values } from "../../env/world.js";
import { splitShock } from "../akash/dynamics-gates.js";
import { type Gate, mean } from "../akash/gates.js";
import { hold, quiet } from "../plain-path.js";
import { capacityOf } from "./gates.js";
import { livePaths, type Path, type PathOptions, scenarioParams } from "./paths.js";

/** No drifts, no jumps to compensate: only the economy's own dynamics remain. */
const STILL = { driftNormal: 0, jumpRate: 0 };
const FIXED_NODES = { entrySpeed: 0, exitSpeed: 0, retirement: 0, neglect: 0 };
const CAPACITIES = Object.keys(CLASSES).map((name) => `capacity.${name}`);
const USAGE = ["usageReference", "demandReference", "serviceReference", ...CAPACITIES];

function scaled(factor: number, names: readonly string[]): Values {
  const params = scenarioParams();
  return Object.fromEntries(names.map((name) => [name, factor * params[name]!]));
}

/**
 * Without shocks and with constant demand the price ends where burns are mints, from below and, with a sixth of the supply, from
 * above. Usage is eight times the preset's and the market looks half a year ahead, so that the gap closes with a time constant of
 * about two years: 15 years leave less than 0.1 % of it. Nodes neither come, go nor fail, and the budget never ends.
 */
export function equilibriumGates(): Gate[] {
  const days = 5475;
  const overrides = { ...STILL, ...scaled(8, USAGE), ...FIXED_NODES, budgetLeft: 1e12, grantGrowth: 0, issuanceHorizon: 0.5 };
  return [1, 1 / 6].map((share) => {
    const sums = { usd: 0, minted: 0, price: 0 };
    livePaths(hold({ issuance: 0.2 }), {
      days,
      paths: 1,
      shake: quiet,
      overrides,
      prepare: (s) => {
        s.liquid -= (1 - share) * s.supply;
        s.supply *= share;
      },
      onStep: (s, f, step) => {
        if (step < days - 7) return;
        sums.usd += f.spend;
        sums.minted += f.minted;
        sums.price += s.price / 7;
      },
    });
    const ratio = sums.price / equilibriumPrice(sums.usd, sums.minted, 0.95);
    const start = share === 1 ? "below" : "above";
    return { name: `from ${start}: price over 0.95 U / E after 15 quiet years`, value: ratio, low: 0.998, high: 1.002 };
  });
}

/** Ratios that must settle when nothing shakes the world. */
const ratios = (s: State): Values => ({
  utilization: s.utilization,
  capacity: capacityOf(s),
  "share of the cheapest nodes": s.capacity[3]! / capacityOf(s),
  "list price": s.listPrice,
  usage: s.usage,
  "market value": s.price * s.supply,
  quality: s.quality,
  trust: s.trust,
  depth: s.depth,
});

/** Ratios at the end of each day without shocks, the budget without an end. */
function quietDays(days: number, stepDays: number): Values[] {
  const daily: Values[] = [];
  livePaths(hold(), {
    days,
    paths: 1,
    overrides: { ...STILL, budgetLeft: 1e12, stepDays },
    shake: quiet,
    onStep: (s, _f, step) => {
      if (((step + 1) * stepDays) % 1 === 0) daily.push(ratios(s));
    },
  });
  return daily;
}

/** Zero shocks and constant actions: everything settles, all classes live, and half-day steps agree. */
export function dynamicsGates(): Gate[] {
  const [daily, halves] = [quietDays(1130, 1), quietDays(730, 0.5)];
  const names = Object.keys(daily[0]!);
  const settled = names.map((name) => ({
    name: `zero shocks: change of ${name} in a month after year 3`,
    value: Math.abs(daily[1129]![name]! / daily[1099]![name]! - 1),
    low: 0,
    high: 0.01,
  }));
  const agree = names.map((name) => {
    const [whole, half] = [daily.slice(0, 730), halves].map((path) => mean(path.map((values) => values[name]!)));
    return { name: `zero shocks: mean ${name} in half-day steps`, value: Math.abs(half! / whole! - 1), low: 0, high: 0.02 };
  });
  const share = daily.at(-1)!["share of the cheapest nodes"]!;
  return [
    ...settled,
    ...agree,
    { name: "zero shocks: share of the cheapest nodes at the end", value: share, low: 0.02, high: 0.5 },
  ];
}

/** The size of the network and the numeraire of its token change no ratio. */
export function scaleGates(seed = 8): Gate[] {
  const options: PathOptions = { paths: 4, seed, scenario: "crash" };
  const tokens = ["supplyStart", "budgetLeft", "treasuryStart"];
  const base = livePaths(hold(), options);
  const large = livePaths(hold(), { ...options, overrides: scaled(100, [...tokens, ...USAGE]) });
  const split = livePaths(hold(), { ...options, overrides: { ...scaled(10, tokens), ...scaled(0.1, ["priceStart"]) } });
  const difference = (other: readonly Path[]) => Math.max(...base.map((path, i) => Math.abs(path.reward - other[i]!.reward)));
  const flows = base.map((path, i) => Math.abs(large[i]!.flows["burned"]! / path.flows["burned"]! / 100 - 1));
  return [
    { name: "difference of the objective in a network 100 times as large", value: difference(large), low: 0, high: 1e-6 },
    { name: "difference of its burn, over 100", value: Math.max(...flows), low: 0, high: 1e-9 },
    { name: "difference of the objective after a 10:1 token split", value: difference(split), low: 0, high: 1e-6 },
  ];
}

const NORMALS = ["market", "variance", "demand", "sentiment", "outsideYield"] as const;
const CHANCES = ["jumpChance", "regime", "outage"] as const;

/** Means of 365 noisy days in whole and half steps, with the same shocks a day. */
export function halfStepGates(paths: number, seed = 9): Gate[] {
  const days: Shocks[][] = Array.from({ length: paths }, () => []);
  const whole = livePaths(hold(), {
    paths,
    seed,
    pastRuin: true,
    shake: (z, _step, path) => {
      days[path]!.push({ ...z });
    },
  });
  let bridge: Shocks;
  let halfOfChance = 0;
  const half = livePaths(hold(), {
    paths,
    seed,
    pastRuin: true,
    overrides: { stepDays: 0.5 },
    shake: (z, step, path) => {
      if (step % 2 === 0) {
        bridge = { ...z };
        halfOfChance = z.jumpChance < 0.5 ? 0 : 1;
      }
      const day = days[path]![step >> 1]!;
      for (const name of NORMALS) z[name] = splitShock(day[name], bridge[name], step % 2 === 1);
      // What happens in a day happens in one of its halves, at half the chance per half.
      for (const name of CHANCES) z[name] = step % 2 === halfOfChance ? day[name] / 2 : 0.999999;
      z.jumpSize = day.jumpSize;
      z.outageClass = day.outageClass;
    },
  });
  const gate = (name: string, figure: (path: Path) => number, least = 0): Gate => {
    const [a, b] = [whole, half].map((lived) => mean(lived.map(figure)));
    return {
      name: `mean ${name} in half-day steps`,
      value: Math.abs(b! - a!) / Math.max(Math.abs(a!), least),
      low: 0,
      high: 0.02,
    };
  };
  return [
    // Small rates are compared on a scale of 0.2.
    ...["service", "latency", "unserved", "failed", "exits", "netIssuance"].map((name) =>
      gate(name, ({ flows }) => flows[name]!, 0.2),
    ),
    gate("supply", ({ end }) => end.supply),
    gate("capacity", ({ end }) => capacityOf(end)),
    gate("trust", ({ end }) => end.trust),
  ];
}
