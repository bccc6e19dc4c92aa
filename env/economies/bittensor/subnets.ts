import { clamp, units } from "../../../compiler/primitives.js";
import { saturate } from "../../market/curves.js";
import { poolPrice, ratioAfterInjection, swapShare } from "../../mechanisms/balancer-pool.js";
import { divertedIncentive } from "../../mechanisms/collusion.js";
import { registrations } from "../../mechanisms/registration-price.js";
import { injectedTao, movingPrice, rootProportion } from "../../mechanisms/subnet-shares.js";
import { halvingFactor } from "../../mechanisms/tao-emission.js";
import { CHAIN } from "./chain.js";
import type { Params } from "./params.js";
import type { Plan } from "./plan.js";
import type { Applied, State, SubnetCount } from "./records.js";
import { pooledAlpha } from "./reset.js";

type Uses = typeof SUBNET_USES & SubnetCount;

/** Sums over the subnets of a step; tokens but for the last four. */
export interface Totals {
  readonly minted: number;
  readonly recycled: number;
  readonly burned: number;
  readonly chainBuys: number;
  readonly registered: number;
  readonly invested: number;
  /** Out of the pools to participants, without root. */
  readonly proceeds: number;
  readonly rootPaid: number;
  readonly quality: number;
  readonly hype: number;
  readonly waste: number;
  /** Of emission shares. */
  readonly squares: number;
}

/**
 * A step of every subnet: emission and injection, what the chain, newcomers and investors pay, what participants sell, quality. Tokens
 * move between `liquid`, `root` and `pooled`.
 */
function runSubnets(s: State, p: Params, a: Applied, plan: Plan, days: number, u: Uses): Totals {
  let minted = 0;
  let recycled = 0;
  let burned = 0;
  let chainBuys = 0;
  let registered = 0;
  let invested = 0;
  let proceeds = 0;
  let rootPaid = 0;
  let quality = 0;
  let hype = 0;
  let waste = 0;
  let squares = 0;
  for (let i = 0; i < u.K; i++) {
    const e = u.emitInto(s, p, i, plan, minted, days, u);
    minted += e.issued;
    const g = u.spendSurplus(s, p, a, i, e, plan, recycled + burned, days, u);
    const x = u.tradeAlpha(s, p, i, e, g.buys, plan, days, u);
    s.liquid = s.liquid - g.paid - x.invested + x.proceeds;
    s.root = s.root + x.rootPaid;
    s.pooled = s.pooled + e.injected + g.buys + x.invested - x.proceeds - x.rootPaid;
    recycled += g.recycled;
    burned += g.burned;
    chainBuys += g.buys;
    registered += g.paid;
    invested += x.invested;
    proceeds += x.proceeds;
    rootPaid += x.rootPaid;
    waste += u.liveOn(s, p, i, e, plan, days, u);
    quality += s.quality[i]!;
    hype += s.hype[i]!;
    squares += e.share * e.share;
  }
  return { minted, recycled, burned, chainBuys, registered, invested, proceeds, rootPaid, quality, hype, waste, squares };
}

/** What the chain gave a subnet in a step. */
export interface Emission {
  readonly share: number;
  /** TAO for the subnet; of these injected into its pool. */
  readonly issued: number;
  readonly injected: number;
  /** New alpha for participants. */
  readonly alpha: number;
  readonly rootShare: number;
  /** TAO per alpha, which injection leaves as it is. */
  readonly price: number;
}

/** Emission by share, and injection into the pool at its price. */
function emitInto(s: State, p: Params, i: number, plan: Plan, minted: number, days: number, u: Uses): Emission {
  const tao = s.tao[i]!;
  const pool = s.alpha[i]!;
  const ratio = s.poolRatio[i]!;
  const share = s.weight[i]! * plan.perWeight;
  const issued = Math.min(u.units(plan.issue * share), plan.issue - minted);
  const alphaIssued = pool + s.outside[i]!;
  const alpha = u.BLOCK_ALPHA * u.BLOCKS_PER_DAY * days * u.halvingFactor(alphaIssued * (1 / u.ALPHA_CAP), 4);
  const rootShare = u.rootProportion(plan.root, p.taoWeight, alphaIssued);
  const price = u.poolPrice(tao, pool, ratio);
  const injected = u.units(u.injectedTao(issued, price, rootShare, alpha));
  const added = injected / price;
  s.poolRatio[i] = u.ratioAfterInjection(tao, pool, ratio, injected, added);
  s.tao[i] = tao + injected;
  s.alpha[i] = pool + added;
  return { share, issued, injected, alpha, rootShare, price };
}

/** Where emission that was not injected and registration payments go. */
export interface Surplus {
  readonly paid: number;
  readonly recycled: number;
  readonly burned: number;
  readonly buys: number;
}

