import { MARKET_PARAMS } from "../../market/core.js";
import { DEMAND_PARAMS } from "../../market/demand.js";
import { adjusted, assumed } from "../../param-spec.js";
import type { ParamSpec } from "../../world.js";

function known(value: number, low: number, high: number, unit: string, source: string, doc: string): ParamSpec {
  return { value, low, high, unit, source, doc };
}

const SUBTENSOR = "opentensor/subtensor";

const MARKET = adjusted(MARKET_PARAMS, {
  issuancePriced: { value: 0.12, source: "3,600 TAO a day of 10.7 M: 12.3 % a year" },
  floatNormal: { value: 0.43, source: "assumption: what root and pools leave at the start" },
  turnover: {
    value: 0.1,
    high: 0.3,
    source: "114 M$ a day of 3.03 B$ on 2025-10-01 (3.8 % of the market value), about 40 % of it liquid",
  },
});

const SUPPLY = {
  supplyStart: known(
    10.7e6,
    1e6,
    20.9e6,
    "TAO",
    "10.5 M at the halving of mid-December 2025, then 3,600 a day",
    "issued at the start; decides emission and how far the next halving is",
  ),
  priceStart: known(270, 1, 5000, "USD/TAO", "2026-03-21", "price at the start"),
  rootStart: known(
    0.53,
    0.1,
    0.7,
    "1",
    "5.7 M of 10.7 M TAO on root (November 2025)",
    "share of supply that is staked on root",
  ),
  poolStart: assumed(0.04, 0.01, 0.2, "1", "share of supply in the subnets' pools at the start"),
  rootSpeed: assumed(0.01, 0, 0.1, "1/day", "speed at which root stake follows its yield"),
  rootSensitivity: assumed(8, 0, 40, "year", "relative rise of root stake per unit of yield above normal"),
  rootYieldNormal: assumed(0.02, 0, 0.2, "1/year", "yield of root stake that its share at the start reflects"),
} satisfies Record<string, ParamSpec>;

const SUBNETS = {
  priceSum: assumed(
    1.2,
    0.1,
    5,
    "TAO/alpha",
    "sum of the subnets' prices at the start; root is paid while the moving prices sum to over 1",
  ),
  alphaWeight: known(
    0.5,
    0.1,
    0.9,
    "1",
    `${SUBTENSOR} pallets/swap: pools start at 0.5`,
    "weight of alpha in a pool at the start; injections move it towards 0.5",
  ),
  alphaStart: assumed(2.6e6, 1e5, 2e7, "alpha", "alpha of a subnet outside of its pool at the start"),
  ageStart: assumed(365, 0, 3650, "day", "age of the subnets at the start; young ones' moving prices are slower"),
  taoWeight: known(
    0.05268,
    0,
    0.5,
    "alpha/TAO",
    `${SUBTENSOR} genesis: 971718665099567868 / 2^64; 0.18 has been quoted for 2025`,
    "weight of a TAO on root compared with an alpha on the subnet",
  ),
  ownerCut: known(11796 / 65535, 0, 0.5, "1", SUBTENSOR, "share of new alpha that goes to the subnet's owner"),
  registrationVariant: known(
    0,
    0,
    1,
    "1",
    `${SUBTENSOR} subnets/registration.rs`,
    "0: a registration buys alpha, its TAO stays in the pool; 1: the older rule, its TAO is recycled",
  ),
  swapFee: known(
    33 / 65535,
    0,
    0.1526,
    "1",
    `${SUBTENSOR} pallets/swap`,
    "share of a payment into a pool that stays there unswapped",
  ),
  spreadStart: assumed(0.3, 0, 0.6, "1", "spread of the subnets' quality at the start, to either side"),
} satisfies Record<string, ParamSpec>;

