import { worldcoin } from "../../env/economies/worldcoin/index.js";
import { endOf, meanOf, startActions, totalOver, type ValidationSpec } from "../spec.js";

const HELD = startActions(worldcoin);

/** Growth a year of a series from its first to its last day. */
const growth = (name: string) => (path: Readonly<Record<string, Float64Array>>) =>
  (path[name]!.at(-1)! / path[name]![0]!) ** (365 / path[name]!.length) - 1;

export const worldcoinSpec: ValidationSpec = {
  economy: worldcoin,
  ruleDoc: "grants by the on-chain table; 20 % of the treasury released a year, nothing burned",
  feedback: "wld-treasury",
  figures: {
    circulating: ({ s }) => s("liquid"),
    treasury: ({ s }) => s("treasury"),
    humans: ({ s }) => s("humans"),
    active: ({ s }) => s("active"),
    orbs: ({ s }) => s("orbs"),
    apps: ({ s }) => s("apps"),
    use: ({ f }) => f("service"),
    fakeShare: ({ f }) => f("fakeShare"),
    unlocked: ({ f }) => f("unlocked"),
    granted: ({ f }) => f("granted"),
    unpaid: ({ f }) => f("unpaid"),
    runway: ({ f }) => f("runway"),
  },
  observables: [
    {
      name: "unlocked a day, million WLD",
      measure: (path) => meanOf("unlocked")(path) / 1e6,
      target: { low: 2.7, high: 3.1, why: "the public schedule" },
      real: "2.9 M a day from 2026-07-24 (notice of 2026)",
    },
    {
      name: "growth of the circulating supply a year",
      measure: growth("circulating"),
      percent: true,
      target: { low: 0.1, high: 0.65, why: "between unlocks that stay in the treasury and the 65 % of before July 2026" },
      real: "unlocks of 65 %, then 32 % a year of 2.9 to 3.3 B circulating (2026)",
    },
    {
      name: "supply growth a year",
      measure: growth("supply"),
      percent: true,
      target: { low: -0.01, high: 0, why: "fixed for 15 years" },
      real: "0: 10 B are fixed for 15 years (WLD.sol)",
    },
    { name: "burned over unlocked", measure: totalOver("burned", "unlocked"), percent: true, real: "none is burned" },
    {
      name: "granted a day, million WLD",
      measure: (path) => meanOf("granted")(path) / 1e6,
      real: "no dated figure; the table pays 1.5 falling to 0.37 WLD a month and human",
    },
    {
      name: "verified humans at the end, million",
      measure: (path) => endOf("humans")(path) / 1e6,
      real: "12.3 M early in 2025 (world.org), 17.95 M in 2026 (second hand)",
    },
    { name: "use over its reference", measure: meanOf("use"), real: "none: defined by the model" },
    { name: "claims made by fakes", measure: meanOf("fakeShare"), percent: true, real: "none published" },
    {
      name: "grants due that nothing was there to pay",
      measure: meanOf("unpaid"),
      percent: true,
      real: "none: all grants were paid so far",
    },
  ],
  plotted: { figure: "circulating", label: "circulating WLD" },
  experiments: [
    {
      name: "burn share of fees 0 → 1",
      kind: "statics",
      from: { hold: HELD },
      to: { hold: { ...HELD, burnShare: 1 } },
      effects: [{ text: "more burn, less supply", measure: endOf("supply"), sign: -1 }],
    },
    {
      name: "release 0.1 → 0.5",
      kind: "statics",
      from: { hold: { ...HELD, release: 0.1 } },
      to: { hold: { ...HELD, release: 0.5 } },
      effects: [
        { text: "more reward, more operators later", measure: endOf("orbs"), sign: 1 },
        { text: "more circulates", measure: endOf("circulating"), sign: 1 },
      ],
    },
    {
      name: "grant 0.6 → 1.6 of the table",
      kind: "statics",
      from: { hold: { ...HELD, grant: 0.6 } },
      to: { hold: { ...HELD, grant: 1.6 } },
      effects: [
        { text: "a higher grant, more verified humans", measure: endOf("humans"), sign: 1 },
        { text: "a higher grant, more fakes among the claims", measure: meanOf("fakeShare"), sign: 1 },
        { text: "a higher grant, a smaller treasury", measure: endOf("treasury"), sign: -1 },
      ],
    },
    {
      name: "cheap identities, grant 1 → 0.5",
      kind: "closed loop",
      from: { scenario: "farming", hold: HELD },
      to: { scenario: "farming", hold: { ...HELD, grant: 0.5 } },
      effects: [{ text: "a lower grant drives fakes away", measure: meanOf("fakeShare"), sign: -1 }],
    },
    {
      name: "an empty treasury, grant 1 → 0.5",
      kind: "closed loop",
      from: { scenario: "lean", hold: HELD },
      to: { scenario: "lean", hold: { ...HELD, grant: 0.5 } },
      effects: [{ text: "a lower grant lengthens the treasury's runway", measure: meanOf("runway"), sign: 1 }],
    },
    {
      name: "most markets closed to Orbs",
      kind: "closed loop",
      from: { hold: HELD },
      to: { scenario: "ban", hold: HELD },
      effects: [{ text: "fewer verified humans", measure: endOf("humans"), sign: -1 }],
    },
  ],
  halfDays: {
    tolerance: 0.02,
    figures: {
      use: { figure: ({ f }) => f("service") },
      humans: { figure: ({ s }) => s("humans") },
      active: { figure: ({ s }) => s("active") },
      circulating: { figure: ({ s }) => s("liquid") },
      treasury: { figure: ({ s }) => s("treasury") },
      "claims by fakes": { figure: ({ f }) => f("fakeShare"), scale: 0.2 },
      trust: { figure: ({ s }) => s("trust") },
    },
  },
  sizeUnits: ["human"],
  notes: [
    "WLD is not staked, so there is no staking ratio and nothing that a yield could draw. No fee is a control either; operators stand in for providers.",
  ],
};
