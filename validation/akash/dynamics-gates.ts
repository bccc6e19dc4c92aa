import type { Shocks, State } from "../../env/economies/akash/records.js";
import type { Values } from "../../env/world.js";
import { quiet } from "../plain-path.js";
import { type Gate, mean } from "./gates.js";
import { constantPath, cosmosPath, livePaths, type Path, type PathOptions } from "./paths.js";

/** Ratios that must settle when nothing shakes the world; `value` is the price net of supply, so a market value. */
function ratios(s: State): Values {
  const capacity = s.capacityEfficient + s.capacityMarginal;
  return {
    bonded: s.bonded / s.supply,
    leasePrice: s.leasePrice,
    utilization: s.utilization,
    capacity,
    marginal: s.capacityMarginal / capacity,
    usage: s.usage,
    value: s.price * s.supply,
    depth: s.depth,
    trust: s.trust,
  };
}

/** Ratios of each day without shocks or jumps, under constant actions. */
export function quietPath(days: number, stepDays: number, overrides: Readonly<Record<string, number>> = {}): Values[] {
  const daily: Values[] = [];
  livePaths(constantPath(0.03, 0.2, 0.15), {
    // No drifts, no jumps to compensate: only the economy's own dynamics remain.
    overrides: { driftNormal: 0, jumpRate: 0, stepDays, ...overrides },
    days,
    paths: 1,
    shake: quiet,
    onStep: (s, _f, step) => {
      if (((step + 1) * stepDays) % 1 === 0) daily.push(ratios(s));
    },
  });
  return daily;
}

const change = (a: Values, b: Values, name: string) => Math.abs(b[name]! / a[name]! - 1);

/** Zero shocks and constant actions: everything settles, both tiers live, prices do not alternate, half-day steps agree. */
export function dynamicsGates(): Gate[] {
  const daily = quietPath(1460, 1);
  const halves = quietPath(730, 0.5);
  const names = Object.keys(daily[0]!);
  const gates: Gate[] = names.map((name) => ({
    name: `zero shocks: change of ${name} in a month after year 3`,
    value: change(daily[1100]!, daily[1130]!, name),
    low: 0,
    high: 0.01,
  }));
  for (const name of names) {
    const means = [daily.slice(0, 730), halves].map((path) => mean(path.map((values) => values[name]!)));
    gates.push({
      name: `zero shocks: mean ${name} in half-day steps`,
      value: Math.abs(means[1]! / means[0]! - 1),
      low: 0,
      high: 0.02,
    });
  }
  const end = daily.slice(-20).map((values) => values["leasePrice"]!);
  const swings = end.slice(2).map((price, i) => Math.abs(price - end[i + 1]!));
  gates.push({ name: "zero shocks: share of the marginal tier", value: daily.at(-1)!["marginal"]!, low: 0.05, high: 0.95 });
  gates.push({
    name: "zero shocks: largest daily move of the lease price at the end",
    value: Math.max(...swings),
    low: 0,
    high: 1e-4,
  });
  return gates;
}

const SCALED = [
  "supplyStart",
  "supplyCap",
  "demandReference",
  "usageReference",
  "serviceReference",
  "capacityEfficientStart",
  "capacityMarginalStart",
] as const;

/** The size of the network and the numeraire of its token change no ratio. */
export function scaleGates(seed = 8): Gate[] {
  const options: PathOptions = { paths: 5, seed };
  const params = (scale: number, names: readonly string[], values: Values) =>
    Object.fromEntries(names.map((name) => [name, scale * values[name]!]));
  const values: Values = {
    supplyStart: 285e6,
    supplyCap: 388_539_008,
    demandReference: 115_000,
    usageReference: 120_000,
    serviceReference: 108_000,
    capacityEfficientStart: 80_000,
    capacityMarginalStart: 70_000,
    priceStart: 1,
  };
  const base = livePaths(cosmosPath, options);
  const large = livePaths(cosmosPath, { ...options, overrides: params(100, SCALED, values) });
  const split = livePaths(cosmosPath, {
    ...options,
    overrides: { ...params(10, ["supplyStart", "supplyCap"], values), ...params(0.1, ["priceStart"], values) },
  });
  const difference = (other: readonly Path[]) => Math.max(...base.map((path, i) => Math.abs(path.reward - other[i]!.reward)));
  return [
    { name: "difference of the objective in a network 100 times as large", value: difference(large), low: 0, high: 1e-6 },
    { name: "difference of the objective after a 10:1 token split", value: difference(split), low: 0, high: 1e-6 },
  ];
}

/** Splits a day's normal shock in two half-day shocks of the same sum; `bridge` is an independent standard normal number. */
export function splitShock(z: number, bridge: number, second: boolean): number {
  return (z + (second ? -bridge : bridge)) / Math.SQRT2;
}

const NORMALS = ["market", "variance", "demand", "sentiment", "outsideYield"] as const;
const CHANCES = ["jumpChance", "regime"] as const;

/** Means of 365 noisy days in whole and half steps, with the same shocks a day. */
export function halfStepGates(paths: number, seed = 9): Gate[] {
  const days: Shocks[][] = [];
  const whole = livePaths(cosmosPath, {
    paths,
    seed,
    shake: (z, step, path) => {
      days[path] ??= [];
      days[path][step] = { ...z };
    },
  });
  let bridge: Shocks;
  let halfOfChance = 0;
  const half = livePaths(cosmosPath, {
    paths,
    seed,
    overrides: { stepDays: 0.5 },
    shake: (z, step, path) => {
      if (step % 2 === 0) {
        bridge = { ...z };
        halfOfChance = z.jumpChance < 0.5 ? 0 : 1;
      }
      const day = days[path]?.[step >> 1];
      if (!day) return;
      for (const name of NORMALS) z[name] = splitShock(day[name], bridge[name], step % 2 === 1);
      // What happens in a day happens in one of its halves, at half the chance per half.
      for (const name of CHANCES) z[name] = step % 2 === halfOfChance ? day[name] / 2 : 0.999999;
      z.jumpSize = day.jumpSize;
    },
  });
  const both = (figure: (path: Path) => number) => [whole, half].map((lived) => mean(lived.map(figure)));
  const gate = (name: string, [a, b]: number[], scale: number): Gate => ({
    name: `mean ${name} in half-day steps`,
    value: Math.abs(b! - a!) / scale,
    low: 0,
    high: 0.02,
  });
  const flows = ["service", "exits", "netIssuance", "unserved"].map((name) => {
    const means = both((path) => path.flows[name]!);
    // Small rates are compared on a scale of 0.2.
    return gate(name, means, Math.max(means[0]!, 0.2));
  });
  const states = (["bonded", "supply", "capacityEfficient", "capacityMarginal", "trust"] as const).map((name) => {
    const means = both(({ end }) => end[name]);
    return gate(name, means, means[0]!);
  });
  return [...flows, ...states];
}
