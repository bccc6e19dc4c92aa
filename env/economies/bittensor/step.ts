import { MARKET_USES } from "../../market/core.js";
import { leverUses, squaredMoves } from "../../market/moves.js";
import { priceWeight, shareWeight } from "../../mechanisms/subnet-shares.js";
import type { Params } from "./params.js";
import type { Plan } from "./plan.js";
import { type Applied, type Flows, GLOBAL_ACTIONS, type Shocks, type State, type SubnetCount, TILT } from "./records.js";
import { SUBNET_USES, type Totals } from "./subnets.js";

/** The subnets' own controls. */
interface Tilts {
  /** Place of each tilted subnet in the arrays, by the number in the name of its control; none without tilts. */
  readonly TILTS: Readonly<Record<string, number>>;
  readonly CONTROLS: number;
}

type Uses = typeof STEP_USES & SubnetCount & Tilts;

/** Brings the subnets' controls and shocks into arrays, which loops can index. */
function gather(s: State, a: Applied, z: Shocks, chance: number, u: Uses): void {
  for (const k in u.TILTS) s.tilt[u.TILTS[k]!] = a[`tilt${k}` as "tilt0"]!;
  for (const k in u.SLOTS) {
    s.skillShock[u.SLOTS[k]!] = z[`skillNoise${k}` as "skillNoise0"]!;
    s.hypeShock[u.SLOTS[k]!] = z[`hypeNoise${k}` as "hypeNoise0"]!;
    s.hit[u.SLOTS[k]!] = z[`degrade${k}` as "degrade0"]! < chance ? 1 : 0;
  }
}

/** Weights of the subnets; returns their sum and that of the moving prices. */
function weighSubnets(s: State, u: Uses): { readonly total: number; readonly prices: number } {
  let total = 0;
  let prices = 0;
  for (let i = 0; i < u.K; i++) {
    const weight = u.shareWeight(s.movingPrice[i]!, s.minerBurned[i]!) * s.tilt[i]!;
    s.weight[i] = weight;
    total += weight;
    prices += s.movingPrice[i]!;
  }
  return { total, prices };
}

/** TAO that the halving schedule allows in the step. */
function scheduledEmission(s: State, p: Params, u: Uses): number {
  return u.BLOCK_TAO * u.BLOCKS_PER_DAY * p.stepDays * u.halvingFactor(s.issued / u.TAO_CAP, 6);
}

/** What all subnets get alike; `scheduled` is the TAO that the schedule allows. */
function makePlan(s: State, p: Params, a: Applied, scheduled: number, u: Uses): Plan {
  const days = p.stepDays;
  const sums = u.weighSubnets(s, u);
  // Alpha is partly worth dollars: where TAO does better than the sector, fewer TAO buy it.
  const sector = u.clamp((p.priceStart * Math.exp(s.exogenous)) / s.price, 0.25, 4);
  return {
    issue: u.units(Math.min(scheduled * a.emission, a.mintLimit)),
    recycleShare: a.recycleShare,
    burnShare: a.burnShare,
    burnLimit: a.burnLimit,
    root: s.root,
    perWeight: 1 / Math.max(sums.total, 1e-9),
    rootPaid: sums.prices > 1 ? 1 : 0,
    priceWeight: u.priceWeight((p.ageStart + s.day) * u.BLOCKS_PER_DAY, days * u.BLOCKS_PER_DAY),
    payLimit: p.buyFloatShare * days * s.liquid * u.PER_SUBNET,
    worth: p.worthStart * p.priceSum * u.PER_SUBNET * (1 - p.dollarWorth + p.dollarWorth * sector),
    incomePerPrice: (s.price * u.K) / (p.priceStart * p.priceSum),
  };
}

