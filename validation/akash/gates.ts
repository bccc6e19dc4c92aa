import type { Interval } from "../../core/statistics.js";
import type { State } from "../../env/economies/akash/records.js";
import type { PathController } from "../plain-path.js";
import { constantPath, cosmosPath, livePaths, type Path, type PathOptions } from "./paths.js";

/** A figure that the economy must show, for tests and for docs/reference/validation.md. */
export interface Gate {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** What was measured, with its 95 % interval over the paths: of the value itself or, in a gate of a sign, of the effect. */
  readonly measured?: Interval;
}

export const passes = ({ value, low, high }: Gate): boolean => value >= low && value <= high;

const INF = Number.POSITIVE_INFINITY;
export const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, value) => sum + value, 0) / x.length;

/** Mean of independent values with its 95 % interval, by the normal distribution: gates have hundreds of paths. */
export function meanInterval(values: readonly number[]): Interval {
  const m = mean(values);
  const halfWidth = 1.96 * Math.sqrt(mean(values.map((x) => (x - m) ** 2)) / Math.max(1, values.length - 1));
  return { mean: m, low: m - halfWidth, high: m + halfWidth };
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mx) * (y[i]! - my);
    xx += (x[i]! - mx) ** 2;
    yy += (y[i]! - my) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

const lagged = (x: readonly number[], lag: number): number => correlation(x.slice(lag), x.slice(0, x.length - lag));

function excessKurtosis(x: ArrayLike<number>): number {
  const m = mean(x);
  const second = mean(Array.from(x, (value) => (value - m) ** 2));
  return mean(Array.from(x, (value) => (value - m) ** 4)) / second ** 2 - 3;
}

/** Correlation of a return with the variance of the five days after it. */
function leverageCorrelation(returns: readonly number[]): number {
  const later = returns.slice(0, -5).map((_, i) => mean(returns.slice(i + 1, i + 6).map((r) => r * r)));
  return correlation(returns.slice(0, -5), later);
}

/** Stylised facts of daily returns and of halts under the Cosmos rule in `base`. Means over paths of at least half a year. */
export function statisticalGates(paths: number, seed = 5): Gate[] {
  const lived = livePaths(cosmosPath, { paths, seed }).filter(({ returns }) => returns.length > 180);
  const absolute = (r: readonly number[]) => r.map(Math.abs);
  const gate = (name: string, low: number, high: number, figure: (returns: number[], path: Path) => number): Gate => {
    const measured = meanInterval(lived.map((path) => figure(Array.from(path.returns), path)));
    return { name, value: measured.mean, low, high, measured };
  };
  return [
    gate("annual volatility", 0.8, 1.2, (r) => Math.sqrt(365 * mean(r.map((x) => x * x)))),
    gate("excess kurtosis", 1, INF, excessKurtosis),
    gate("autocorrelation of absolute returns, 1 day", 0.08, 1, (r) => lagged(absolute(r), 1)),
    gate("autocorrelation of absolute returns, 20 days", 0, 1, (r) => lagged(absolute(r), 20)),
    gate("autocorrelation of returns, 1 day", -0.1, 0.1, (r) => lagged(r, 1)),
    gate("correlation of returns with later variance", -1, 0, leverageCorrelation),
    gate("halt days a year", 5, 50, (_, { costs }) => costs["haltDays"]!),
  ];
}

type Figure = (path: Path) => number;
const FIGURES: Readonly<Record<string, Figure>> = {
  service: ({ terms }) => terms["service"]!,
  collateral: ({ end }) => end.collateral,
  halts: ({ costs }) => costs["haltDays"]!,
  supply: ({ end }) => end.supply,
  bonded: ({ end }) => end.bonded / end.supply,
  capacity: ({ end }) => end.capacityEfficient + end.capacityMarginal,
  price: ({ end }) => end.logPrice,
  wash: ({ flows }) => flows["washShare"]!,
  stability: ({ terms }) => terms["stability"]!,
};

/** Two worlds with the same shocks, and the figures that must rise (+) or fall (-) from the first to the second. */
interface Experiment {
  readonly name: string;
  readonly from: readonly [PathController, PathOptions];
  readonly to: readonly [PathController, PathOptions];
  readonly signs: Readonly<Record<string, 1 | -1>>;
}

const fall: PathOptions = { overrides: { eventDay: 30, eventPrice: -0.3 } };

