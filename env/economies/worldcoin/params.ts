import { MARKET_PARAMS } from "../../market/core.js";
import { adjusted, assumed } from "../../param-spec.js";
import type { ParamSpec } from "../../world.js";

function param(value: number, low: number, high: number, unit: string, source: string, doc: string): ParamSpec {
  return { value, low, high, unit, source, doc };
}

const MARKET = adjusted(MARKET_PARAMS, {
  issuancePriced: {
    value: 0.32,
    low: 0,
    high: 1,
    source: "assumption: unlocks of 2.9 M WLD a day from 2026-07-24 on 3.3 B circulating are 32 % a year (notice of 2026)",
    doc: "growth of the circulating supply that the starting price already reflects",
  },
  issuanceHorizon: {
    value: 0.5,
    low: 0.1,
    high: 1.5,
    source: "assumption: shorter than for minting, since unlocks are a public calendar",
    doc: "years of growth of the circulating supply that the market prices in; high values make grants and releases dear at once",
  },
  lockElasticity: {
    value: 1.5,
    low: 0,
    high: 4,
    source: "assumption: 3 would keep the market value of what circulates, 0 the value of all tokens",
    doc: "log value per unit of the share of supply that does not circulate",
  },
  floatNormal: { value: 0.33, low: 0.05, high: 0.9, source: "3.3 B of 10 B circulating (notice of 2026)" },
  turnover: { value: 0.05, source: "assumption: an exchange token, twice the turnover of akash" },
});

const SUPPLY = {
  // Below 1e8 the people and fees of the other parameters, which do not shrink with it, take the whole float: at 1e7 the price falls by
  // 78 % on the first day, at 1e6 it is ruined.
  supplyStart: param(1e10, 1e8, 1e11, "WLD", "WLD.sol, INITIAL_SUPPLY_CAP", "supply at the start, fixed for 15 years"),
  priceStart: param(
    1,
    0.01,
    30,
    "USD/WLD",
    "assumption between 0.395 on 2026-02-21 and 0.958 on 2025-10-14",
    "price at the start",
  ),
  genesisAge: param(1096, 374, 7300, "day", "24 July 2026, launch on 24 July 2023", "days from launch to the start"),
  treasuryShare: param(
    0.525,
    0,
    0.95,
    "1",
    "notice of 2026: 3.3 B circulating; by the unlock schedule 5.4 B unlocked, of it 4.0 B the community's",
    "share of the community's unlocked tokens that the treasury still holds at the start",
  ),
} satisfies Record<string, ParamSpec>;

const VARIANTS = {
  grantVariant: param(
    0,
    0,
    1,
    "1",
    "0: WLDGrant.sol; 1: as popularly told",
    "0 grants by the fixed table; 1 an adaptive pot of the treasury shared by those who claim",
  ),
  insiderVariant: param(
    0,
    0,
    1,
    "1",
    "0: notice of July 2024; 1: whitepaper of 2023",
    "0 four fifths of insiders' tokens unlock over four years, 1 all over two",
  ),
  inflationVariant: param(
    0,
    0,
    1,
    "1",
    "0: WLD.sol; 1: as popularly told",
    "0 mint cap per period of 30 days 10 hours; 1 a flat 1.5 % a year",
  ),
} satisfies Record<string, ParamSpec>;

const GRANTS = {
  grantAfterTable: assumed(
    0.37,
    0,
    10,
    "WLD/human",
    "monthly grant once the table has ended (September 2028): its last amount",
  ),
  potShare: assumed(0.07, 0, 0.5, "1/year", "share of the treasury that the adaptive pot pays in a year"),
  claimPrompt: assumed(0.75, 0, 1, "1", "share of active humans who claim a grant in its own month"),
  claimLate: assumed(0.4, 0, 1, "1", "share of the others who claim it in the month after"),
  welcome: assumed(5, 0, 20, "1", "monthly grants that a human gets at once when verified"),
  paidMemory: assumed(0.1, 0.01, 1, "1/day", "weight of a day in what people think is really paid"),
  grantSelling: assumed(0.6, 0, 1, "1", "share of claimed grants that humans sell at once; fakes sell all"),
} satisfies Record<string, ParamSpec>;

const ADVERSARY = {
  fakeMost: assumed(0.25, 0, 1, "1", "rented or faked identities per verified human at most"),
  fakeGain: assumed(3, 0, 20, "1", "sensitivity of farming to relative gain"),
  fakeCost: assumed(
    1.6,
    0.05,
    50,
    "USD/human",
    "cost of an identity for a month: rent to the human, or what is spent to fool an Orb",
  ),
  fakeSpeed: assumed(0.04, 0, 0.3, "1/day", "speed at which farmers follow their gain"),
} satisfies Record<string, ParamSpec>;

