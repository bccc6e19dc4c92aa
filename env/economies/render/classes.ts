import { availabilityPoints } from "../../mechanisms/render-rewards.js";
import { assumed } from "../../param-spec.js";
import type { ParamSpec } from "../../world.js";

/** Kinds of nodes and their place in the arrays of the state. */
export const CLASSES = { datacenter: 0, studio: 1, gamer: 2, bargain: 3 } as const;
export const CLASS_COUNT = 4;

/** The same, for loops over names. */
export const CLASS_USES: { readonly CLASSES: Readonly<Record<string, number>> } = { CLASSES };

type Name = keyof typeof CLASSES;

/** One kind of node at the start. All of it is assumed: the network publishes no such table. */
interface NodeClass {
  readonly capacity: number;
  readonly ask: number;
  readonly latency: number;
  readonly reliability: number;
  readonly cost: number;
  readonly nodesPerWallet: number;
  /** OctaneBench score, video memory in GB and age in days of a typical node, for RNP-015's points. */
  readonly hardware: { readonly score: number; readonly memory: number; readonly age: number };
}

const NODES: Readonly<Record<Name, NodeClass>> = {
  datacenter: {
    capacity: 110_000,
    ask: 1.2,
    latency: 0.5,
    reliability: 0.99,
    cost: 0.415,
    nodesPerWallet: 8,
    hardware: { score: 3000, memory: 96, age: 400 },
  },
  studio: {
    capacity: 214_000,
    ask: 0.97,
    latency: 0.9,
    reliability: 0.97,
    cost: 0.312,
    nodesPerWallet: 4,
    hardware: { score: 1600, memory: 48, age: 700 },
  },
  gamer: {
    capacity: 178_000,
    ask: 0.8,
    latency: 1.4,
    reliability: 0.93,
    cost: 0.231,
    nodesPerWallet: 1,
    hardware: { score: 900, memory: 24, age: 500 },
  },
  bargain: {
    capacity: 56_000,
    ask: 0.62,
    latency: 2.4,
    reliability: 0.85,
    cost: 0.148,
    nodesPerWallet: 2,
    hardware: { score: 400, memory: 12, age: 900 },
  },
};

const AVERAGE = { score: 1200, memory: 36, age: 620 };

type ClassParam = "capacity" | "ask" | "latency" | "reliability" | "cost" | "nodesPerWallet" | "points";

/** Parameters of one kind of node, named `capacity.gamer` and so on. */
function classParams(name: Name, node: NodeClass): [string, ParamSpec][] {
  const { capacity, ask, latency, reliability, cost, nodesPerWallet, hardware } = node;
  const points = Math.round(100 * availabilityPoints(hardware, AVERAGE)) / 100;
  const specs: Record<ClassParam, ParamSpec> = {
    capacity: assumed(capacity, 1, 1e8, "unit", `capacity of the ${name} nodes at the start`),
    ask: assumed(ask, 0.1, 5, "USD/unit/day", `list price of a unit of work on ${name} nodes at normal load`),
    latency: assumed(latency, 0.05, 10, "1", `waiting time on idle ${name} nodes, over the reference`),
    reliability: assumed(reliability, 0.3, 1, "1", `share of jobs that ${name} nodes finish when they are well paid`),
    cost: assumed(
      cost,
      0.01,
      5,
      "USD/unit/day",
      `cost of owning ${name} nodes at their starting capacity, energy for work apart`,
    ),
    nodesPerWallet: assumed(
      nodesPerWallet,
      1,
      100,
      "1",
      `${name} nodes of one wallet; more than three lose availability rewards`,
    ),
    points: {
      value: points,
      low: 0,
      high: 20,
      unit: "1",
      source: `RNP-015 for assumed hardware: OB ${hardware.score}, ${hardware.memory} GB, ${hardware.age} days; the average node has 7`,
      doc: `availability points of a ${name} node`,
    },
  };
  return Object.entries(specs).map(([param, spec]) => [`${param}.${name}`, spec]);
}

type ClassParams = Record<`${ClassParam}.${Name}`, number>;

export const CLASS_PARAMS = Object.fromEntries(
  Object.entries(NODES).flatMap(([name, node]) => classParams(name as Name, node)),
) as Readonly<Record<keyof ClassParams, ParamSpec>>;
