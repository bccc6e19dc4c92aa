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
  return tao * (1 - (alpha / (alpha + sold)) ** ratio);
}

/** Alpha that the pool pays for `paid` TAO. Host function. */
export function alphaForTao(tao: number, alpha: number, ratio: number, paid: number): number {
  checkPool(tao, alpha, ratio);
  within("paid", paid, 0, Number.MAX_VALUE);
  return alpha * (1 - (tao / (tao + paid)) ** (1 / ratio));
}

/** Alpha to sell until the price has fallen to `limit`; none when it is there. Host function. */
export function alphaUntil(tao: number, alpha: number, ratio: number, limit: number): number {
  checkPool(tao, alpha, ratio);
  return Math.max(0, alpha * (((ratio * tao) / (alpha * positive("limit", limit))) ** (1 / (1 + ratio)) - 1));
}

/** TAO to pay until the price has risen to `limit`; none when it is there. Host function. */
export function taoUntil(tao: number, alpha: number, ratio: number, limit: number): number {
  checkPool(tao, alpha, ratio);
  return Math.max(0, tao * (((positive("limit", limit) * alpha) / (ratio * tao)) ** (ratio / (1 + ratio)) - 1));
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
