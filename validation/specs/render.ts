import { CLASS_COUNT, CLASSES } from "../../env/economies/render/classes.js";
import { render } from "../../env/economies/render/index.js";
import type { Read } from "../lanes.js";
import { endOf, meanOf, startActions, totalOver, type ValidationSpec } from "../spec.js";

function overClasses({ s }: Read, weight: (element: number) => number): number {
  let sum = 0;
  for (let i = 0; i < CLASS_COUNT; i++) sum += s("capacity", i) * weight(i);
  return sum;
}

const capacity = (read: Read) => overClasses(read, () => 1);

/** Share of the work that is done on data-centre nodes, the most reliable ones. */
const onReliable = (read: Read) => {
  const work = overClasses(read, (i) => read.s("load", i));
  return (read.s("capacity", CLASSES.datacenter) * read.s("load", CLASSES.datacenter)) / work;
};

const HELD = startActions(render);
/** Nodes that do the work get what is neither burned nor the foundation's, so here a fee reaches them. */
const SHARED = { ...HELD, burnShare: 0.5 };

export const renderSpec: ValidationSpec = {
  economy: render,
  ruleDoc:
    "emission of the year's schedule, 95 % of payments burned, list prices without a demand fee, equal weights of the scheduler",
  feedback: "demand-fee",
  figures: {
    utilisation: ({ s }) => s("utilization"),
    capacity,
    onReliable,
    failed: ({ f }) => f("failed"),
    wanted: (read) => (read.s("utilization") * capacity(read)) / (1 - read.f("unserved")),
    work: ({ f }) => f("service"),
    nodePay: ({ f }) => f("nodePay"),
    latency: ({ f }) => f("latency"),
    unserved: ({ f }) => f("unserved"),
  },
  observables: [
    {
      name: "utilisation of capacity",
      measure: meanOf("utilisation"),
      percent: true,
      target: { low: 0.4, high: 0.9, why: "calibrated so" },
      real: "none published",
    },
    { name: "service over its reference", measure: meanOf("service"), real: "none: defined by the model" },
    {
      name: "jobs that fail",
      measure: meanOf("failed"),
      percent: true,
      real: "none published",
    },
    {
      name: "supply growth a year",
      measure: (path) => (endOf("supply")(path) / path["supply"]![0]!) ** (365 / path["supply"]!.length) - 1,
      percent: true,
      target: { low: -0.05, high: 0.05, why: "burn and emission are of one size" },
      real: "1.1 %: 5.9 M tokens a year on 518.6 M (RNP-022, 2025), before burns",
    },
    {
      name: "minted a year over supply",
      measure: (path) => (365 * meanOf("minted")(path)) / meanOf("supply")(path),
      percent: true,
      real: "1.1 % (RNP-022, 2025)",
    },
    {
      name: "burned over minted",
      measure: totalOver("burned", "minted"),
      percent: true,
      target: { low: 0.3, high: 2, why: "near the equilibrium of burn and mint" },
      real: "about 70 %: 12,125 tokens a week burned against 17,800 paid to nodes (RNP-020, RNP-022, late 2025); about 11 % of all that is minted",
    },
  ],
  plotted: { figure: "utilisation", label: "utilisation" },
  experiments: [
    {
      name: "burn share 0.5 → 0.95",
      kind: "statics",
      from: { hold: SHARED },
      to: { hold: HELD },
      effects: [{ text: "more burn, less supply", measure: endOf("supply"), sign: -1 }],
    },
    {
      name: "demand fee 0 → 0.3",
      kind: "statics",
      from: { hold: HELD },
      to: { hold: { ...HELD, fee: 0.3 } },
      effects: [{ text: "higher fee, less demand: less work done", measure: meanOf("work"), sign: -1 }],
    },
    {
      name: "emission 0.05 → 0.12",
      kind: "statics",
      from: { hold: { ...HELD, issuance: 0.05 } },
      to: { hold: { ...HELD, issuance: 0.12 } },
      effects: [
        { text: "more reward, more nodes at the end", measure: endOf("capacity"), sign: 1 },
        { text: "more emission, more supply", measure: endOf("supply"), sign: 1 },
      ],
    },
    {
      name: "in base: demand fee 0 → 0.3",
      kind: "closed loop",
      from: { hold: HELD },
      to: { hold: { ...HELD, fee: 0.3 } },
      effects: [{ text: "a raised fee draws nodes even without a shortage", measure: endOf("capacity"), sign: 1, wish: true }],
    },
    {
      name: "a shortage: demand fee 0 → 0.3",
      kind: "closed loop",
      from: { scenario: "shortage", hold: HELD },
      to: { scenario: "shortage", hold: { ...HELD, fee: 0.3 } },
      effects: [
        { text: "a raised fee draws nodes: at 95 % burned through the price alone", measure: endOf("capacity"), sign: 1 },
      ],
    },
    {
      name: "a shortage: demand fee 0 → 0.3, half of payments burned",
      kind: "closed loop",
      from: { scenario: "shortage", hold: SHARED },
      to: { scenario: "shortage", hold: { ...SHARED, fee: 0.3 } },
      effects: [
        {
          text: "a raised fee draws nodes: part of it is paid to them",
          measure: endOf("capacity"),
          sign: 1,
          wish: true,
        },
        { text: "nodes are paid more", measure: meanOf("nodePay"), sign: 1, wish: true },
      ],
    },
    {
      name: "demand fee 0 → −0.3",
      kind: "closed loop",
      from: { hold: HELD },
      to: { hold: { ...HELD, fee: -0.3 } },
      effects: [
        { text: "a lowered fee draws users: more work wanted", measure: meanOf("wanted"), sign: 1 },
        { text: "more work done", measure: meanOf("work"), sign: 1, wish: true },
      ],
    },
    {
      name: "demand fee 0 → −0.3, half of payments burned",
      kind: "closed loop",
      from: { hold: SHARED },
      to: { hold: { ...SHARED, fee: -0.3 } },
      effects: [{ text: "with nodes that are paid well, more work done", measure: meanOf("work"), sign: 1, wish: true }],
    },
    {
      name: "a shortage: a fee that follows demand instead of list prices",
      kind: "closed loop",
      from: { scenario: "shortage" },
      to: { scenario: "shortage", rule: "demand-fee" },
      effects: [{ text: "less wanted work goes unserved", measure: meanOf("unserved"), sign: -1, wish: true }],
    },
    {
      name: "weight of reliability 0.5 → 3",
      kind: "closed loop",
      from: { hold: { ...HELD, weightReliability: 0.5 } },
      to: { hold: { ...HELD, weightReliability: 3 } },
      effects: [
        { text: "the scheduler prefers the most reliable nodes", measure: meanOf("onReliable"), sign: 1 },
        { text: "fewer jobs fail", measure: meanOf("failed"), sign: -1 },
      ],
    },
    {
      name: "weight of waiting time 0.5 → 3",
      kind: "closed loop",
      from: { hold: { ...HELD, weightLatency: 0.5 } },
      to: { hold: { ...HELD, weightLatency: 3 } },
      effects: [{ text: "jobs wait less", measure: meanOf("latency"), sign: -1 }],
    },
  ],
  halfDays: {
    tolerance: 0.02,
    chances: ["outage"],
    figures: {
      service: { figure: ({ f }) => f("service") },
      utilisation: { figure: ({ s }) => s("utilization") },
      capacity: { figure: capacity },
      supply: { figure: ({ s }) => s("supply") },
      "net issuance": { figure: ({ f }) => f("netIssuance"), scale: 0.2 },
      "jobs that finish": { figure: ({ f }) => 1 - f("failed") },
      trust: { figure: ({ s }) => s("trust") },
    },
  },
  sizeUnits: ["unit"],
  notes: ["RENDER is not staked, so there is no staking ratio and nothing that a yield could draw."],
};
