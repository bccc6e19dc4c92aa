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

/** Stakers move; the day's buyers and sellers push the price. Returns nothing: bonded, liquid and impact change. */
export function orderFlow(s: State, p: Params, m: Settlement, i: Issue, liquid: number, days: number, u: WorldUses): void {
  const volatility = Math.sqrt(s.realisedVariance);
  const years = days / u.DAYS_PER_YEAR;
  s.stakingYield = (i.rewards * (1 / years)) / Math.max(s.bonded, 0.02 * s.supply);
  const target = u.bondedTarget(s, p, volatility, p.trustNormal - s.trust, u);
  const move = u.stakingMoves(s, p, target, s.supply, liquid, days, u);
  s.liquid = s.liquid - move.bond + move.release;
  s.bonded = s.bonded + move.bond - move.unbond;
  s.unbonding = s.unbonding + move.unbond - move.release;
  const bought = m.bought + p.bondBuying * move.bond;
  const sold =
    p.providerSelling * (m.earned + i.incentives) +
    p.stakerSelling * i.rewards +
    p.releaseSelling * move.release +
    s.forcedShare * liquid;
  const volume = p.turnover * days * Math.max(liquid, 0.02 * s.supply) * s.depth;
  u.impactStep(s, p, (bought - sold) / volume, volatility, days, u);
}

/** Sector moves that no policy causes: exogenous price, regime, event, outside yield. */
export function exogenousSide(s: State, p: Params, z: Shocks, event: number, days: number, u: WorldUses): void {
  const years = days / u.DAYS_PER_YEAR;
  const c = {
    years,
    drift: u.byRegime(s.regime, p.driftNormal, p.driftBoom, p.driftBust) + p.driftShift,
    level: p.varianceLevel * p.volatilityScale * u.byRegime(s.regime, 1, p.varianceBoom, p.varianceBust),
    amplify: u.shockAmplifier(s.depth, u),
    jumpRate: p.jumpRate * (1 + p.jumpExcitation * s.stress),
    jumpScale: Math.sqrt(Math.sqrt(p.volatilityScale)),
  };
  u.exogenousStep(s, p, c, z, u);
  s.exogenous = s.exogenous + event * p.eventPrice;
  const outside = u.byRegime(s.regime, p.outsideNormal, p.outsideBoom, p.outsideBust);
  u.outsideYieldStep(s, p, outside, z.outsideYield, years, u);
}

/** Value per token before sentiment and impact, as a log ratio to the starting price. */
export function fundamental(s: State, p: Params): number {
  const dilution = Math.log(s.supply * (1 / p.supplyStart)) + p.issuanceHorizon * (s.netIssuance - p.issuancePriced);
  const credibility = p.trustElasticity * (s.trust - p.trustNormal);
  const lock = p.lockElasticity * (s.bonded / s.supply - p.bondedStart);
  return s.exogenous + p.usageElasticity * s.logUsage - dilution + credibility + lock;
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
  const event = p.eventDay >= s.day && p.eventDay < s.day + days ? 1 : 0;
  const issuanceMove = a.issuance - s.issuance;
  f.drawdownBefore = s.maxDrawdown;
  f.move = u.moveSize(s, a, u);

  const l = u.lease(s, p, a.fee, u);
  const m = u.settle(s, p, a, l, days, u);
  const i = u.issue(s, p, a, m, days, years, u);
  u.serviceSide(s, p, a, f, l, m, i, days, u);
  const growth = u.byRegime(s.regime, p.growthNormal, p.growthBoom, p.growthBust) + p.growthShift;
  u.adoptionStep(s, p, growth, a.fee, f.unserved, z.demand, event * p.eventDemand, days, years, u);
  u.orderFlow(s, p, m, i, liquid, days, u);
  u.exogenousSide(s, p, z, event, days, u);
  f.netIssuance = ((i.minted - m.burned) * (1 / years)) / supply;
  s.netIssuance = s.netIssuance + p.issuanceMemory * days * (f.netIssuance - s.netIssuance);
  u.trustStep(s, p, f.unserved, issuanceMove, days, u);
  u.sentimentStep(s, p, z.sentiment, days, u);
  u.priceStep(s, p, u.fundamental(s, p), p.priceStart, days, u);
  u.liquidityStep(s, p, Math.sqrt(s.realisedVariance), 1 - s.bonded / s.supply, s.trust * (1 / p.trustNormal), days, u);
  u.collateralStep(s, p, f, u);

  s.regime = u.nextRegime(s.regime, p, z.regime, days);
  s.accrued = s.accrued + i.rewards / s.supply;
  s.day = s.day + days;
  s.issuance = a.issuance;
  s.burnShare = a.burnShare;
  s.fee = a.fee;
  f.shortfall = m.shortfall;
  f.minted = i.minted;
  f.burned = m.burned;
  u.account(f, s, p, u);
}

/** Mean square of the actions' moves over their limits. */
export function moveSize(s: State, a: Applied, u: WorldUses): number {
  const issuance = (a.issuance - s.issuance) * (1 / u.MOVE_ISSUANCE);
  const burnShare = (a.burnShare - s.burnShare) * (1 / u.MOVE_BURN_SHARE);
  const fee = (a.fee - s.fee) * (1 / u.MOVE_FEE);
  return (issuance * issuance + burnShare * burnShare + fee * fee) * (1 / 3);
}

/** The standard flows that follow from the state alone. */
export function account(f: Flows, s: State, _p: Params, _u: WorldUses): void {
  f.price = s.price;
  f.exogenous = s.exogenous;
  f.supply = s.supply;
}
