import { akash } from "../../env/economies/akash/index.js";
import { endOf, meanOf, totalOver, type ValidationSpec } from "../spec.js";

const FEW_BURNS = { issuance: 0.06, burnShare: 0.2, fee: 0.15 };

export const akashSpec: ValidationSpec = {
  economy: akash,
  ruleDoc: "Cosmos mint in the band of 4 to 8 % in force, burn share and fee by the bands of the vault's collateral ratio",
  figures: {
    staked: ({ s }) => s("bonded") / s("supply"),
    utilisation: ({ s }) => s("utilization"),
    capacity: ({ s }) => s("capacityEfficient") + s("capacityMarginal"),
    halted: ({ s }) => s("halted"),
    usage: ({ s }) => s("usage"),
    washShare: ({ f }) => f("washShare"),
  },
  observables: [
    {
      name: "staking ratio",
      measure: meanOf("staked"),
      percent: true,
      target: { low: 0.3, high: 0.7, why: "goal of the mint rule is 0.67" },
      real: "84 % in 2021 (forum); today's is not verified",
    },
    {
      name: "utilisation of capacity",
      measure: meanOf("utilisation"),
      percent: true,
      target: { low: 0.5, high: 0.9, why: "calibrated so" },
      real: "58 providers and 253,000 USD of lease revenue in Q1 2026 (Messari, second hand): far lower, the stress preset of that date",
    },
    { name: "service over its reference", measure: meanOf("service"), real: "none: defined by the model" },
    {
      name: "supply growth a year",
      measure: (path) => (endOf("supply")(path) / path["supply"]![0]!) ** (365 / path["supply"]!.length) - 1,
      percent: true,
      target: { low: 0.03, high: 0.09, why: "band of the mint rule, plus what the vault mints" },
      real: "4 to 8 % since March 2025 (governance; second hand), net of the vault",
    },
    {
      name: "burned over minted",
      measure: totalOver("burned", "minted"),
      percent: true,
      real: "no figure: the vault burns and mints since 2026-03-23",
    },
    { name: "share of days with minting halted", measure: meanOf("halted"), percent: true, real: "no figure" },
  ],
  plotted: { figure: "utilisation", label: "utilisation" },
  experiments: [
    {
      name: "burn share 0.2 → 0.8",
      kind: "statics",
      from: { hold: FEW_BURNS },
      to: { hold: { ...FEW_BURNS, burnShare: 0.8 } },
      effects: [{ text: "more burn, less supply", measure: endOf("supply"), sign: -1 }],
    },
    {
      name: "fee 0.15 → 0.30",
      kind: "statics",
      from: { hold: FEW_BURNS },
      to: { hold: { ...FEW_BURNS, fee: 0.3 } },
      effects: [{ text: "higher fee, less demand", measure: meanOf("usage"), sign: -1 }],
    },
    {
      name: "issuance 0.05 → 0.12",
      kind: "statics",
      from: { hold: { ...FEW_BURNS, issuance: 0.05 } },
      to: { hold: { ...FEW_BURNS, issuance: 0.12 } },
      effects: [
        { text: "more reward, more providers at the end", measure: endOf("capacity"), sign: 1 },
        { text: "higher yield, higher staking", measure: endOf("staked"), sign: 1 },
      ],
    },
    {
      name: "a shortage: the fee rises from 0.12 to 0.25",
      kind: "closed loop",
      from: { scenario: "shortage", hold: { ...FEW_BURNS, fee: 0.12 } },
      to: { scenario: "shortage", hold: { ...FEW_BURNS, fee: 0.25 } },
      effects: [{ text: "a higher fee relieves the network: lower utilisation", measure: meanOf("utilisation"), sign: -1 }],
    },
    {
      name: "the price falls by 26 % on day 30",
      kind: "closed loop",
      from: {},
      to: { params: { eventDay: 30, eventPrice: -0.3 } },
      effects: [
        { text: "the vault is short more often", measure: meanOf("halted"), sign: 1 },
        { text: "providers leave", measure: endOf("capacity"), sign: -1 },
      ],
    },
  ],
  halfDays: {
    tolerance: 0.02,
    figures: {
      service: { figure: ({ f }) => f("service") },
      "staking ratio": { figure: ({ s }) => s("bonded") / s("supply") },
      utilisation: { figure: ({ s }) => s("utilization") },
      capacity: { figure: ({ s }) => s("capacityEfficient") + s("capacityMarginal") },
      supply: { figure: ({ s }) => s("supply") },
      "net issuance": { figure: ({ f }) => f("netIssuance"), scale: 0.2 },
      trust: { figure: ({ s }) => s("trust") },
    },
  },
  sizeUnits: ["unit"],
  notes: [],
};
