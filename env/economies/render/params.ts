import { MARKET_PARAMS } from "../../market/core.js";
import { DEMAND_PARAMS } from "../../market/demand.js";
import { PROVIDERS_PARAMS } from "../../market/providers.js";
import { RENDER_ISSUANCE_BUDGET, renderYearEmission } from "../../mechanisms/render-schedule.js";
import { adjusted, assumed } from "../../param-spec.js";
import type { ParamSpec } from "../../world.js";
import { CLASS_PARAMS } from "./classes.js";

function sourced(value: number, low: number, high: number, unit: string, source: string, doc: string): ParamSpec {
  return { value, low, high, unit, source, doc };
}

const MARKET = adjusted(MARKET_PARAMS, {
  turnover: {
    value: 0.025,
    source: "quoted: 95 M$ traded a day on 3.8 B$ of market value, no date",
  },
  issuancePriced: {
    value: 0,
    low: -0.1,
    source: "assumption: at the start about as much is minted as burned",
  },
  lockElasticity: {
    value: 0,
    source: "definition: RENDER is not staked",
    doc: "log value per unit of locked share; nothing is locked",
  },
  floatNormal: {
    value: 0.98,
    high: 1,
    source: "definition: all but treasury and unpaid rewards can be traded",
    doc: "tradable share of the supply at which depth is normal",
  },
  usageElasticity: {
    value: MARKET_PARAMS.usageElasticity.value,
    source: "assumption",
    doc: "elasticity of the token's value to what users pay; how much of service reaches holders",
  },
});

const DEMAND = adjusted(DEMAND_PARAMS, {
  demandReference: { value: 344_000, source: "assumption: five eighths of the capacity are used at the start" },
  usageReference: {
    value: 328_000,
    source: "assumption: about 75 times the usage of late 2025 (12,125 tokens burned a week at 2.38 $, RNP-020)",
    doc: "what users pay in a day that the starting price reflects",
  },
  priceElasticity: { value: 1.2, source: "assumption" },
  feeNormal: { value: 0, low: -0.4, source: "definition: growth is measured at the list price" },
  feeAdoption: { value: 0.4, source: "assumption" },
});

const {
  costElasticity,
  deliveryTime,
  entrySpeed,
  exitSpeed,
  retirement,
  marginMemory,
  marginScale,
  utilisationMax,
  riskAversion,
} = PROVIDERS_PARAMS;

const TOKEN = {
  supplyStart: sourced(
    518.6e6,
    1e6,
    644e6,
    "RENDER",
    "circulating supply on 2025-10-23",
    "supply at the start; issuance is a share of it",
  ),
  priceStart: sourced(2.38, 0.01, 100, "USD/RENDER", "price on 2025-10-23", "price at the start"),
  budgetLeft: sourced(
    RENDER_ISSUANCE_BUDGET - renderYearEmission(1) - renderYearEmission(2),
    0,
    RENDER_ISSUANCE_BUDGET,
    "RENDER",
    "RNP-001: 107,374,182, less 9,126,804 of 2024 (RNP-006) and 5,905,584 of 2025 (RNP-022)",
    "tokens that may still be issued; after that burned tokens are minted again",
  ),
  recycleShare: assumed(
    0.5,
    0,
    1,
    "1",
    "share of an epoch's emission that may be burned tokens minted again, once the budget is spent (RNP-001: some percentage)",
  ),
  networkFee: sourced(
    0.05,
    0,
    0.3,
    "1",
    "RNP-006, restated in RNP-019 and RNP-021",
    "share of payments that the foundation keeps",
  ),
  nodeShare: assumed(
    0.7,
    0.05,
    1,
    "1",
    "share of the emission that nodes get, the rest to the treasury; 25 % in 2026 (RNP-022)",
  ),
  availabilityShare: sourced(
    2800 / 17_800,
    0,
    1,
    "1",
    "RNP-022: 2,800 of 17,800 tokens a week",
    "share of the nodes' emission that is paid for being available",
  ),
  epochDays: sourced(
    7,
    1,
    30,
    "day",
    "RNP-013: weekly epochs",
    "days between two payments to nodes, and between two emission levels",
  ),
  emissionVariant: sourced(
    0,
    0,
    1,
    "1",
    "RNP-001: emission may not be a function of burned tokens; 1 is how it is often told",
    "0 the emission is what the controller set, 1 it is what the epoch before burned, at most that",
  ),
  treasuryStart: sourced(6.89e6, 0, 1e8, "RENDER", "RNP-022: 4.91 M network and 1.98 M foundation", "treasury at the start"),
  treasuryTime: assumed(300, 30, 3650, "day", "mean time until a token of the treasury is spent"),
  treasurySelling: assumed(0.6, 0, 1, "1", "share of the treasury's spending that is sold at once"),
  nodeHolding: assumed(4, 1, 60, "day", "mean time that nodes hold what they earned"),
  nodeSelling: assumed(0.85, 0, 1, "1", "share of what nodes let go that is sold"),
  buyFloatShare: assumed(0.02, 0.001, 0.1, "1/day", "largest share of the float that users buy in a day"),
  burnAccrual: assumed(
    0.5,
    0,
    1,
    "1",
    "part of the token's value that follows what is burned of the payments, the rest follows the payments; 95 % burned is normal",
  ),
  grantShare: sourced(
    1 / 3,
    0,
    1,
    "1",
    "RNP-022: 25 points of grants and 50 of operations",
    "share of the treasury's spending that is grants",
  ),
  grantNormal: assumed(0.1, 0.001, 1, "1", "grants over usage that normal growth reflects"),
  grantGrowth: assumed(0.12, 0, 0.5, "1/year", "growth of demand that plenty of grants add, or none of them cost"),
} satisfies Record<string, ParamSpec>;

