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

/** One tier of providers before a step. */
interface Tier {
  readonly capacity: number;
  /** Hardware on order, in units of capacity. */
  readonly ordered: number;
  /** Profit margin over cost as the tier sees it. */
  readonly margin: number;
  /** Capacity at the start, and what a unit of it cost in a day then. */
  readonly start: number;
  readonly cost: number;
}

/** What a tier earns in a step. */
interface TierConditions {
  /** Length of the step. */
  readonly days: number;
  /** Income of a unit of capacity in a day. */
  readonly income: number;
}

/** Next state of one tier; `exits` is the share of its capacity that leaves in a day. */
export function tierStep(
  t: Tier,
  p: TierParams,
  c: TierConditions,
  u: Uses,
): { capacity: number; ordered: number; margin: number; exits: number } {
  // Square-root form of cost * (capacity/start)^elasticity: same slope at 1, no power.
  const unitCost = t.cost * (1 + 2 * p.costElasticity * (Math.sqrt(t.capacity * (1 / t.start)) - 1));
  const seen = t.margin + p.marginMemory * c.days * ((c.income - unitCost) / unitCost - t.margin);
  const appetite = u.saturate(seen * (1 / p.marginScale));
  const exits = p.exitSpeed * Math.max(0, -appetite);
  const entry = p.entrySpeed * t.capacity * Math.max(0, appetite);
  const delivered = t.ordered * (c.days / p.deliveryTime);
  return {
    capacity: Math.max(0.01 * t.start, t.capacity + delivered - t.capacity * c.days * (exits + p.retirement)),
    ordered: t.ordered + entry * c.days - delivered,
    margin: seen,
    exits,
  };
}

/** What providers lease and earn in a step. Money in units of cost: USD per unit and day. */
interface ProviderConditions {
  /** Length of the step. */
  readonly days: number;
  /** Units of capacity leased by users. */
  readonly served: number;
  /** What providers get for a leased unit. */
  readonly price: number;
  /** Incentives for a leased unit and for a unit of capacity. */
  readonly perLease: number;
  readonly perCapacity: number;
  /** Annual volatility of the token that incentives are paid in. */
  readonly volatility: number;
}

/** Both tiers in merit order. Returns the annualised share of capacity that leaves. */
export function providersStep(s: State, p: Params, c: ProviderConditions, u: Uses): number {
  const k1 = s.capacityEfficient;
  const k2 = s.capacityMarginal;
  const q1 = Math.min(p.utilisationMax * k1, (c.served * p.meritWeight * k1) / (p.meritWeight * k1 + k2));
  const q2 = Math.min(p.utilisationMax * k2, c.served - q1);
  const trustInToken = Math.max(0.3, 1 - p.riskAversion * c.volatility);
  const leased = c.price + c.perLease * trustInToken;
  const idle = c.perCapacity * trustInToken;
  const income1 = (q1 / k1) * leased + idle;
  const income2 = (q2 / k2) * leased + idle;
  const efficient = {
    capacity: k1,
    ordered: s.orderedEfficient,
    margin: s.marginEfficient,
    start: p.capacityEfficientStart,
    cost: p.costEfficient,
  };
  const marginal = {
    capacity: k2,
    ordered: s.orderedMarginal,
    margin: s.marginMarginal,
    start: p.capacityMarginalStart,
    cost: p.costMarginal,
  };
  const t1 = u.tierStep(efficient, p, { days: c.days, income: income1 }, u);
  const t2 = u.tierStep(marginal, p, { days: c.days, income: income2 }, u);
  s.capacityEfficient = t1.capacity;
  s.capacityMarginal = t2.capacity;
  s.orderedEfficient = t1.ordered;
  s.orderedMarginal = t2.ordered;
  s.marginEfficient = t1.margin;
  s.marginMarginal = t2.margin;
  return ((k1 * t1.exits + k2 * t2.exits) / (k1 + k2)) * u.DAYS_PER_YEAR;
}

export const PROVIDERS_USES = { ...CALENDAR, saturate, tierStep, providersStep };
