import type { RecordSpec } from "../../../compiler/schema.js";
import { MARKET_SHOCKS, marketFlows, marketState } from "../../market/core.js";
import type { ActionSpec } from "../../world.js";

export const ACTIONS = {
  grant: { unit: "1", low: 0.4, high: 2, maxMove: 0.05, start: 1, doc: "grant as a multiple of the one in force by the table" },
  release: {
    unit: "1/year",
    low: 0,
    high: 0.6,
    maxMove: 0.03,
    start: 0.2,
    doc: "share of the treasury released to operators and app builders in a year",
  },
  burnShare: { unit: "1", low: 0, high: 1, maxMove: 0.1, start: 0, doc: "share of protocol fees that is burned" },
} satisfies Record<string, ActionSpec>;

/** Every token is on exactly one of these accounts. The supply is kept apart, by a journal of mints and burns. */
const ACCOUNTS = {
  liquid: { unit: "WLD", doc: "circulating tokens", scale: 1e9 },
  treasury: { unit: "WLD", doc: "unlocked tokens of the community that are not yet given away", scale: 1e9 },
  communityLocked: { unit: "WLD", doc: "tokens of the community that are not yet unlocked", scale: 1e9 },
  insidersLocked: { unit: "WLD", doc: "tokens of team, investors and company that are not yet unlocked", scale: 1e9 },
} satisfies RecordSpec;

export const STATE = {
  ...marketState("WLD"),
  supply: { unit: "WLD", doc: "total supply by the journal of mints and burns", scale: 1e10 },
  ...ACCOUNTS,
  floatStart: { unit: "1", doc: "circulating share of supply at the start" },
  periodLeft: { unit: "day", doc: "days left of the mint cap's period; negative when none runs", scale: 30 },
  periodRoom: { unit: "WLD", doc: "tokens that the running period still lets mint", scale: 1e7 },
  month: { unit: "1", doc: "months since August 2024, the first of the table" },
  grantNow: { unit: "WLD/human", doc: "this month's grant by the table or the pot, before the controller's multiple" },
  grantBefore: { unit: "WLD/human", doc: "last month's, which can still be claimed" },
  paid: { unit: "1", doc: "mean share of grants due that were paid" },
  humans: { unit: "human", doc: "verified humans", scale: 1e7 },
  active: { unit: "human", doc: "active humans", scale: 1e7 },
  fakes: { unit: "human", doc: "rented or faked identities that farm grants", scale: 1e6 },
  orbs: { unit: "human/day", doc: "verifications that operators can do", scale: 1e4 },
  apps: { unit: "1", doc: "apps as a ratio to the reference" },
  demand: { unit: "1", doc: "log of use per active human over its reference" },
  logUsage: { unit: "1", doc: "mean log of use by genuine humans over the reference" },
  claimPace: { unit: "1/year", doc: "grants paid in the last step over circulating supply, annualised" },
  grant: { unit: "1", doc: "grant multiple applied in the last step" },
  release: { unit: "1/year", doc: "release applied in the last step" },
  burnShare: { unit: "1", doc: "burn share applied in the last step" },
} satisfies RecordSpec;

export const SHOCKS = MARKET_SHOCKS;

const market = marketFlows("WLD");

export const FLOWS = {
  ...market,
  supply: { ...market.supply, scale: 1e10 },
  netIssuance: { unit: "1/year", doc: "growth of the circulating supply in the step, annualised" },
  unlocked: { unit: "WLD", doc: "tokens of community and insiders unlocked in the step", scale: 1e6 },
  granted: { unit: "WLD", doc: "grants paid, to fakes too", scale: 1e6 },
  released: { unit: "WLD", doc: "treasury tokens released to operators and builders", scale: 1e6 },
  fees: { unit: "WLD", doc: "fees that apps paid", scale: 1e5 },
  verified: { unit: "human", doc: "humans verified in the step", scale: 1e4 },
  fakeShare: { unit: "1", doc: "share of monthly claims that fakes make" },
  unpaid: { unit: "1", doc: "share of grants due that nothing was there to pay" },
  runway: { unit: "year", doc: "years of grants that the treasury could pay; at most 20" },
  move: { unit: "1", doc: "mean square of the actions' moves over their limits" },
} satisfies RecordSpec;

export type State = Record<keyof typeof STATE, number>;
export type Shocks = Record<keyof typeof SHOCKS, number>;
export type Flows = Record<keyof typeof FLOWS, number>;
export type Applied = Record<keyof typeof ACTIONS | "mintLimit" | "burnLimit", number>;
