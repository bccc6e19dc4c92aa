import { uniform4 } from "../../core/random.js";
import type { DrawKey, Scenario } from "../world.js";
import { CALENDAR } from "./calendar.js";

/** Parameters of the market that scenarios and the draw of a training world change. */
export const MARKET_VARYING = [
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
  "usageElasticity",
  "issuanceHorizon",
  "impactStrength",
  "leverageMax",
] as const;

/** Held out from training. */
export const MARKET_SCENARIOS = {
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
} satisfies Record<string, Scenario>;

type Varying = Record<(typeof MARKET_VARYING)[number], number>;
type Uses = typeof DRAW_PARAMS_USES;

/**
 * A training market: wide and continuous, so that it covers the named scenarios and equals none of them. Half of the events lie
 * within a year. Streams +0 to +5.
 */
function drawMarketParams(p: Varying, d: DrawKey, u: Uses): void {
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
  const g = u.uniform4(d.seed, d.episode, d.day, d.stream + 4);
  p.usageElasticity = u.between(g.a, 0.25, 0.65);
  p.issuanceHorizon = u.between(g.b, 1, 2.6) * u.YEAR;
  p.impactStrength = u.between(g.d, 0.6, 1.3) / u.DAY;
  const h = u.uniform4(d.seed, d.episode, d.day, d.stream + 5);
  p.leverageMax = u.between(h.a, 0, 0.12);
}

/** `low` to `high` for a uniform number. */
function between(uniform: number, low: number, high: number): number {
  return low + (high - low) * uniform;
}

export const DRAW_PARAMS_USES = { ...CALENDAR, uniform4, between, drawMarketParams };
