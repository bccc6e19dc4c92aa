import type { WorldUses } from "../../world.js";
import type { Leases } from "./leases.js";
import type { Params } from "./params.js";
import type { Applied, Flows, Shocks, State } from "./records.js";
import type { Issue, Settlement } from "./settle.js";

/** The payment system in force: burn-mint with a vault, or the take module before it. Uses: `settleVault`, `settleDirect`. */
export function settle(s: State, p: Params, a: Applied, l: Leases, days: number, u: WorldUses): Settlement {
  if (p.feeVariant > 0.5) return u.settleDirect(s, p, a, l, days, u);
  return u.settleVault(s, p, a, l, days, u);
}

/** Wash leases, both tiers of providers and the auction react to what was leased and paid; fills the flows of the service side. */
export function serviceSide(
  s: State,
  p: Params,
  a: Applied,
  f: Flows,
  l: Leases,
  m: Settlement,
  i: Issue,
  days: number,
  u: WorldUses,
): void {
  const served = l.served * m.paid;
  const wash = l.wash * m.paid;
  const leased = served + wash;
  const billed = Math.max(leased, 0.001 * p.serviceReference);
  const capacity = s.capacityEfficient + s.capacityMarginal;
  const perLeased = 1 / billed;
  const incentives = i.incentives * s.price * (1 / days);
  const perLease = p.leaseIncentive * incentives * perLeased;
  const perCapacity = ((1 - p.leaseIncentive) * incentives) / capacity;
  const received = m.earned * s.price * (1 / days) * perLeased;
  const volatility = Math.sqrt(s.realisedVariance);
  u.washStep(s, p, l, a.fee, perLease, Math.max(0, l.capacity - served), days, u);
  f.exits = u.providersStep(s, p, served, received, perLease, perCapacity, volatility, days, u);
  const target = u.auctionPrice(1 - served / l.capacity, p.mostBids, p.costLow, p.costHigh, p.tenantKeenness);
  s.leasePrice = s.leasePrice + p.auctionSpeed * days * (target - s.leasePrice);
  s.utilization = leased / capacity;
  s.utilizationSlow = s.utilizationSlow + p.slowMemory * days * (s.utilization - s.utilizationSlow);
  s.capacitySlow = s.capacitySlow + p.slowMemory * days * (capacity - s.capacitySlow);
  u.usageStep(s, p, served * l.tenantPrice, days);
  f.service = served * (1 / p.serviceReference);
  f.spend = leased * l.tenantPrice * days;
  f.unserved = 1 - served / Math.max(l.wanted, 0.001 * p.serviceReference);
  f.washShare = wash * perLeased;
  f.washLeak = p.leaseIncentive * f.washShare;
}

/** Collateral ratio and mint halt at the new price; the take module has neither. */
export function collateralStep(s: State, p: Params, f: Flows, u: WorldUses): void {
  const dust = 0.01 * u.DAY * p.usageReference;
  const ratio = u.collateralRatio(s.vault, s.price, s.credits, dust, u.COLLATERAL_MOST);
  s.collateral = p.feeVariant > 0.5 ? u.COLLATERAL_MOST : ratio;
  s.halted = p.feeVariant > 0.5 ? 0 : u.mintHalted(s.halted, ratio, p.haltRatio, p.restartRatio);
  f.mintStatus = s.halted > 0.5 ? 2 : u.mintStatus(s.collateral, p.warnRatio, p.haltRatio);
}

/** One control step. Right-hand sides are the last step's values unless already updated above. */
export function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: WorldUses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const liquid = s.liquid;
  const supply = s.supply;
  const policyMove = a.issuance - s.issuance;
  f.move = u.moveSize(s, a, u);

  const l = u.lease(s, p, a.fee, u);
  const m = u.settle(s, p, a, l, days, u);
  const i = u.issue(s, p, a, m, days, years, u);
  u.serviceSide(s, p, a, f, l, m, i, days, u);
  const growth = u.byRegime(s.regime, p.growthNormal, p.growthBoom, p.growthBust) + p.growthShift;
  u.adoptionStep(s, p, growth, a.fee, f.unserved, z.demand, u.eventNow(s, p, days) * p.eventDemand, days, years, u);
  const stakers = u.stakeStep(s, p, i.rewards, liquid, days, u);
  const trades = {
    bought: m.bought + stakers.bought,
    sold: p.providerSelling * (m.earned + i.incentives) + stakers.sold,
    liquid,
    rewards: i.rewards,
    minted: i.minted,
    burned: m.burned,
    supply,
    logUsage: s.logUsage,
    locked: s.bonded / s.supply,
    lockedStart: p.bondedStart,
    trustLoss: s.halted > 0.5 ? p.trustHalt : p.trustUnserved * f.unserved,
    policyMove,
  };
  u.tradeStep(s, p, z, f, trades, days, u);
  u.collateralStep(s, p, f, u);

  s.issuance = a.issuance;
  s.burnShare = a.burnShare;
  s.fee = a.fee;
  f.shortfall = m.shortfall;
}

/** Mean square of the actions' moves over their limits. */
export function moveSize(s: State, a: Applied, u: WorldUses): number {
  const issuance = (a.issuance - s.issuance) * (1 / u.MOVE_ISSUANCE);
  const burnShare = (a.burnShare - s.burnShare) * (1 / u.MOVE_BURN_SHARE);
  const fee = (a.fee - s.fee) * (1 / u.MOVE_FEE);
  return (issuance * issuance + burnShare * burnShare + fee * fee) * (1 / 3);
}
