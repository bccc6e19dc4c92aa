import { type DRAW_PARAMS_USES, MARKET_SCENARIOS, MARKET_VARYING } from "../../market/scenarios.js";
import type { DrawKey, Scenario } from "../../world.js";
import type { Params } from "./params.js";

/** Parameters that scenarios and `drawParams` change. */
export const VARYING = [
  ...MARKET_VARYING,
  "deliveryTime",
  "washSpeed",
  "washMost",
  "washGain",
  "washSpread",
  "priceElasticity",
  "collateralStart",
  "demandVolatility",
  "incentiveShare",
] as const satisfies readonly (keyof Params)[];

type Varying = Record<(typeof VARYING)[number], number>;

/** Held out from training. */
export const SCENARIOS = {
  ...MARKET_SCENARIOS,
  wash: {
    doc: "an adversary who farms incentives fast and at no cost but the fee",
    overrides: { washMost: 1, washGain: 25, washSpeed: 0.12, washSpread: 0 },
  },
  shortage: {
    doc: "a boom on day 45 with hardware that takes three months to arrive",
    overrides: { deliveryTime: 90, growthShift: 0.8, regimeStart: 1, boomBustChance: 0, eventDay: 45, eventDemand: 0.5 },
  },
} satisfies Record<string, Scenario>;

/** A training world, on a training market: wide and continuous. */
export function drawParams(p: Varying, d: DrawKey, u: typeof DRAW_PARAMS_USES): void {
  u.drawMarketParams(p, d, u);
  // Numbers of the market's blocks that it leaves unused.
  const c = u.uniform4(d.seed, d.episode, d.day, d.stream + 2);
  p.deliveryTime = u.between(c.d, 20, 110) * u.DAY;
  const e = u.uniform4(d.seed, d.episode, d.day, d.stream + 3);
  p.washSpeed = u.between(e.a, 0.02, 0.14) / u.DAY;
  p.washMost = u.between(e.b, 0, 1);
  p.washGain = u.between(e.c, 2, 30);
  p.washSpread = u.between(e.d, 0, 0.005);
  const g = u.uniform4(d.seed, d.episode, d.day, d.stream + 4);
  p.priceElasticity = u.between(g.c, 0.9, 1.6);
  const h = u.uniform4(d.seed, d.episode, d.day, d.stream + 5);
  p.collateralStart = u.between(h.b, 1.1, 1.8);
  p.demandVolatility = u.between(h.c, 0.25, 0.7) / Math.sqrt(u.YEAR);
  p.incentiveShare = u.between(h.d, 0.3, 0.58);
}

export const PRESETS = {
  mature: {
    doc: "usage grown about fortyfold from 2026-Q1: 0.12 M$ of leases a day on a 285 M$ network; the default",
    overrides: {},
  },
  "dated-2026q1": {
    doc: "the network of 2026-Q1: 253 k$ of leases a quarter. Fee and burn are noise here: all fees are 0.08 % of the market value a year",
    overrides: {
      supplyStart: 278.6e6,
      priceStart: 0.5,
      issuancePriced: 0.06,
      usageReference: 2_811,
      demandReference: 2_694,
      serviceReference: 2_530,
      capacityEfficientStart: 1_874,
      capacityMarginalStart: 1_640,
      incentiveShare: 0.02,
    },
  },
  "as-quoted": {
    doc: "as popularly quoted, without a date: 1.1 B$ of market value, 22 M$ traded a day; usage is to market value what it is in the mature preset",
    overrides: {
      priceStart: 3.86,
      turnover: 0.0472,
      usageReference: 463_000,
      demandReference: 444_000,
      serviceReference: 417_000,
      capacityEfficientStart: 309_000,
      capacityMarginalStart: 270_000,
    },
  },
};