const SERVICE = {
  congestion: assumed(1, 0, 5, "1", "waiting time at full load over that of idle nodes, less 1"),
  failureAversion: assumed(3, 0, 10, "1", "log demand lost when all jobs fail"),
  latencyAversion: assumed(0.15, 0, 1, "1", "log demand lost per unit of relative waiting time"),
  qualityNormal: assumed(-0.34, -3, 0, "1", "experience of users that the reference demand reflects"),
  qualityMemory: assumed(0.05, 0.01, 0.5, "1/day", "weight of a day in the users' experience"),
  trustUnserved: assumed(0.03, 0, 0.1, "1/day", "credibility lost in a day when nobody is served"),
  trustFailed: assumed(0.02, 0, 0.1, "1/day", "credibility lost in a day when every job fails"),
  serviceReference: assumed(336_000, 1, 1e8, "unit", "finished work whose logarithm is 0 in the objective"),
  utilizationStart: assumed(0.65, 0.2, 0.95, "1", "load at the start, also the load at which a class asks its list price"),
  slowMemory: assumed(0.03, 0.01, 0.1, "1/day", "weight of a day in the slow means of utilisation and capacity"),
} satisfies Record<string, ParamSpec>;

const NODES = {
  costElasticity,
  deliveryTime: { ...deliveryTime, value: 30, low: 5 },
  entrySpeed,
  exitSpeed,
  retirement,
  marginMemory,
  marginScale,
  utilisationMax: { ...utilisationMax, doc: "share of the capacity of a class that can be at work at most" },
  riskAversion,
  energyCost: assumed(0.12, 0, 1, "USD/unit/day", "cost of a unit of work besides owning the node"),
  askSpeed: assumed(0.05, 0.005, 0.5, "1/day", "speed at which asks follow load"),
  askSlope: assumed(0.8, 0, 3, "1", "rise of the ask, relative to normal, per unit of load above normal"),
  neglect: assumed(0.15, 0, 1, "1", "reliability lost per unit of negative margin: unpaid operators neglect their nodes"),
  reliabilitySpeed: assumed(0.06, 0.005, 0.5, "1/day", "speed at which reliability returns to what its class affords"),
  outageRate: assumed(3, 0, 30, "1/year", "outages a year that hit one class of nodes"),
  outageDepth: assumed(0.25, 0, 0.6, "1", "reliability lost in an outage"),
  eventReliability: assumed(
    0,
    0,
    0.6,
    "1",
    "reliability that gamer and bargain nodes lose on the event's day and do not regain",
  ),
} satisfies Record<string, ParamSpec>;

/** All parameters, the mature preset. */
export const PARAMS = {
  ...MARKET,
  ...DEMAND,
  ...TOKEN,
  ...SERVICE,
  ...NODES,
  ...CLASS_PARAMS,
} satisfies Record<string, ParamSpec>;

/** Beside the known names, the parameters of a class of nodes are read as `p["ask." + name]`. */
export type Params = Record<keyof typeof PARAMS, number> & Record<string, number>;
