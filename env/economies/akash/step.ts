import { MARKET_USES } from "../../market/core.js";
import { DEMAND_USES } from "../../market/demand.js";
import { leverUses, squaredMoves } from "../../market/moves.js";
import { PROVIDERS_USES } from "../../market/providers.js";
import { STAKING_USES } from "../../market/staking.js";
import { collateralRatio, mintHalted, mintStatus } from "../../mechanisms/burn-mint.js";
import { auctionPrice } from "../../mechanisms/reverse-auction.js";
import { LEASE_USES, type Leases } from "./leases.js";
import type { Params } from "./params.js";
import { ACTIONS, type Applied, type Flows, type Shocks, type State } from "./records.js";
import { COLLATERAL_MAX } from "./reset.js";
import { type Issue, SETTLE_USES, type Settlement } from "./settle.js";

type Uses = typeof STEP_USES;

/** The payment system in force: burn-mint with a vault, or the take module before it. */
function settle(s: State, p: Params, a: Applied, l: Leases, u: Uses): Settlement {
  if (p.feeVariant > 0.5) return u.settleDirect(s, p, a, l, u);
  return u.settleVault(s, p, a, l, u);
}

/** What was leased in a step, at what fee, and who was paid for it. */
type Outcome = {
  readonly fee: number;
  readonly leases: Leases;
  readonly settlement: Settlement;
  readonly issue: Issue;
};

/** Wash leases, both tiers of providers and the auction react to what was leased and paid; fills the flows of the service side. */
function serviceSide(s: State, p: Params, f: Flows, outcome: Outcome, u: Uses): void {
  const { leases, settlement } = outcome;
  const days = p.stepDays;
  const served = leases.served * settlement.paid;
  const wash = leases.wash * settlement.paid;
  const leased = served + wash;
  const billed = Math.max(leased, 0.001 * p.serviceReference);
  const capacity = s.capacityEfficient + s.capacityMarginal;
  const perLeased = 1 / billed;
  const incentives = outcome.issue.incentives * s.price * (1 / days);
  const perLease = p.leaseIncentive * incentives * perLeased;
  const perCapacity = ((1 - p.leaseIncentive) * incentives) / capacity;
  const received = settlement.earned * s.price * (1 / days) * perLeased;
  const volatility = Math.sqrt(s.realisedVariance);
  const idle = Math.max(0, leases.capacity - served);
  u.washStep(s, p, { perLease, fee: outcome.fee, providerPrice: leases.providerPrice, idle }, u);
  f.exits = u.providersStep(s, p, { days, served, price: received, perLease, perCapacity, volatility }, u);
  const target = u.auctionPrice(1 - served / leases.capacity, p.mostBids, p.costLow, p.costHigh, p.tenantKeenness);
  s.leasePrice = s.leasePrice + p.auctionSpeed * days * (target - s.leasePrice);
  s.utilization = leased / capacity;
  s.utilizationSlow = s.utilizationSlow + p.slowMemory * days * (s.utilization - s.utilizationSlow);
  s.capacitySlow = s.capacitySlow + p.slowMemory * days * (capacity - s.capacitySlow);
  u.usageStep(s, p, served * leases.tenantPrice, days);
  f.service = served * (1 / p.serviceReference);
  f.spend = leased * leases.tenantPrice * days;
  f.unserved = 1 - served / Math.max(leases.wanted, 0.001 * p.serviceReference);
  f.washShare = wash * perLeased;
  f.washLeak = p.leaseIncentive * f.washShare;
}

/** Collateral ratio and mint halt at the new price; the take module has neither. */
function collateralStep(s: State, p: Params, f: Flows, u: Uses): void {
  const dust = 0.01 * u.DAY * p.usageReference;
  const ratio = u.collateralRatio(s.vault, s.price, s.credits, dust, u.COLLATERAL_MAX);
  s.collateral = p.feeVariant > 0.5 ? u.COLLATERAL_MAX : ratio;
  s.halted = p.feeVariant > 0.5 ? 0 : u.mintHalted(s.halted, ratio, p.haltRatio, p.restartRatio);
  f.mintStatus = s.halted > 0.5 ? 2 : u.mintStatus(s.collateral, p.warnRatio, p.haltRatio);
}

/** One control step. Right-hand sides are the last step's values unless already updated above. */
export function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: Uses): void {
  const days = p.stepDays;
  const liquid = s.liquid;
  const supply = s.supply;
  const policyMove = a.issuance - s.issuance;
  f.move = u.squaredMoves(s, a, u.MOVES) * (1 / 3);

  const l = u.lease(s, p, a.fee, u);
  const m = u.settle(s, p, a, l, u);
  const i = u.issue(s, p, a, m, u);
  u.serviceSide(s, p, f, { fee: a.fee, leases: l, settlement: m, issue: i }, u);
  const growth = u.byRegime(s.regime, p.growthNormal, p.growthBoom, p.growthBust) + p.growthShift;
  const event = u.eventNow(s, p, days) * p.eventDemand;
  u.adoptionStep(s, p, { days, growth, fee: a.fee, unserved: f.unserved, shock: z.demand, event }, u);
  const stakers = u.stakeStep(s, p, { days, rewards: i.rewards, liquid }, u);
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
  u.tradeStep(s, p, z, f, trades, u);
  u.collateralStep(s, p, f, u);

  s.issuance = a.issuance;
  s.burnShare = a.burnShare;
  s.fee = a.fee;
  f.shortfall = m.shortfall;
}

export const STEP_USES = {
  ...MARKET_USES,
  ...DEMAND_USES,
  ...PROVIDERS_USES,
  ...STAKING_USES,
  ...LEASE_USES,
  ...SETTLE_USES,
  ...leverUses(ACTIONS),
  squaredMoves,
  collateralRatio,
  mintHalted,
  mintStatus,
  auctionPrice,
  settle,
  serviceSide,
  collateralStep,
  COLLATERAL_MAX,
};
