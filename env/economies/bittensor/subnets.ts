import { divertedIncentive } from "../../mechanisms/collusion.js";
import { movingPrice } from "../../mechanisms/subnet-shares.js";
import { ALPHA_MARKET_USES } from "./alpha-market.js";
import { EMISSION_USES, type Emission } from "./emission.js";
import type { Params } from "./params.js";
import type { Plan } from "./plan.js";
import type { State, SubnetCount } from "./records.js";

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
function runSubnets(s: State, p: Params, plan: Plan, u: Uses): Totals {
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
    const e = u.emitInto(s, p, plan, { subnet: i, minted }, u);
    minted += e.issued;
    const g = u.spendSurplus(s, p, plan, { emission: e, destroyed: recycled + burned }, u);
    const x = u.tradeAlpha(s, p, plan, { emission: e, buys: g.buys }, u);
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
    waste += u.liveOn(s, p, plan, e, u);
    quality += s.quality[i]!;
    hype += s.hype[i]!;
    squares += e.share * e.share;
  }
  return { minted, recycled, burned, chainBuys, registered, invested, proceeds, rootPaid, quality, hype, waste, squares };
}

/**
 * Miners, quality, investors' knowledge, hype, owners and cabal after the step; returns the share of the miners' emission that is wasted.
 */
function liveOn(s: State, p: Params, plan: Plan, e: Emission, u: Uses): number {
  const i = e.subnet;
  const days = p.stepDays;
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

export const SUBNET_USES = { ...EMISSION_USES, ...ALPHA_MARKET_USES, divertedIncentive, movingPrice, runSubnets, liveOn };