const PEOPLE = {
  minerSelling: assumed(0.85, 0, 1, "1", "share of their alpha that miners sell at once: they have bills"),
  ownerSelling: assumed(0.5, 0, 1, "1", "share of their alpha that owners sell at once"),
  validatorSelling: assumed(0.25, 0, 1, "1", "share of their alpha that validators and their stakers sell at once"),
  proceedsSelling: assumed(0.7, 0, 1, "1", "share of the TAO out of the pools that is sold for dollars"),
  orderBuying: assumed(0.5, 0, 1, "1", "share of the TAO paid into the pools that is bought for dollars before"),
  rootSelling: assumed(0.4, 0, 1, "1", "share of root dividends that is not staked again"),
  investorSpeed: assumed(
    0.008,
    0,
    0.1,
    "1/day",
    "share of a pool that investors trade in a day at a wide gap to what they think alpha is worth",
  ),
  worthStart: assumed(
    1.7,
    0.5,
    4,
    "1",
    "what investors think alpha is worth at the start over its price: their buying offsets the miners' selling",
  ),
  dollarWorth: assumed(0.7, 0, 1, "1", "share of an alpha's worth that is earned in dollars rather than in TAO"),
  worthDilution: assumed(0.3, 0, 1, "1", "share of the growth of alpha in issue that takes from what an alpha is worth"),
  discovery: assumed(0.03, 0.005, 0.3, "1/day", "speed at which investors learn a subnet's quality"),
  buyFloatShare: assumed(0.02, 0.001, 0.1, "1/day", "largest share of the liquid tokens that goes into pools in a day"),
  slotWorth: assumed(
    0.001,
    0,
    0.05,
    "day",
    "days of all miners' income that a slot is worth to a newcomer: what registrations bid up to",
  ),
} satisfies Record<string, ParamSpec>;

const QUALITY = {
  entrySpeed: assumed(0.02, 0.002, 0.1, "1/day", "speed at which miners' effort rises to what income pays for"),
  exitSpeed: assumed(0.04, 0.002, 0.2, "1/day", "speed at which it falls"),
  qualitySpeed: assumed(0.1, 0.01, 1, "1/day", "speed at which quality follows effort"),
  skillReversion: assumed(
    0.008,
    0,
    0.05,
    "1/day",
    "recovery of what a unit of effort yields on a subnet, at an even share of emission",
  ),
  skillNoise: assumed(0.012, 0, 0.05, "day^-0.5", "noise of it"),
  recoveryRise: assumed(
    2,
    0,
    5,
    "1",
    "how much faster a subnet recovers when it gets nothing than at an even share: whoever games it leaves with the reward",
  ),
  degradeChance: assumed(
    1 / 500,
    0,
    0.05,
    "1/day",
    "chance a day that a subnet degrades: its benchmark is gamed, its team leaves",
  ),
  degradeSize: assumed(0.5, 0, 0.95, "1", "share of its quality that a subnet then loses"),
  qualityNoise: assumed(0.08, 0, 0.5, "1", "noise of the quality that the chain sees"),
  burnBelow: assumed(0.45, 0, 1, "1", "quality below which owners take the incentive away from miners"),
  burnGain: assumed(1.5, 0, 5, "1", "how fast the part taken away rises below that"),
} satisfies Record<string, ParamSpec>;

const HYPE = {
  speculativeShare: assumed(
    0.25,
    0,
    1,
    "1",
    "weight of hype, against quality, in what investors think alpha and TAO are worth",
  ),
  hypeDecay: assumed(0.03, 0.005, 0.2, "1/day", "decay of a subnet's hype"),
  hypeTrend: assumed(0.02, 0, 0.1, "1/day", "hype that a price above its moving price adds"),
  hypeNoise: assumed(0.06, 0, 0.2, "day^-0.5", "noise of hype"),
} satisfies Record<string, ParamSpec>;

const CABAL = {
  kappa: known(32767 / 65535, 0.4, 0.9, "1", SUBTENSOR, "share of stake that consensus needs"),
  weightNoise: assumed(
    0.4,
    0,
    1,
    "1",
    "noise of honest validators' weights, half-width over mean; consensus.md studies 0 to 0.4",
  ),
  foothold: assumed(0.1, 0, 0.5, "1", "share of the honest weight that the cabal's own miners earn by real work"),
  cabalMost: assumed(0.12, 0, 0.48, "1", "stake share that a cabal reaches on a subnet with an even share of emission"),
  cabalSpeed: assumed(0.01, 0, 0.1, "1/day", "speed at which it gets there"),
  trustWaste: assumed(0.02, 0, 0.1, "1/day", "credibility lost in a day when all of the miners' emission is wasted"),
} satisfies Record<string, ParamSpec>;

const SERVICE = {
  demandVolatility: DEMAND_PARAMS.demandVolatility,
  demandReversion: DEMAND_PARAMS.demandReversion,
  growthNormal: DEMAND_PARAMS.growthNormal,
  growthBoom: DEMAND_PARAMS.growthBoom,
  growthBust: DEMAND_PARAMS.growthBust,
  usageMemory: DEMAND_PARAMS.usageMemory,
};

/** All parameters, the mature preset. */
export const PARAMS = { ...SUPPLY, ...MARKET, ...SUBNETS, ...PEOPLE, ...QUALITY, ...HYPE, ...CABAL, ...SERVICE };

export type Params = Record<keyof typeof PARAMS, number>;
