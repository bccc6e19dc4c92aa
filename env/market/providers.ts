import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";
import { saturate } from "./curves.js";

export const PROVIDERS_STATE = {
  capacityEfficient: { unit: "unit", doc: "capacity of the efficient tier", scale: 1e5 },
  capacityMarginal: { unit: "unit", doc: "capacity of the marginal tier", scale: 1e5 },
  orderedEfficient: { unit: "unit", doc: "hardware on order, efficient tier", scale: 1e4 },
  orderedMarginal: { unit: "unit", doc: "hardware on order, marginal tier", scale: 1e4 },
  marginEfficient: { unit: "1", doc: "profit margin over cost as the efficient tier sees it" },
  marginMarginal: { unit: "1", doc: "profit margin over cost as the marginal tier sees it" },
} satisfies RecordSpec;

export const PROVIDERS_PARAMS = {
  capacityEfficientStart: assumed(80_000, 1, 1e8, "unit", "capacity of the efficient tier at the start"),
  capacityMarginalStart: assumed(70_000, 1, 1e8, "unit", "capacity of the marginal tier at the start"),
  costEfficient: assumed(0.78, 0.3, 1.5, "USD/unit/day", "cost of the efficient tier at its starting capacity"),
  costMarginal: assumed(0.88, 0.3, 1.5, "USD/unit/day", "cost of the marginal tier at its starting capacity"),
  costElasticity: assumed(0.3, 0, 0.5, "1", "rise of cost with the tier's own capacity; 0 lets one tier die out"),
  meritWeight: assumed(1.15, 1, 3, "1", "preference of tenants for the efficient tier"),
  deliveryTime: assumed(35, 20, 120, "day", "mean time from order to working hardware"),
  entrySpeed: assumed(0.009, 0.001, 0.05, "1/day", "most capacity ordered in a day, as a share of the tier"),
  exitSpeed: assumed(0.012, 0.001, 0.05, "1/day", "most capacity that leaves in a day, as a share of the tier"),
  retirement: assumed(0.0007, 0, 0.005, "1/day", "hardware that wears out"),
  marginMemory: assumed(0.05, 0.01, 0.3, "1/day", "weight of a day in the perceived margin"),
  marginScale: assumed(0.45, 0.1, 1, "1", "margin at which entry and exit are near their most"),
  utilisationMax: assumed(0.95, 0.8, 1, "1", "share of capacity that can be leased at most"),
  riskAversion: assumed(0.3, 0, 1, "year^0.5", "discount on token income per unit of annual volatility"),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof typeof PROVIDERS_STATE, number>;
type Params = Record<keyof typeof PROVIDERS_PARAMS, number>;
type Uses = typeof PROVIDERS_USES;

type TierParams = Pick<
  Params,
  "costElasticity" | "marginMemory" | "marginScale" | "exitSpeed" | "entrySpeed" | "deliveryTime" | "retirement"
>;

/** Next state of one tier; `exits` is the share of its capacity that leaves in a day. */
export function tierStep(
  p: TierParams,
  capacity: number,
  ordered: number,
  margin: number,
  start: number,
  cost: number,
  income: number,
  days: number,
  u: Uses,
): { capacity: number; ordered: number; margin: number; exits: number } {
  // Square-root form of cost * (capacity/start)^elasticity: same slope at 1, no power.
  const unitCost = cost * (1 + 2 * p.costElasticity * (Math.sqrt(capacity * (1 / start)) - 1));
  const seen = margin + p.marginMemory * days * ((income - unitCost) / unitCost - margin);
  const appetite = u.saturate(seen * (1 / p.marginScale));
  const exits = p.exitSpeed * Math.max(0, -appetite);
  const entry = p.entrySpeed * capacity * Math.max(0, appetite);
  const delivered = ordered * (days / p.deliveryTime);
  return {
    capacity: Math.max(0.01 * start, capacity + delivered - capacity * days * (exits + p.retirement)),
    ordered: ordered + entry * days - delivered,
    margin: seen,
    exits,
  };
}

/**
 * Both tiers in merit order. `served` is leased by users, `price` is what providers get per leased unit, `perLease` and
 * `perCapacity` are incentives per leased unit and per unit of capacity. Returns the annualised share of capacity that leaves.
 */
export function providersStep(
  s: State,
  p: Params,
  served: number,
  price: number,
  perLease: number,
  perCapacity: number,
  volatility: number,
  days: number,
  u: Uses,
): number {
  const k1 = s.capacityEfficient;
  const k2 = s.capacityMarginal;
  const q1 = Math.min(p.utilisationMax * k1, (served * p.meritWeight * k1) / (p.meritWeight * k1 + k2));
  const q2 = Math.min(p.utilisationMax * k2, served - q1);
  const trustInToken = Math.max(0.3, 1 - p.riskAversion * volatility);
  const leased = price + perLease * trustInToken;
  const idle = perCapacity * trustInToken;
  const income1 = (q1 / k1) * leased + idle;
  const income2 = (q2 / k2) * leased + idle;
  const t1 = u.tierStep(
    p,
    k1,
    s.orderedEfficient,
    s.marginEfficient,
    p.capacityEfficientStart,
    p.costEfficient,
    income1,
    days,
    u,
  );
  const t2 = u.tierStep(p, k2, s.orderedMarginal, s.marginMarginal, p.capacityMarginalStart, p.costMarginal, income2, days, u);
  s.capacityEfficient = t1.capacity;
  s.capacityMarginal = t2.capacity;
  s.orderedEfficient = t1.ordered;
  s.orderedMarginal = t2.ordered;
  s.marginEfficient = t1.margin;
  s.marginMarginal = t2.margin;
  return ((k1 * t1.exits + k2 * t2.exits) / (k1 + k2)) * u.DAYS_PER_YEAR;
}

export const PROVIDERS_USES = { ...CALENDAR, saturate, tierStep, providersStep };
