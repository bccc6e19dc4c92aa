import { bittensor, SUBNETS } from "../../env/economies/bittensor/index.js";
import type { Read, StateColumn } from "../lanes.js";
import { endOf, meanBetween, meanOf, startActions, totalOver, type ValidationSpec } from "../spec.js";

/** Share of the emission that subnet 0 gets. */
function firstShare({ s }: Read): number {
  let total = 0;
  for (let i = 0; i < SUBNETS.usual; i++) total += s("weight", i);
  return s("weight", 0) / total;
}

/** The protocol as it is: the schedule's emission, nothing recycled or burned, no subnet favoured. */
const HELD = startActions(bittensor);

const HIT_DAY = 60;
/** Subnet 0 loses half of what effort yields there, as when its benchmark is gamed; it may recover by its own dynamics. */
const degrade = (day: number, state: StateColumn) => {
  if (day !== HIT_DAY) return;
  const skill = state("skill", 0);
  for (let i = 0; i < skill.length; i++) skill[i] = 0.5 * skill[i]!;
};
const trough = meanBetween("firstShare", 150, 250);
const late = meanBetween("firstShare", 630, 730);

export const bittensorSpec: ValidationSpec = {
  economy: bittensor,
  ruleDoc: "the protocol's own shares by moving price, the emission of the halving schedule, nothing recycled or burned",
  feedback: "subnet-quality",
  figures: {
    staked: ({ s }) => s("root") / s("supply"),
    pooled: ({ s }) => s("pooled") / s("supply"),
    issued: ({ s }) => s("issued"),
    firstShare,
    firstQuality: ({ s }) => s("quality", 0),
    quality: ({ s }) => s("meanQuality"),
    effort: ({ s }) => {
      let total = 0;
      for (let i = 0; i < SUBNETS.usual; i++) total += s("effort", i);
      return total / SUBNETS.usual;
    },
    rootYield: ({ s }) => s("rootYield"),
    recycled: ({ f }) => f("recycled"),
    waste: ({ f }) => f("waste"),
    concentration: ({ f }) => f("concentration"),
  },
  observables: [
    {
      name: "minted a day, TAO",
      measure: meanOf("minted"),
      target: { low: 3590, high: 3610, why: "7,200 blocks of 0.5 TAO" },
      real: "3,600 since the halving of mid-December 2025, 7,200 before",
    },
    {
      name: "supply growth a year",
      measure: (path) => (endOf("supply")(path) / path["supply"]![0]!) ** (365 / path["supply"]!.length) - 1,
      percent: true,
      target: { low: 0.1, high: 0.13, why: "the schedule" },
      real: "12 to 13 % of 10.5 M after the halving",
    },
    {
      name: "burned over minted",
      measure: totalOver("burned", "minted"),
      percent: true,
      real: "small: recycling of TAO is small now, chain buys are no burns",
    },
    {
      name: "staking ratio: root over supply",
      measure: meanOf("staked"),
      percent: true,
      target: { low: 0.4, high: 0.65, why: "around where it was seen" },
      real: "about 53 %: 5.7 M TAO on root of 10.7 M (November 2025)",
    },
    { name: "in the subnets' pools, over supply", measure: meanOf("pooled"), percent: true, real: "not verified" },
    { name: "service over its reference", measure: meanOf("service"), real: "none: defined by the model" },
    { name: "mean quality of the subnets", measure: meanOf("quality"), real: "none published" },
    { name: "emission wasted on cabals and owners", measure: meanOf("waste"), percent: true, real: "none published" },
  ],
  plotted: { figure: "quality", label: "mean quality" },
  experiments: [
    {
      name: "burn share 0 → 0.8",
      kind: "statics",
      from: { hold: HELD },
      to: { hold: { ...HELD, burnShare: 0.8 } },
      effects: [{ text: "more burn, less supply", measure: endOf("supply"), sign: -1 }],
    },
    {
      name: "recycle share 0 → 0.8",
      kind: "statics",
      from: { hold: HELD },
      to: { hold: { ...HELD, recycleShare: 0.8 } },
      effects: [{ text: "recycling keeps the issuance back, which delays the halving", measure: endOf("issued"), sign: -1 }],
    },
    {
      name: "emission 0.5 → 1 of the schedule",
      kind: "statics",
      days: 730,
      from: { hold: { ...HELD, emission: 0.5 } },
      to: { hold: HELD },
      effects: [
        { text: "more emission, more supply", measure: endOf("supply"), sign: 1 },
        { text: "more reward, more effort of miners later", measure: meanBetween("effort", 365, 730), sign: 1 },
      ],
    },
    {
      name: "three times the weight of root (`taoWeight`)",
      kind: "statics",
      from: { hold: HELD },
      to: { hold: HELD, params: { taoWeight: 0.158 } },
      effects: [
        { text: "root is paid more", measure: meanOf("rootYield"), sign: 1 },
        { text: "higher yield, higher staking", measure: endOf("staked"), sign: 1 },
      ],
    },
    {
      name: `subnet 0 degrades on day ${HIT_DAY}`,
      kind: "closed loop",
      days: 730,
      from: { hold: HELD },
      to: { hold: HELD, intervene: degrade },
      effects: [
        { text: "its quality falls (days 60 to 120)", measure: meanBetween("firstQuality", 60, 120), sign: -1 },
        { text: "it loses emission (days 150 to 250)", measure: trough, sign: -1 },
        {
          text: "it recovers emission (days 630 to 730 over days 150 to 250)",
          measure: (path) => late(path) - trough(path),
          sign: 1,
        },
      ],
    },
    {
      name: "weight of subnet 0 raised from 1 to 2",
      kind: "closed loop",
      from: { hold: HELD },
      to: { hold: { ...HELD, tilt0: 2 } },
      effects: [
        { text: "it gets more of the emission", measure: meanOf("firstShare"), sign: 1 },
        { text: "its miners deliver more quality at the end", measure: endOf("firstQuality"), sign: 1 },
      ],
    },
    {
      name: "subnets degrade often: shares by quality instead of the protocol's",
      kind: "closed loop",
      from: { scenario: "decay" },
      to: { scenario: "decay", rule: "subnet-quality" },
      effects: [{ text: "more service", measure: meanOf("service"), sign: 1, wish: true }],
    },
    {
      name: "a cabal grows",
      kind: "closed loop",
      from: { hold: HELD },
      to: { scenario: "cabal", hold: HELD },
      effects: [
        { text: "more of the emission is wasted", measure: meanOf("waste"), sign: 1 },
        { text: "less service", measure: meanOf("service"), sign: -1 },
      ],
    },
  ],
  halfDays: {
    tolerance: 0.02,
    normals: Array.from({ length: SUBNETS.usual }, (_, i) => [`skillNoise${i}`, `hypeNoise${i}`]).flat(),
    chances: Array.from({ length: SUBNETS.usual }, (_, i) => `degrade${i}`),
    figures: {
      service: { figure: ({ f }) => f("service") },
      "mean quality": { figure: ({ s }) => s("meanQuality") },
      "staking ratio": { figure: ({ s }) => s("root") / s("supply") },
      "in pools": { figure: ({ s }) => s("pooled") / s("supply") },
      supply: { figure: ({ s }) => s("supply") },
      "emission share of subnet 0": { figure: firstShare },
      trust: { figure: ({ s }) => s("trust") },
    },
  },
  tokenUnits: ["TAO", "alpha"],
  sizeUnits: [],
  notes: [
    "No fee is a control here, so nothing is said about fees and demand. A degraded subnet loses half of what effort yields on it; nothing puts it back but its own dynamics.",
  ],
};
