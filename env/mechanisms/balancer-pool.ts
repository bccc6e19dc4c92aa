import { positive, within } from "./checked-number.js";

/**
 * A two-asset weighted pool (Balancer) of TAO and a subnet's alpha. `ratio` is weight of alpha over weight of TAO: 1 for equal weights,
 * which makes it a constant-product pool. Source: opentensor/subtensor `pallets/swap/src/pallet/balancer.rs`. Fees are the caller's.
 */

/** TAO per alpha at the margin. */
export function poolPrice(tao: number, alpha: number, ratio: number): number {
  return (ratio * tao) / alpha;
}

/** TAO that the pool pays for `sold` alpha. Host function. */
export function taoForAlpha(tao: number, alpha: number, ratio: number, sold: number): number {
  checkPool(tao, alpha, ratio);
  within("sold", sold, 0, Number.MAX_VALUE);
  // 1 - (alpha / (alpha + sold))^ratio, with the digits of a trade that is tiny compared with the pool; likewise below.
  return -tao * Math.expm1(-ratio * Math.log1p(sold / alpha));
}

/** Alpha that the pool pays for `paid` TAO. Host function. */
export function alphaForTao(tao: number, alpha: number, ratio: number, paid: number): number {
  checkPool(tao, alpha, ratio);
  within("paid", paid, 0, Number.MAX_VALUE);
  return -alpha * Math.expm1(-Math.log1p(paid / tao) / ratio);
}

/** Alpha to sell until the price has fallen to `limit`; none when it is there. Host function. */
export function alphaUntil(tao: number, alpha: number, ratio: number, limit: number): number {
  checkPool(tao, alpha, ratio);
  const rise = logRatio(poolPrice(tao, alpha, ratio), positive("limit", limit));
  return alpha * Math.expm1(Math.max(0, rise) / (1 + ratio));
}

/** TAO to pay until the price has risen to `limit`; none when it is there. Host function. */
export function taoUntil(tao: number, alpha: number, ratio: number, limit: number): number {
  checkPool(tao, alpha, ratio);
  const rise = logRatio(positive("limit", limit), poolPrice(tao, alpha, ratio));
  return tao * Math.expm1((Math.max(0, rise) * ratio) / (1 + ratio));
}

/** log(a / b): of close numbers by their difference, which is exact. */
function logRatio(a: number, b: number): number {
  return a < 2 * b && b < 2 * a ? Math.log1p((a - b) / b) : Math.log(a) - Math.log(b);
}

function checkPool(tao: number, alpha: number, ratio: number): void {
  positive("tao", tao);
  positive("alpha", alpha);
  positive("ratio", ratio);
}

/** Ratio of weights after tokens were added by the protocol: the one that leaves the price where it was. */
export function ratioAfterInjection(tao: number, alpha: number, ratio: number, addedTao: number, addedAlpha: number): number {
  return ((ratio * tao) / alpha) * ((alpha + addedAlpha) / (tao + addedTao));
}

/**
 * Share of a pool's other side that a payment of `paid` (over the side it goes to) takes, with `power` the ratio of the weights, paid
 * side over other side: 1 - (1 + paid)^-power by its Padé form, exact for equal weights. Without a power, for loops over many pools;
 * the error is below power |power^2 - 1| / 12 paid^3. At most 0.95, since for unequal weights the form ends above 1.
 */
export function swapShare(paid: number, power: number): number {
  return Math.min(0.95, (power * paid) / (1 + 0.5 * (1 + power) * paid));
}
