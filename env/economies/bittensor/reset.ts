import { MARKET_USES } from "../../market/core.js";
import { leverUses } from "../../market/moves.js";
import { poolPrice } from "../../mechanisms/balancer-pool.js";
import type { DrawKey } from "../../world.js";
import { CHAIN } from "./chain.js";
import type { Params } from "./params.js";
import { GLOBAL_ACTIONS, type Shocks, type State, type SubnetCount } from "./records.js";

type Uses = typeof RESET_USES & SubnetCount;

/** The shocks of one control step: the market's and one block of four numbers a subnet. */
export function draw(z: Shocks, d: DrawKey, u: Uses): void {
  u.drawMarket(z, d, u);
  for (const k in u.SLOTS) {
    const w = u.uniform4(d.seed, d.episode, d.day, d.stream + (3 + u.SLOTS[k]!));
    z[`skillNoise${k}` as "skillNoise0"] = u.SQRT_12 * (w.a - 0.5);
    z[`hypeNoise${k}` as "hypeNoise0"] = u.SQRT_12 * (w.b - 0.5);
    z[`seenNoise${k}` as "seenNoise0"] = u.SQRT_12 * (w.c - 0.5);
    z[`degrade${k}` as "degrade0"] = w.d;
  }
}

/** Alpha in a pool at the start: as much as makes the prices add up to their sum, so all pools hold the same. */
export function pooledAlpha(p: Params): number {
  return ((p.alphaWeight / (1 - p.alphaWeight)) * p.poolStart * p.supplyStart) / p.priceSum;
}

/** The pools at the start: all hold as much alpha, and TAO by the subnet's quality. */
function resetSubnets(s: State, p: Params, d: DrawKey, u: Uses): void {
  const alpha = u.pooledAlpha(p);
  s.pooled = 0;
  for (const k in u.SLOTS) {
    const w = u.uniform4(d.seed, d.episode, d.day, d.stream + u.SLOTS[k]!);
    const level = 1 + p.spreadStart * (2 * w.a - 1);
    const tao = u.units(p.poolStart * p.supplyStart * u.PER_SUBNET * level);
    const price = u.poolPrice(tao, alpha, p.alphaWeight / (1 - p.alphaWeight));
    s.tao[u.SLOTS[k]!] = tao;
    s.pooled = s.pooled + tao;
    s.skill[u.SLOTS[k]!] = Math.sqrt(Math.sqrt(level));
    s.effort[u.SLOTS[k]!] = level;
    s.quality[u.SLOTS[k]!] = level;
    s.perceived[u.SLOTS[k]!] = level;
    s.movingPrice[u.SLOTS[k]!] = price;
    s.weight[u.SLOTS[k]!] = price;
    const income = (1 - p.ownerCut) * 0.5 * u.BLOCK_ALPHA * u.BLOCKS_PER_DAY * price;
    s.slotPrice[u.SLOTS[k]!] = u.clamp(p.slotWorth * income, 0.0005, 100);
  }
  for (let i = 0; i < u.K; i++) {
    s.alpha[i] = alpha;
    s.outside[i] = p.alphaStart;
    s.poolRatio[i] = p.alphaWeight / (1 - p.alphaWeight);
    s.hype[i] = 1;
    s.minerBurned[i] = 0;
    s.cabal[i] = 0;
    s.tilt[i] = 1;
    s.skillShock[i] = 0;
    s.hypeShock[i] = 0;
    s.hit[i] = 0;
  }
}

export function reset(s: State, p: Params, d: DrawKey, u: Uses): void {
  u.resetMarket(s, p, u);
  u.resetSubnets(s, p, d, u);
  s.supply = u.units(p.supplyStart);
  s.issued = s.supply;
  s.root = u.units(p.rootStart * p.supplyStart);
  s.liquid = s.supply - s.root - s.pooled;
  s.demand = 0;
  s.usage = 1;
  s.logUsage = 0;
  s.rootYield = p.rootYieldNormal;
  s.meanQuality = 1;
  s.meanHype = 1;
  s.emission = u.START.emission;
  s.recycleShare = u.START.recycleShare;
  s.burnShare = u.START.burnShare;
}

export const RESET_USES = {
  ...MARKET_USES,
  ...CHAIN,
  START: leverUses(GLOBAL_ACTIONS).START,
  poolPrice,
  pooledAlpha,
  resetSubnets,
};
