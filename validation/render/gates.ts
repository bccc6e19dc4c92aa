import type { Interval } from "../../core/statistics.js";
import type { State } from "../../env/economies/render/records.js";
import { type Gate, meanInterval } from "../akash/gates.js";
import { hold } from "../plain-path.js";
import { livePaths, type Path, type PathOptions } from "./paths.js";

const INF = Number.POSITIVE_INFINITY;
const total = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0);

export const capacityOf = (s: State): number => total(s.capacity);
const upperWork = (s: State) => {
  const work = s.load.map((load, i) => load * s.capacity[i]!);
  return (work[0]! + work[1]!) / total(work);
};

type Figure = (path: Path) => number;

const FIGURES = {
  service: ({ terms }) => terms["service"]!,
  supply: ({ end }) => end.supply,
  capacity: ({ end }) => capacityOf(end),
  demand: ({ end }) => end.demand,
  price: ({ end }) => end.logPrice,
  failures: ({ flows }) => flows["failed"]!,
  waiting: ({ flows }) => flows["latency"]!,
  "list price": ({ end }) => end.listPrice,
  "work of the better nodes": ({ end }) => upperWork(end),
} satisfies Record<string, Figure>;

/** Constant requests and the world that they meet; plain data. */
type Side = readonly [request: Parameters<typeof hold>[0], options?: PathOptions];

/** Two worlds with the same shocks, and the figures that must rise (+) or fall (-) from the first to the second. */
interface Experiment {
  readonly name: string;
  readonly from: Side;
  readonly to: Side;
  readonly signs: Readonly<Partial<Record<keyof typeof FIGURES, 1 | -1>>>;
}

const shortage: PathOptions = { scenario: "shortage" };
const shared = { burnShare: 0.6 };

/** What must hold of any change, whoever is in control. */
const SIGNS: readonly Experiment[] = [
  {
    name: "burn share .5 -> .95",
    from: [{ burnShare: 0.5 }],
    to: [{ burnShare: 0.95 }],
    signs: { supply: -1, capacity: -1 },
  },
  {
    name: "issuance .06 -> .12",
    from: [{ issuance: 0.06 }],
    to: [{ issuance: 0.12 }],
    signs: { supply: 1, capacity: 1, service: 1 },
  },
  {
    name: "nodes' share of the emission .4 -> .7",
    from: [{}, { overrides: { nodeShare: 0.4 } }],
    to: [{}],
    signs: { capacity: 1 },
  },
  {
    name: "outages 3 -> 12 a year",
    from: [{}],
    to: [{}, { overrides: { outageRate: 12 } }],
    signs: { failures: 1, service: -1 },
  },
  {
    name: "sector falls by 26 % on day 30",
    from: [{}],
    to: [{}, { overrides: { eventDay: 30, eventPrice: -0.3 } }],
    signs: { capacity: -1, service: -1 },
  },
  {
    name: "grants earn no growth",
    from: [{}, { overrides: { grantGrowth: 0 } }],
    to: [{}, { overrides: { treasuryTime: 60 } }],
    signs: { demand: 1 },
  },
];

/** What the demand fee and the scheduler are for. */
const CLOSED_LOOP: readonly Experiment[] = [
  {
    name: "a raised fee in a shortage, 95 % burned: 0 -> .3",
    from: [{}, shortage],
    to: [{ fee: 0.3 }, shortage],
    signs: { capacity: 1, waiting: -1 },
  },
  { name: "a raised fee: 0 -> .3", from: [{}], to: [{ fee: 0.3 }], signs: { demand: -1, service: -1 } },
  { name: "a lowered fee: 0 -> -.2", from: [{}], to: [{ fee: -0.2 }], signs: { service: 1 } },
  {
    name: "a lowered fee where nodes are well paid: 0 -> -.2",
    from: [shared],
    to: [{ ...shared, fee: -0.2 }],
    signs: { demand: 1, service: 1 },
  },
  {
    name: "weight of reliability 0 -> 1",
    from: [{ weightReliability: 0 }],
    to: [{ weightReliability: 1 }],
    signs: { failures: -1, "work of the better nodes": 1 },
  },
  {
    name: "weight of reliability 1 -> 3",
    from: [{ weightReliability: 1 }],
    to: [{ weightReliability: 3 }],
    signs: { failures: -1, "work of the better nodes": 1 },
  },
  {
    name: "weight of waiting time 0 -> 2",
    from: [{ weightLatency: 0 }],
    to: [{ weightLatency: 2 }],
    signs: { waiting: -1 },
  },
  {
    name: "weight of price 0 -> 2",
    from: [{ weightPrice: 0 }],
    to: [{ weightPrice: 2 }],
    signs: { "list price": -1 },
  },
];

/** A gate per sign: a paired t value that must be 2 or more in the expected direction. */
function experimentGates(experiments: readonly Experiment[], paths: number, seed: number): Gate[] {
  // Many experiments start from the same world.
  const lived = new Map<string, readonly Path[]>();
  const live = ([request, options]: Side): readonly Path[] => {
    const key = JSON.stringify([request, options]);
    const known = lived.get(key) ?? livePaths(hold(request), { paths, seed, ...options });
    lived.set(key, known);
    return known;
  };
  return experiments.flatMap(({ name, from, to, signs }) => {
    const [a, b] = [live(from), live(to)];
    return Object.entries(signs).map(([figure, sign]) => {
      const read: Figure = FIGURES[figure as keyof typeof FIGURES];
      const measured: Interval = meanInterval(a.map((path, i) => read(b[i]!) - read(path)));
      const value = (sign * 1.96 * measured.mean) / (measured.high - measured.mean);
      return { name: `${name}: ${figure} ${sign > 0 ? "rises" : "falls"} (paired t)`, value, low: 2, high: INF, measured };
    });
  });
}

/** Comparative statics on paired shocks. */
export const signGates = (paths: number, seed = 6): Gate[] => experimentGates(SIGNS, paths, seed);

/** A raised fee draws nodes, a lowered one users; the scheduler prefers what its weights ask for. */
export const closedLoopGates = (paths: number, seed = 7): Gate[] => experimentGates(CLOSED_LOOP, paths, seed);