/** Newcomers register; the surplus is recycled, burned, or buys alpha that is recycled. */
function spendSurplus(
  s: State,
  p: Params,
  a: Applied,
  i: number,
  e: Emission,
  plan: Plan,
  destroyed: number,
  days: number,
  u: Uses,
): Surplus {
  const income = (1 - p.ownerCut) * 0.5 * e.alpha * e.price * (1 / days);
  const worth = u.clamp(p.slotWorth * income, 0.0005, 100);
  const halvings = u.SLOT_HALVINGS * days;
  const taken = u.registrations(s.slotPrice[i]!, worth, halvings);
  s.slotPrice[i] = Math.max(worth, s.slotPrice[i]! * 0.5 ** halvings);
  const paid = u.units(Math.min(taken * s.slotPrice[i]!, 0.5 * plan.payLimit));
  const surplus = e.issued - e.injected + paid;
  const room = Math.max(0, a.burnLimit - destroyed);
  // Older versions of the chain recycled the payment itself.
  const first = p.registrationVariant > 0.5 ? paid : 0;
  const recycled = u.units(Math.min(first + a.recycleShare * (surplus - first), room));
  const burned = u.units(Math.min(a.burnShare * (surplus - recycled), room - recycled));
  return { paid, recycled, burned, buys: surplus - recycled - burned };
}

/** Tokens that a subnet's market moved. */
export interface AlphaTrades {
  readonly invested: number;
  readonly proceeds: number;
  readonly rootPaid: number;
}

/** TAO that investors think an alpha is worth. */
function alphaWorth(s: State, p: Params, i: number, plan: Plan, u: Uses): number {
  const alphaStart = p.alphaStart + u.pooledAlpha(p);
  const growth = (s.alpha[i]! + s.outside[i]!) * (1 / alphaStart) - 1;
  const value = (1 - p.speculativeShare) * s.perceived[i]! + p.speculativeShare * s.hype[i]!;
  return (plan.worth * value) / (1 + p.worthDilution * Math.max(0, growth));
}

/** Participants sell, then chain and investors buy. */
function tradeAlpha(s: State, p: Params, i: number, e: Emission, buys: number, plan: Plan, days: number, u: Uses): AlphaTrades {
  const miners = (1 - p.ownerCut) * 0.5 * e.alpha * (1 - s.minerBurned[i]!);
  const owner = p.ownerCut * e.alpha;
  const root = (1 - p.ownerCut) * 0.5 * e.alpha * e.rootShare;
  const validators = (1 - p.ownerCut) * 0.5 * e.alpha - root;
  const rootSold = plan.rootPaid * root;
  const order = p.investorSpeed * days * u.saturate(u.alphaWorth(s, p, i, plan, u) / e.price - 1);
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

/**
 * Miners, quality, investors' knowledge, hype, owners and cabal after the step; returns the share of the miners' emission that is wasted.
 */
function liveOn(s: State, p: Params, i: number, e: Emission, plan: Plan, days: number, u: Uses): number {
  const spot = u.poolPrice(s.tao[i]!, s.alpha[i]!, s.poolRatio[i]!);
  const trend = spot / s.movingPrice[i]! - 1;
  s.movingPrice[i] = u.movingPrice(s.movingPrice[i]!, spot, plan.priceWeight);
  const diverted = u.divertedIncentive(s.cabal[i]!, p.kappa, p.weightNoise, p.foothold);
  const honest = ((1 - diverted) * (1 - s.minerBurned[i]!)) / (1 - p.foothold);
  const income = (plan.incomePerPrice * e.price * honest * e.alpha) / (u.BLOCK_ALPHA * u.BLOCKS_PER_DAY * days);
  const effort = s.effort[i]!;
  s.effort[i] = u.clamp(effort + (income > effort ? p.entrySpeed : p.exitSpeed) * days * (income - effort), 0.02, 5);

  const noise = p.skillNoise * Math.sqrt(days) * s.skillShock[i]!;
  const recovery = p.skillReversion * Math.max(0.1, 1 + p.recoveryRise * (1 - u.K * e.share)) * days;
  const skill = s.skill[i]! * (1 + noise - p.degradeSize * s.hit[i]!) + recovery * (1 - s.skill[i]!);
  s.skill[i] = u.clamp(skill, 0.05, 3);
  // Effort to the power 3/4: returns diminish.
  const yielded = Math.sqrt(s.effort[i]! * Math.sqrt(s.effort[i]!));
  s.quality[i] = s.quality[i]! + p.qualitySpeed * days * (s.skill[i]! * yielded - s.quality[i]!);
  s.perceived[i] = s.perceived[i]! + p.discovery * days * (s.quality[i]! - s.perceived[i]!);

  const hypeNoise = p.hypeNoise * Math.sqrt(days) * s.hypeShock[i]!;
  const pull = p.hypeDecay * (1 - s.hype[i]!) + p.hypeTrend * u.clamp(trend, -1, 1);
  s.hype[i] = u.clamp(s.hype[i]! * (1 + hypeNoise) + pull * days, 0.2, 4);

  const taken = u.clamp((p.burnBelow - s.quality[i]!) * p.burnGain, 0, 0.9);
  s.minerBurned[i] = s.minerBurned[i]! + p.qualitySpeed * days * (taken - s.minerBurned[i]!);
  const reach = Math.min(p.cabalMost * u.saturate(u.K * e.share) * Math.SQRT2, p.kappa - 0.02);
  s.cabal[i] = s.cabal[i]! + p.cabalSpeed * days * (reach - s.cabal[i]!);
  return 1 - Math.min(1, honest);
}

export const SUBNET_USES = {
  ...CHAIN,
  clamp,
  units,
  saturate,
  poolPrice,
  ratioAfterInjection,
  swapShare,
  divertedIncentive,
  registrations,
  injectedTao,
  movingPrice,
  rootProportion,
  halvingFactor,
  pooledAlpha,
  runSubnets,
  emitInto,
  spendSurplus,
  alphaWorth,
  tradeAlpha,
  liveOn,
};
