import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";

export const DEMAND_STATE = {
  demand: { unit: "1", doc: "log of latent demand over its reference" },
  usage: { unit: "USD/day", doc: "exponential mean of what users really spend", scale: 1e5 },
  logUsage: { unit: "1", doc: "log of usage over its reference" },
} satisfies RecordSpec;

export const DEMAND_PARAMS = {
  demandReference: assumed(115_000, 1, 1e8, "unit", "latent demand at a price of 1 USD per unit and day"),
  usageReference: assumed(120_000, 1, 1e8, "USD/day", "lease spend that the starting price reflects"),
  priceElasticity: assumed(1.25, 0.7, 1.8, "1", "elasticity of demand to what users pay; decides whether a fee pays"),
  demandVolatility: assumed(0.45, 0.1, 1, "year^-0.5", "noise of adoption"),
  demandReversion: assumed(0.6, 0, 3, "1/year", "pull of latent demand to its reference"),
  growthNormal: assumed(0.1, -0.5, 1, "1/year", "growth of latent demand in normal times"),
  growthBoom: assumed(0.75, 0, 3, "1/year", "growth of latent demand in a boom"),
  growthBust: assumed(-0.5, -2, 0.5, "1/year", "growth of latent demand in a bust"),
  unservedChurn: assumed(0.008, 0, 0.05, "1/day", "demand lost a day when nobody is served"),
  feeAdoption: assumed(0.6, 0, 3, "1/year", "growth lost per unit of fee above normal: users drift to cheaper clouds"),
  feeNormal: assumed(0.12, 0, 0.4, "1", "fee that normal growth already reflects"),
  trustDemand: assumed(0.4, 0, 1, "1", "share of demand lost when trust is gone"),
  usageMemory: assumed(0.05, 0.01, 0.3, "1/day", "weight of a day in usage"),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof typeof DEMAND_STATE, number>;
type Params = Record<keyof typeof DEMAND_PARAMS, number>;
type Uses = typeof DEMAND_USES;

/** What users want at `price` (in units of the reference price). */
export function demandAt(s: State, p: Params, price: number, trust: number): number {
  const wish = Math.exp(s.demand - p.priceElasticity * Math.log(price));
  return p.demandReference * wish * (1 - p.trustDemand * (1 - trust));
}

/** What adoption meets in a step. */
interface AdoptionConditions {
  /** Length of the step, days. */
  readonly days: number;
  /** Growth of latent demand in the regime, 1/year. */
  readonly growth: number;
  /** Fee that users pay, over the list price. */
  readonly fee: number;
  /** Share of demand that was not served. */
  readonly unserved: number;
  /** Noise of variance 1. */
  readonly shock: number;
  /** Jump of log demand by an event. */
  readonly event: number;
}

/** Adoption: growth, fee, unserved users, noise and an event. */
export function adoptionStep(s: State, p: Params, c: AdoptionConditions, u: Uses): void {
  const years = c.days / u.DAYS_PER_YEAR;
  const ito = 0.5 * p.demandVolatility * p.demandVolatility;
  const rate = c.growth - ito - p.feeAdoption * (c.fee - p.feeNormal) - p.demandReversion * s.demand;
  const noise = p.demandVolatility * Math.sqrt(years) * c.shock;
  s.demand = u.clamp(s.demand + years * rate - p.unservedChurn * c.days * c.unserved + noise + c.event, -7, 4);
}

/** Usage follows what was spent in the step. */
export function usageStep(s: State, p: Params, spendRate: number, days: number): void {
  s.usage = s.usage + p.usageMemory * days * (spendRate - s.usage);
  s.logUsage = Math.log(Math.max(s.usage * (1 / p.usageReference), 1e-4));
}

export const DEMAND_USES = { ...CALENDAR, clamp, demandAt, adoptionStep, usageStep };
