import { MARKET_USES } from "../../market/core.js";
import { leverUses } from "../../market/moves.js";
import type { DrawKey } from "../../world.js";
import type { Params } from "./params.js";
import { ACTIONS, type State } from "./records.js";

type Uses = typeof RESET_USES;

/** Accounts at the start: vault at its collateral ratio, pool at its steady level, the rest liquid. */
function resetAccounts(s: State, p: Params, u: Uses): void {
  const vaultInUse = p.feeVariant > 0.5 ? 0 : 1;
  s.supply = u.units(p.supplyStart);
  s.bonded = u.units(p.bondedStart * p.supplyStart);
  s.unbonding = u.units(p.unbondingStart * p.supplyStart);
  s.credits = vaultInUse * p.escrowTime * p.usageReference;
  s.vault = u.units((p.collateralStart * s.credits) / p.priceStart);
  const perDay = (p.incentiveShare * u.START.issuance * p.supplyStart) / u.DAYS_PER_YEAR;
  s.pool = u.units(perDay / p.incentiveRelease);
  s.liquid = s.supply - s.bonded - s.unbonding - s.vault - s.pool;
  s.collateral = p.feeVariant > 0.5 ? u.COLLATERAL_MAX : p.collateralStart;
  s.halted = 0;
}

function resetService(s: State, p: Params): void {
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

export function reset(s: State, p: Params, _d: DrawKey, u: Uses): void {
  u.resetAccounts(s, p, u);
  u.resetMarket(s, p, u);
  u.resetService(s, p);
  s.issuance = u.START.issuance;
  s.burnShare = u.START.burnShare;
  s.fee = u.START.fee;
  s.stakingYield = ((1 - p.incentiveShare) * u.START.issuance) / p.bondedStart;
}

/** What the collateral ratio counts as when there are (almost) no credits. */
export const COLLATERAL_MAX = 3;

export const RESET_USES = { ...MARKET_USES, ...leverUses(ACTIONS), resetAccounts, resetService, COLLATERAL_MAX };
