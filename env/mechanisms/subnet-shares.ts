/** How the chain divides TAO among its subnets. Source: opentensor/subtensor `coinbase/subnet_emissions.rs`, `run_coinbase.rs`, `staking/stake_utils.rs`. */

/**
 * Weight of a spell of `blocks` blocks in the moving price, of a subnet that is `age` blocks old: 3e-6 a block long after its start, a
 * half-life of 32 days, and half of that after 201,600 blocks, four weeks.
 */
export function priceWeight(age: number, blocks: number): number {
  // 1 - (1 - a)^n to second order: a n is below 0.03 for a day.
  const each = (3e-6 * age) / (age + 201_600);
  const all = each * blocks;
  return all * (1 - 0.5 * all);
}

/** Moving price after a spell of that weight at the spot price, which counts for one TAO at most. */
export function movingPrice(moving: number, spot: number, weight: number): number {
  return moving + weight * (Math.min(spot, 1) - moving);
}

/** What a subnet's share is proportional to: moving price, less what its miners' incentive paid to the owner's own keys. */
export function shareWeight(moving: number, minerBurned: number): number {
  return moving * (1 - minerBurned);
}

/** Share of a subnet's validators that root stands for: its weighted TAO over that plus the subnet's alpha in issue. */
export function rootProportion(rootTao: number, taoWeight: number, alphaIssued: number): number {
  return (rootTao * taoWeight) / (rootTao * taoWeight + alphaIssued);
}

/** TAO that enters a pool beside new alpha at its price; the rest of `tao` buys alpha on the market. */
export function injectedTao(tao: number, price: number, rootShare: number, alphaEmission: number): number {
  return Math.min(tao, rootShare * alphaEmission * price);
}
