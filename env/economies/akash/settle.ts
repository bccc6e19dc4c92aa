import { clamp, units } from "../../../compiler/primitives.js";
import { CALENDAR } from "../../market/calendar.js";
import { creditsFor } from "../../mechanisms/burn-mint.js";
import type { Leases } from "./leases.js";
import type { Params } from "./params.js";
import type { Applied, State } from "./records.js";

type Uses = typeof SETTLE_USES;

/** Token flows of a step's payments, before issuance. */
export interface Settlement {
  /** Share of the leases that the escrow could pay for. */
  readonly paid: number;
  /** Tokens bought by tenants on the market. */
  readonly bought: number;
  /** Tokens paid to providers. */
  readonly earned: number;
  /** Of these, newly minted. */
  readonly shortfall: number;
  readonly burned: number;
  /** Fees to stakers and providers. */
  readonly fees: number;
}

/**
 * Burn-mint (AEP-76): tenants buy tokens, park them in the vault and get credits; the vault settles providers, only the shortfall
 * is minted; fees leave the vault, less what it keeps while its collateral is low; a surplus may be burned.
 */
function settleVault(s: State, p: Params, a: Applied, l: Leases, u: Uses): Settlement {
  const days = p.stepDays;
  const leased = l.served + l.wash;
  const perUsd = 1 / s.price;
  const spend = leased * l.tenantPrice * days;
  const wish = Math.max(0, spend + p.escrowSpeed * days * (p.escrowTime * s.usage - s.credits));
  const bought = s.halted > 0.5 ? 0 : u.units(Math.min(wish * perUsd, p.buyFloatShare * days * s.liquid));
  s.liquid = s.liquid - bought;
  s.vault = s.vault + bought;
  s.credits = s.credits + u.creditsFor(bought, s.price, p.mintSpread);
  const paid = Math.min(spend, s.credits) / Math.max(spend, 1e-6);
  s.credits = Math.max(0, s.credits - spend * paid);

  const due = leased * l.providerPrice * days * paid * perUsd;
  const fee = leased * (l.tenantPrice - l.providerPrice) * days * paid * perUsd;
  const fromVault = u.units(Math.min(due, s.vault));
  const room = Math.min(Math.max(0, p.supplyCap - s.supply), a.mintLimit);
  const shortfall = u.units(Math.min(due - fromVault, room));
  s.vault = s.vault - fromVault;
  const burnedFee = u.units(Math.min(fee * a.burnShare, Math.min(s.vault, a.burnLimit)));
  s.vault = s.vault - burnedFee;
  const reserved = u.clamp((p.collateralTarget - s.collateral) * (1 / p.collateralBand), 0, 1);
  const fees = u.units(Math.min(fee * (1 - a.burnShare) * (1 - reserved), s.vault));
  s.vault = s.vault - fees;
  const surplus = Math.max(0, s.vault - p.collateralTarget * s.credits * perUsd);
  const burnedSurplus = u.units(Math.min(a.burnShare * p.surplusRelease * days * surplus, a.burnLimit - burnedFee));
  s.vault = s.vault - burnedSurplus;
  s.liquid = s.liquid + fromVault + shortfall;
  return { paid, bought, earned: fromVault + shortfall, shortfall, burned: burnedFee + burnedSurplus, fees };
}

/**
 * Take module (before AEP-76): tenants buy tokens and pay providers in them at once; the fee comes off the payment. No vault, no
 * credits, no shortfall.
 */
function settleDirect(s: State, p: Params, a: Applied, l: Leases, u: Uses): Settlement {
  const days = p.stepDays;
  const leased = l.served + l.wash;
  const wish = (leased * l.tenantPrice * days) / s.price;
  const bought = u.units(Math.min(wish, p.buyFloatShare * days * s.liquid));
  const paid = bought / Math.max(wish, 1e-6);
  const fee = u.units((bought * (l.tenantPrice - l.providerPrice)) / l.tenantPrice);
  const burned = u.units(Math.min(fee * a.burnShare, a.burnLimit));
  const fees = u.units(fee * (1 - a.burnShare));
  s.liquid = s.liquid - burned - fees;
  return { paid, bought, earned: bought - fee, shortfall: 0, burned, fees };
}

/** Where new tokens and fees go in a step. */
export interface Issue {
  readonly minted: number;
  /** To stakers: their share of issuance and fees. */
  readonly rewards: number;
  /** Incentives paid to providers out of the pool. */
  readonly incentives: number;
}

/** Issuance up to cap and limit, split between stakers and the incentive pool; fees follow the same ways. */
function issue(s: State, p: Params, a: Applied, m: Settlement, u: Uses): Issue {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const room = Math.max(0, Math.min(p.supplyCap - s.supply, a.mintLimit) - m.shortfall);
  const issued = u.units(Math.min(a.issuance * years * s.supply, room));
  const toPool = u.units(p.incentiveShare * issued);
  const feesToPool = u.units(p.feeToProviders * m.fees);
  const rewards = issued - toPool + (m.fees - feesToPool);
  const filled = s.pool + toPool + feesToPool;
  const incentives = u.units(p.incentiveRelease * days * filled);
  s.pool = filled - incentives;
  s.liquid = s.liquid + rewards + incentives;
  const minted = issued + m.shortfall;
  s.supply = s.supply + minted - m.burned;
  return { minted, rewards, incentives };
}

export const SETTLE_USES = { ...CALENDAR, clamp, units, creditsFor, settleVault, settleDirect, issue };
