import type { DrawKey, WorldUses } from "../../world.js";
import type { Params } from "./params.js";
import type { Shocks, State } from "./records.js";

/** The shocks of one control step: always three blocks of four random numbers, whatever the state. */
export function draw(z: Shocks, d: DrawKey, u: WorldUses): void {
  const n = u.normal4(d.seed, d.episode, d.day, d.stream, u);
  z.market = n.a;
  z.variance = n.b;
  z.jumpSize = n.c;
  z.demand = n.d;
  const w = u.uniform4(d.seed, d.episode, d.day, d.stream + 1);
  z.jumpChance = w.a;
  z.regime = w.b;
  z.sentiment = u.SQRT_12 * (w.c - 0.5);
  z.outsideYield = u.SQRT_12 * (w.d - 0.5);
  const o = u.uniform4(d.seed, d.episode, d.day, d.stream + 2);
  z.utilizationNoise = u.SQRT_12 * (o.a - 0.5);
  z.volumeNoise = u.SQRT_12 * (o.b - 0.5);
}

/** Accounts at the start: vault at its collateral ratio, pool at its steady level, the rest liquid. */
export function resetAccounts(s: State, p: Params, u: WorldUses): void {
  const vaultInUse = p.feeVariant > 0.5 ? 0 : 1;
  s.supply = u.units(p.supplyStart);
  s.bonded = u.units(p.bondedStart * p.supplyStart);
  s.unbonding = u.units(p.unbondingStart * p.supplyStart);
  s.credits = vaultInUse * p.escrowTime * p.usageReference;
  s.vault = u.units((p.collateralStart * s.credits) / p.priceStart);
  const perDay = (p.incentiveShare * u.START_ISSUANCE * p.supplyStart) / u.DAYS_PER_YEAR;
  s.pool = u.units(perDay / p.incentiveRelease);
  s.liquid = s.supply - s.bonded - s.unbonding - s.vault - s.pool;
  s.collateral = p.feeVariant > 0.5 ? u.COLLATERAL_MOST : p.collateralStart;
  s.halted = 0;
}

export function resetMarket(s: State, p: Params, u: WorldUses): void {
  s.exogenous = 0;
  s.variance = p.varianceLevel * p.volatilityScale;
  s.regime = p.regimeStart;
  s.logPrice = 0;
  s.price = p.priceStart;
  s.peak = 0;
  s.maxDrawdown = 0;
  s.lastReturn = 0;
  s.trend = 0;
  s.realisedVariance = p.volatilityNormal * p.volatilityNormal;
  s.sentiment = 0;
  s.impact = 0;
  s.depth = 1;
  s.leverage = 0.5 * p.leverageMax;
  s.forcedShare = 0;
  s.stress = 0;
  s.outsideYield = u.byRegime(p.regimeStart, p.outsideNormal, p.outsideBoom, p.outsideBust);
  s.netIssuance = p.issuancePriced;
  s.trust = p.trustNormal;
  s.accrued = 0;
}

export function resetService(s: State, p: Params): void {
  s.demand = 0;
  s.usage = p.usageReference;
  s.logUsage = 0;
  s.capacityEfficient = p.capacityEfficientStart;
  s.capacityMarginal = p.capacityMarginalStart;
  // On order is what replaces wear.
  s.orderedEfficient = p.retirement * p.deliveryTime * p.capacityEfficientStart;
  s.orderedMarginal = p.retirement * p.deliveryTime * p.capacityMarginalStart;
  s.marginEfficient = 0;
  s.marginMarginal = 0;
  s.leasePrice = p.leasePriceStart;
  s.utilization = p.utilizationStart;
  s.utilizationSlow = p.utilizationStart;
  s.capacitySlow = p.capacityEfficientStart + p.capacityMarginalStart;
  s.wash = 0;
}

export function reset(s: State, p: Params, _d: DrawKey, u: WorldUses): void {
  u.resetAccounts(s, p, u);
  u.resetMarket(s, p, u);
  u.resetService(s, p);
  s.day = 0;
  s.issuance = u.START_ISSUANCE;
  s.burnShare = u.START_BURN_SHARE;
  s.fee = u.START_FEE;
  s.stakingYield = ((1 - p.incentiveShare) * u.START_ISSUANCE) / p.bondedStart;
}
