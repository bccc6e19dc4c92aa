import type { DrawKey, Scenario, WorldUses } from "../../world.js";
import type { Params } from "./params.js";

/** Parameters that scenarios and `drawParams` change. */
export const VARYING = [
  "volatilityScale",
  "driftShift",
  "growthShift",
  "regimeStart",
  "boomChance",
  "bustChance",
  "boomEndChance",
  "boomBustChance",
  "eventDay",
  "eventPrice",
  "eventDemand",
  "deliveryTime",
  "washSpeed",
  "washMost",
  "washGain",
  "washSpread",
  "usageElasticity",
  "issuanceHorizon",
  "priceElasticity",
  "impactStrength",
  "leverageMax",
  "collateralStart",
  "demandVolatility",
  "incentiveShare",
] as const satisfies readonly (keyof Params)[];

type Varying = Record<(typeof VARYING)[number], number>;

/** Held out from training. */
export const SCENARIOS = {
  base: { doc: "the parameters as they are", overrides: {} },
  calm: { doc: "no booms or busts, lower volatility", overrides: { boomChance: 0, bustChance: 0, volatilityScale: 0.7 } },
  growth: {
    doc: "a long boom of adoption",
    overrides: { regimeStart: 1, growthShift: 0.5, boomEndChance: 1 / 240, boomBustChance: 0 },
  },
  crash: {
    doc: "on day 90 the sector falls by 42 % and demand by 14 %",
    overrides: { eventDay: 90, eventPrice: -0.55, eventDemand: -0.15, volatilityScale: 1.15 },
  },
  collapse: {
    doc: "on day 60 half of the demand leaves and does not come back",
    overrides: { eventDay: 60, eventDemand: -0.7, eventPrice: -0.25, growthShift: -0.2 },
  },
  vol150: { doc: "twice the variance", overrides: { volatilityScale: 2 } },
  wash: {
    doc: "an adversary who farms incentives fast and at no cost but the fee",
    overrides: { washMost: 1, washGain: 25, washSpeed: 0.12, washSpread: 0 },
  },
  shortage: {
    doc: "a boom on day 45 with hardware that takes three months to arrive",
    overrides: { deliveryTime: 90, growthShift: 0.8, regimeStart: 1, boomBustChance: 0, eventDay: 45, eventDemand: 0.5 },
  },
} satisfies Record<string, Scenario>;

/**
 * A training world: wide and continuous, so that it covers the named scenarios and equals none of them. Half of the events lie
 * within a year. Uses: `uniform4`, `between`, `DAY`, `YEAR`.
 */
export function drawParams(p: Varying, d: DrawKey, u: WorldUses): void {
  const a = u.uniform4(d.seed, d.episode, d.day, d.stream);
  p.volatilityScale = Math.exp(u.between(a.a, -0.7, 0.9));
  p.driftShift = u.between(a.b, -0.3, 0.3) / u.YEAR;
  p.growthShift = u.between(a.c, -0.5, 1) / u.YEAR;
  p.regimeStart = a.d < 0.5 ? 0 : a.d < 0.8 ? 1 : 2;
  const b = u.uniform4(d.seed, d.episode, d.day, d.stream + 1);
  p.boomChance = u.between(b.a, 0, 0.008) / u.DAY;
  p.bustChance = u.between(b.b, 0, 0.006) / u.DAY;
  p.boomEndChance = u.between(b.c, 0.002, 0.018) / u.DAY;
  p.boomBustChance = u.between(b.d, 0, 0.008) / u.DAY;
  const c = u.uniform4(d.seed, d.episode, d.day, d.stream + 2);
  p.eventDay = u.between(c.a, 0, 730) * u.DAY;
  p.eventPrice = u.between(c.b, -0.9, 0.3);
  p.eventDemand = u.between(c.c, -0.9, 0.7);
  p.deliveryTime = u.between(c.d, 20, 110) * u.DAY;
  const e = u.uniform4(d.seed, d.episode, d.day, d.stream + 3);
  p.washSpeed = u.between(e.a, 0.02, 0.14) / u.DAY;
  p.washMost = u.between(e.b, 0, 1);
  p.washGain = u.between(e.c, 2, 30);
  p.washSpread = u.between(e.d, 0, 0.005);
  const g = u.uniform4(d.seed, d.episode, d.day, d.stream + 4);
  p.usageElasticity = u.between(g.a, 0.25, 0.65);
  p.issuanceHorizon = u.between(g.b, 1, 2.6) * u.YEAR;
  p.priceElasticity = u.between(g.c, 0.9, 1.6);
  p.impactStrength = u.between(g.d, 0.6, 1.3) / u.DAY;
  const h = u.uniform4(d.seed, d.episode, d.day, d.stream + 5);
  p.leverageMax = u.between(h.a, 0, 0.12);
  p.collateralStart = u.between(h.b, 1.1, 1.8);
  p.demandVolatility = u.between(h.c, 0.25, 0.7) / Math.sqrt(u.YEAR);
  p.incentiveShare = u.between(h.d, 0.3, 0.58);
}

/** `low` to `high` for a uniform number. */
export function between(uniform: number, low: number, high: number): number {
  return low + (high - low) * uniform;
}

export const PRESETS = {
  mature: { doc: "mature usage: 0.12 M$ of leases a day on a 285 M$ network; the default", overrides: {} },
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
};