const EXPERIMENTS: readonly Experiment[] = [
  {
    name: "fee .15 -> .30",
    from: [constantPath(0.06, 0.3, 0.15), {}],
    to: [constantPath(0.06, 0.3, 0.3), {}],
    signs: { service: -1, collateral: 1, halts: -1 },
  },
  {
    name: "burn share .2 -> .8",
    from: [constantPath(0.06, 0.2, 0.15), {}],
    to: [constantPath(0.06, 0.8, 0.15), {}],
    signs: { supply: -1, halts: 1, bonded: -1 },
  },
  {
    name: "issuance .05 -> .12",
    from: [constantPath(0.05, 0.3, 0.15), {}],
    to: [constantPath(0.12, 0.3, 0.15), {}],
    signs: { bonded: 1, capacity: 1, price: -1 },
  },
  {
    name: "sector falls by 26 % on day 30",
    from: [constantPath(0.06, 0.3, 0.15), {}],
    to: [constantPath(0.06, 0.3, 0.15), fall],
    signs: { halts: 1, capacity: -1, service: -1 },
  },
  {
    name: "fee .15 -> .02 with issuance .05 -> .15",
    from: [constantPath(0.05, 0.3, 0.15), {}],
    to: [constantPath(0.15, 0.3, 0.02), {}],
    signs: { wash: 1 },
  },
  {
    name: "incentive share .30 -> .55",
    from: [constantPath(0.06, 0.3, 0.15), { overrides: { incentiveShare: 0.3 } }],
    to: [constantPath(0.06, 0.3, 0.15), { overrides: { incentiveShare: 0.55 } }],
    signs: { capacity: 1, bonded: -1 },
  },
];

/** Mean of paired differences with its interval. */
function pairedEffect(from: readonly Path[], to: readonly Path[], figure: Figure): Interval {
  return meanInterval(from.map((path, i) => figure(to[i]!) - figure(path)));
}

/** The sign of what an action or parameter does, as a paired t value that must be 2 or more in the expected direction. */
export function signGates(paths: number, seed = 6): Gate[] {
  const gates: Gate[] = [];
  for (const { name, from, to, signs } of EXPERIMENTS) {
    const a = livePaths(from[0], { paths, seed, ...from[1] });
    const b = livePaths(to[0], { paths, seed, ...to[1] });
    for (const [figure, sign] of Object.entries(signs)) {
      const measured = pairedEffect(a, b, FIGURES[figure]!);
      const t = (sign * 1.96 * measured.mean) / (measured.high - measured.mean);
      gates.push({
        name: `${name}: ${figure} ${sign > 0 ? "rises" : "falls"} (paired t)`,
        value: t,
        low: 2,
        high: INF,
        measured,
      });
    }
  }
  return [...gates, shortageGate(paths, seed), ...leverageGates(seed)];
}

/** Slower delivery of hardware means a higher peak of utilisation in a shortage. */
function shortageGate(paths: number, seed: number): Gate {
  const peaks = (deliveryTime: number) => {
    const peak = new Float64Array(paths);
    const onStep = (s: State, _f: unknown, _step: number, path: number) => {
      peak[path] = Math.max(peak[path]!, s.utilizationSlow);
    };
    livePaths(constantPath(0.06, 0.3, 0.15), { scenario: "shortage", overrides: { deliveryTime }, paths, seed, onStep });
    return peak;
  };
  const [fast, slow] = [peaks(30), peaks(90)];
  const higher = mean(Array.from(fast, (value, i) => (slow[i]! >= value ? 1 : 0)));
  return { name: "share of shortages whose peak utilisation is higher with slower delivery", value: higher, low: 0.8, high: 1 };
}

/** Without leverage nobody is forced to sell; with more of it the most forced sales grow. */
function leverageGates(seed: number): Gate[] {
  const forced = (leverageMax: number) => {
    let most = 0;
    const onStep = (s: State) => {
      most = Math.max(most, s.forcedShare);
    };
    livePaths(cosmosPath, { scenario: "crash", overrides: { leverageMax }, paths: 10, seed, onStep });
    return most;
  };
  const [none, some, much] = [forced(0), forced(0.05), forced(0.15)];
  return [
    { name: "forced sales without leverage", value: none, low: 0, high: 0 },
    { name: "forced sales at 5 % leverage", value: some, low: 1e-4, high: 1 },
    { name: "forced sales at 15 % over those at 5 %", value: much / some, low: 1, high: INF },
  ];
}
