import { saturate } from "../../market/curves.js";
import { DEMAND_USES } from "../../market/demand.js";
import type { Params } from "./params.js";
import type { State } from "./records.js";

type Uses = typeof LEASE_USES;

/** What is leased in a step, at what prices. */
export interface Leases {
  /** What a tenant pays per unit and day. */
  readonly tenantPrice: number;
  /** What a provider gets per unit and day. */
  readonly providerPrice: number;
  readonly wanted: number;
  readonly served: number;
  readonly wash: number;
  readonly capacity: number;
}

/**
 * Demand meets capacity at yesterday's auction price. With burn-mint the fee comes on top of the price and tenants live off their
 * escrow while minting is halted; with the take module the fee comes off the payment.
 */
function lease(s: State, p: Params, fee: number, u: Uses): Leases {
  const tenantPrice = p.feeVariant > 0.5 ? s.leasePrice : s.leasePrice * (1 + fee);
  const providerPrice = p.feeVariant > 0.5 ? s.leasePrice * (1 - fee) : s.leasePrice;
  const wanted = u.demandAt(s, p, tenantPrice * (1 / u.LEASE_UNIT), s.trust);
  const capacity = p.utilisationMax * (s.capacityEfficient + s.capacityMarginal);
  const possible = Math.min(wanted, capacity);
  const served = s.halted > 0.5 ? Math.min(possible, (p.escrowDraw * s.credits) / tenantPrice) : possible;
  // Wash leases take idle capacity only, and need credits that cannot be minted while halted.
  const wash = s.halted > 0.5 ? 0 : Math.min(s.wash, Math.max(0, capacity - served));
  return { tenantPrice, providerPrice, wanted, served, wash, capacity };
}

/** What wash leases go by in a step. */
type Farming = {
  /** Incentive paid per lease, USD/unit/day. */
  readonly perLease: number;
  readonly fee: number;
  readonly providerPrice: number;
  /** Capacity that nobody else leases. */
  readonly idle: number;
};

/** Wash leases farm the part of the incentive that is paid per lease when it exceeds their fee. */
function washStep(s: State, p: Params, farming: Farming, u: Uses): void {
  const gain = farming.perLease - (farming.fee + p.washSpread) * farming.providerPrice;
  const wanted = p.washMost * farming.idle * u.saturate((p.washGain * Math.max(0, gain)) / s.leasePrice);
  s.wash = s.wash + p.washSpeed * p.stepDays * (wanted - s.wash);
}

export const LEASE_USES = { ...DEMAND_USES, saturate, lease, washStep, LEASE_UNIT: 1 };
export const LEASE_USE_UNITS = { LEASE_UNIT: "USD/unit/day" } as const;
