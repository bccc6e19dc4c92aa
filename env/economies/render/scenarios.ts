import { type DRAW_PARAMS_USES, MARKET_SCENARIOS, MARKET_VARYING } from "../../market/scenarios.js";
import type { DrawKey, Scenario } from "../../world.js";
import type { CLASSES } from "./classes.js";
import type { Params } from "./params.js";

/** Parameters that scenarios and `drawParams` change. */
export const VARYING = [
  ...MARKET_VARYING,
  "priceElasticity",
  "deliveryTime",
  "demandVolatility",
  "nodeShare",
  "outageRate",
  "eventReliability",
  "failureAversion",
  "grantGrowth",
] as const satisfies readonly (keyof Params)[];

type Varying = Record<(typeof VARYING)[number], number>;

/** Held out from training. */
export const SCENARIOS = {
  ...MARKET_SCENARIOS,
  shortage: {
    doc: "a boom on day 45 with nodes that take three months to arrive",
    overrides: { deliveryTime: 90, growthShift: 0.8, regimeStart: 1, boomBustChance: 0, eventDay: 45, eventDemand: 0.5 },
  },
  unreliable: {
    doc: "on day 60 consumer nodes lose 30 points of reliability for good, and outages are four times as frequent",
    overrides: { eventDay: 60, eventReliability: 0.3, outageRate: 12 },
  },
  exodus: {
    doc: "nodes get 35 % of the emission instead of 70 %, on day 30 the sector falls by a quarter",
    overrides: { nodeShare: 0.35, eventDay: 30, eventPrice: -0.3 },
  },
} satisfies Record<string, Scenario>;

/** A training world: wide and continuous, so that it covers the named scenarios and equals none of them. Streams +0 to +7. */
export function drawParams(p: Varying, d: DrawKey, u: typeof DRAW_PARAMS_USES): void {
  u.drawMarketParams(p, d, u);
  const a = u.uniform4(d.seed, d.episode, d.day, d.stream + 6);
  p.priceElasticity = u.between(a.a, 0.9, 1.6);
  p.deliveryTime = u.between(a.b, 15, 110) * u.DAY;
  p.demandVolatility = u.between(a.c, 0.25, 0.7) / Math.sqrt(u.YEAR);
  p.nodeShare = u.between(a.d, 0.3, 0.9);
  const b = u.uniform4(d.seed, d.episode, d.day, d.stream + 7);
  p.outageRate = u.between(b.a, 0, 16) / u.YEAR;
  p.eventReliability = u.between(b.b, -0.1, 0.4);
  p.eventReliability = Math.max(0, p.eventReliability);
  p.failureAversion = u.between(b.c, 1.5, 5);
  p.grantGrowth = u.between(b.d, 0, 0.25) / u.YEAR;
}

export const PRESETS = {
  mature: {
    doc: "mature usage: 0.33 M$ of jobs a day on a 1.23 B$ network, emission near what is burned; the default",
    overrides: {},
  },
  "dated-2025-10": {
    doc: "the network of October 2025: 12,125 tokens burned a week, 5.9 M tokens minted a year, a quarter of them for nodes. Fee, burn and emission are noise here",
    overrides: {
      usageReference: 4_339,
      demandReference: 4_550,
      serviceReference: 4_440,
      nodeShare: 0.25,
      grantNormal: 1,
      issuancePriced: 0.01,
      ...classScale(0.028),
    },
  },
  "as-quoted": {
    doc: "as popularly quoted, without a date: 3.8 B$ of market value, 95 M$ traded a day; usage is to market value what it is in the mature preset",
    overrides: {
      priceStart: 7.327,
      turnover: 0.025,
      usageReference: 1_010_000,
      demandReference: 1_059_000,
      serviceReference: 1_034_000,
      ...classScale(3.08),
    },
  },
};

/** Capacities of all classes, scaled with the usage. */
function classScale(factor: number): Readonly<Record<`capacity.${keyof typeof CLASSES}`, number>> {
  return {
    "capacity.datacenter": 110_000 * factor,
    "capacity.studio": 214_000 * factor,
    "capacity.gamer": 178_000 * factor,
    "capacity.bargain": 56_000 * factor,
  };
}