const PEOPLE = {
  humansStart: param(
    25e6,
    1e5,
    2e9,
    "human",
    "assumption: 12.3 M early in 2025 (world.org), 17.95 M in 2026 (datawallet), then growing on",
    "verified humans at the start",
  ),
  reachable: assumed(120e6, 1e6, 8e9, "human", "humans in the markets where Orbs may stand: adoption saturates there"),
  signupRate: assumed(4.2e-4, 0, 0.01, "1/day", "share of the not yet verified who come to an Orb in a day"),
  grantPull: assumed(0.5, 0, 1, "1", "share of them who come for the grant"),
  lapse: assumed(0.03, 0, 0.5, "1/year", "verified humans lost: phones, deaths, deletions"),
  orbsReference: assumed(40_000, 10, 1e7, "human/day", "verifications that operators can do at the reference funding"),
  orbSpeed: assumed(0.012, 0.001, 0.1, "1/day", "speed at which operators follow funding"),
  appSpeed: assumed(0.008, 0.001, 0.1, "1/day", "speed at which apps follow funding"),
  fundReference: assumed(
    1.3e6,
    100,
    1e8,
    "USD/day",
    "funding of operators and app builders at which both stand at their references",
  ),
  activeMost: assumed(0.7, 0.05, 1, "1", "active share of verified humans at best"),
  activeSpeed: assumed(0.03, 0.005, 0.2, "1/day", "speed at which humans become active or idle"),
  appWeight: assumed(0.55, 0, 1, "1", "share of activity that apps draw, the rest is drawn by the grant"),
  grantReference: assumed(1.38, 0.01, 50, "USD/human", "monthly grant in dollars that draws half as much as any could"),
  serviceReference: assumed(8.75e6, 1e4, 1e9, "human", "use by genuine humans whose logarithm is 0 in the objective"),
  demandVolatility: assumed(0.35, 0.05, 1, "year^-0.5", "noise of the use per active human"),
  demandReversion: assumed(0.8, 0, 3, "1/year", "pull of the use per active human to its reference"),
  growthNormal: assumed(0.05, -0.5, 1, "1/year", "growth of the use per active human in normal times"),
  growthBoom: assumed(0.5, 0, 3, "1/year", "likewise, in a boom"),
  growthBust: assumed(-0.35, -2, 0.5, "1/year", "likewise, in a bust"),
  usageMemory: assumed(0.05, 0.01, 0.3, "1/day", "weight of a day in the market's view of usage"),
} satisfies Record<string, ParamSpec>;

const FEES = {
  feePerUse: assumed(
    0.05,
    0,
    1,
    "USD/human/day",
    "what apps pay a day for an active human, in WLD (World ID fees, announced 2025; World Chain gas itself is paid in ETH)",
  ),
  issuerShare: assumed(0.4, 0, 1, "1", "share of fees that credential issuers keep"),
  feeReserve: assumed(0.3, 0, 1, "1", "share of unburned protocol fees that goes to the treasury, the rest funds the network"),
  buyFloatShare: assumed(0.02, 0.001, 0.1, "1/day", "largest share of the float that apps buy in a day"),
} satisfies Record<string, ParamSpec>;

const SELLING = {
  networkSelling: assumed(0.8, 0, 1, "1", "share of their tokens that operators, builders and issuers sell at once"),
  insiderSelling: assumed(0.35, 0, 1, "1", "share of unlocked tokens that team and investors sell at once"),
} satisfies Record<string, ParamSpec>;

const TRUST = {
  trustUnpaid: assumed(0.03, 0, 0.1, "1/day", "credibility lost in a day when no grant is paid"),
  trustFakes: assumed(0.01, 0, 0.1, "1/day", "credibility lost in a day per share of claims by fakes"),
  trustGrant: assumed(
    0.0015,
    0,
    0.05,
    "1/day",
    "credibility lost in a day per unit that the grant lies below the table: a promise broken",
  ),
} satisfies Record<string, ParamSpec>;

/** All parameters, the mature preset. */
export const PARAMS = {
  ...SUPPLY,
  ...VARIANTS,
  ...MARKET,
  ...GRANTS,
  ...ADVERSARY,
  ...PEOPLE,
  ...FEES,
  ...SELLING,
  ...TRUST,
} satisfies Record<string, ParamSpec>;

export type Params = Record<keyof typeof PARAMS, number>;