/** One control step. Right-hand sides are the last step's values unless already updated above. */
export function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: Uses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const liquid = s.liquid;
  const supply = s.supply;
  const scheduled = u.scheduledEmission(s, p, u);
  // What is recycled or burned is at most about what is emitted, so all three shares count alike.
  const moved =
    Math.abs(a.emission - s.emission) + Math.abs(a.recycleShare - s.recycleShare) + Math.abs(a.burnShare - s.burnShare);
  const policyMove = (moved * scheduled) / (supply * years);
  f.move = u.moveSize(s, a, u);
  u.gather(s, a, z, p.degradeChance * days, u);
  const t = u.runSubnets(s, p, u.makePlan(s, p, a, scheduled, u), u);
  const staked = u.rootStep(s, p, t.rootPaid, u);
  s.liquid = s.liquid - staked;
  s.supply = supply + t.minted - t.recycled - t.burned;
  s.issued = s.issued + t.minted - t.recycled;
  u.demandStep(s, p, z, u);
  u.serviceStep(s, p, f, t, u);
  const trades = {
    bought: p.orderBuying * (t.invested + t.registered),
    sold: p.proceedsSelling * t.proceeds + p.rootSelling * t.rootPaid,
    liquid,
    rewards: t.rootPaid,
    minted: t.minted,
    burned: t.recycled + t.burned,
    supply,
    logUsage: s.logUsage,
    locked: (s.root + s.pooled) / s.supply,
    lockedStart: p.rootStart + p.poolStart,
    trustLoss: p.trustWaste * f.waste,
    policyMove,
  };
  u.tradeStep(s, p, z, f, trades, u);
  f.recycled = t.recycled;
  f.chainBuys = t.chainBuys;
  f.registrations = t.registered;
  s.emission = a.emission;
  s.recycleShare = a.recycleShare;
  s.burnShare = a.burnShare;
}

/**
 * Root stake follows its yield; part of the dividends is taken out to be sold. Returns the tokens that left the liquid ones.
 */
function rootStep(s: State, p: Params, paid: number, u: Uses): number {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  s.rootYield = paid / (years * s.root);
  const wanted = p.rootStart * s.supply * u.clamp(1 + p.rootSensitivity * (s.rootYield - p.rootYieldNormal), 0.5, 1.5);
  const gap = p.rootSpeed * days * (wanted - s.root);
  const join = u.units(Math.max(0, Math.min(gap, 0.1 * s.liquid)));
  const leave = u.units(Math.max(0, -gap));
  const staked = join - leave - u.units(p.rootSelling * paid);
  s.root = s.root + staked;
  return staked;
}

/** What users would pay for at the reference quality. */
function demandStep(s: State, p: Params, z: Shocks, u: Uses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const growth = u.byRegime(s.regime, p.growthNormal, p.growthBoom, p.growthBust) + p.growthShift;
  const rate = growth - 0.5 * p.demandVolatility * p.demandVolatility - p.demandReversion * s.demand;
  const noise = p.demandVolatility * Math.sqrt(years) * z.demand;
  s.demand = u.clamp(s.demand + years * rate + noise + u.eventNow(s, p, days) * p.eventDemand, -7, 4);
}

/** Service and usage of the whole network. */
function serviceStep(s: State, p: Params, f: Flows, t: Totals, u: Uses): void {
  s.meanQuality = t.quality * u.PER_SUBNET;
  s.meanHype = t.hype * u.PER_SUBNET;
  f.service = s.meanQuality * Math.exp(s.demand);
  f.waste = t.waste * u.PER_SUBNET;
  f.concentration = u.K * t.squares - 1;
  const followed = (1 - p.speculativeShare) * f.service + p.speculativeShare * s.meanHype * Math.exp(s.demand);
  s.usage = s.usage + p.usageMemory * p.stepDays * (followed - s.usage);
  s.logUsage = Math.log(Math.max(s.usage, 1e-3));
}

/** Mean square of the actions' moves over their limits. */
function moveSize(s: State, a: Applied, u: Uses): number {
  let squares = u.squaredMoves(s, a, u.MOVES);
  for (const k in u.TILTS) {
    const move = (a[`tilt${k}` as "tilt0"]! - s.tilt[u.TILTS[k]!]!) * (1 / u.TILT_MOVE);
    squares += move * move;
  }
  return squares * (1 / u.CONTROLS);
}

export const STEP_USES = {
  ...MARKET_USES,
  ...SUBNET_USES,
  ...leverUses(GLOBAL_ACTIONS),
  TILT_MOVE: TILT.maxMove,
  squaredMoves,
  priceWeight,
  shareWeight,
  gather,
  weighSubnets,
  scheduledEmission,
  makePlan,
  rootStep,
  demandStep,
  serviceStep,
  moveSize,
};
