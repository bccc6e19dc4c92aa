import { units } from "../../../compiler/primitives.js";
import { saturate } from "../../market/curves.js";
import { swapShare } from "../../mechanisms/balancer-pool.js";
import type { Emission } from "./emission.js";
import type { Params } from "./params.js";
import type { Plan } from "./plan.js";
import type { State } from "./records.js";
import { pooledAlpha } from "./reset.js";

type Uses = typeof ALPHA_MARKET_USES;

/** TAO that investors think an alpha is worth. */
function alphaWorth(s: State, p: Params, plan: Plan, i: number, u: Uses): number {
  const alphaStart = p.alphaStart + u.pooledAlpha(p);
  const growth = (s.alpha[i]! + s.outside[i]!) * (1 / alphaStart) - 1;
  const value = (1 - p.speculativeShare) * s.perceived[i]! + p.speculativeShare * s.hype[i]!;
  return (plan.worth * value) / (1 + p.worthDilution * Math.max(0, growth));
}

/** What comes to a subnet's market: new alpha, and TAO with which the chain buys. */
type Offer = {
  readonly emission: Emission;
  readonly buys: number;
};

/** Participants sell, then chain and investors buy. Returns TAO paid in by investors, paid out to participants, and to root. */
function tradeAlpha(
  s: State,
  p: Params,
  plan: Plan,
  offer: Offer,
  u: Uses,
): { readonly invested: number; readonly proceeds: number; readonly rootPaid: number } {
  const { emission, buys } = offer;
  const i = emission.subnet;
  const miners = (1 - p.ownerCut) * 0.5 * emission.alpha * (1 - s.minerBurned[i]!);
  const owner = p.ownerCut * emission.alpha;
  const root = (1 - p.ownerCut) * 0.5 * emission.alpha * emission.rootShare;
  const validators = (1 - p.ownerCut) * 0.5 * emission.alpha - root;
  const rootSold = plan.rootPaid * root;
  const order = p.investorSpeed * p.stepDays * u.saturate(u.alphaWorth(s, p, plan, i, u) / emission.price - 1);
  const invested = u.units(Math.min(Math.max(0, order) * s.tao[i]!, plan.payLimit));
  const leaving = Math.max(0, -order) * Math.min(s.alpha[i]!, s.outside[i]!);
  const wages = p.minerSelling * miners + p.ownerSelling * owner + p.validatorSelling * validators;
  const sold = Math.min(wages + rootSold + leaving, 0.2 * s.alpha[i]!);
  const ratio = s.poolRatio[i]!;
  const out = u.units(s.tao[i]! * u.swapShare((sold * (1 - p.swapFee)) / s.alpha[i]!, ratio));
  const rootPaid = u.units((out * rootSold) / Math.max(sold, rootSold + 1e-6));
  const poolTao = s.tao[i]! - out;
  const poolAlpha = s.alpha[i]! + sold;
  const paidIn = buys + invested;
  const got = poolAlpha * u.swapShare((paidIn * (1 - p.swapFee)) / poolTao, 1 / ratio);
  // What the chain and newcomers bought is recycled.
  const kept = (got * invested) / Math.max(paidIn, 1e-6);
  s.tao[i] = poolTao + paidIn;
  s.alpha[i] = poolAlpha - got;
  s.outside[i] = s.outside[i]! + miners + owner + validators + rootSold - sold + kept;
  return { invested, proceeds: out - rootPaid, rootPaid };
}

export const ALPHA_MARKET_USES = { units, saturate, swapShare, pooledAlpha, alphaWorth, tradeAlpha };
