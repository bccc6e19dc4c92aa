/**
 * Burn-mint equilibrium as Render runs it: jobs are priced in dollars, what they cost is bought on the market and mostly burned,
 * and the network mints a number of tokens that does not depend on what was burned. Sources: rendernetwork/RNPs RNP-001 (minting
 * independent of burning, recycling after the cap), RNP-006 (5 % fee).
 */

/** Tokens destroyed by a payment of `usd`. */
export function burnedFor(usd: number, price: number, burnShare: number): number {
  return (burnShare * usd) / price;
}

/** Price at which an epoch burns what it mints: `burnShare * usd / minted`, both per epoch. */
export function equilibriumPrice(usd: number, minted: number, burnShare: number): number {
  return (burnShare * usd) / minted;
}

/**
 * What an epoch may mint (RNP-001, net emissions): new tokens while the budget lasts, then burned tokens again, but those only up to
 * `recycleShare` of what the epoch wanted. All amounts in tokens.
 * @param wish       tokens that the epoch wants to mint
 * @param budgetLeft issuance budget not yet minted
 * @param burnedLeft tokens burned so far and not yet minted again
 */
export function netEmission(
  wish: number,
  budgetLeft: number,
  burnedLeft: number,
  recycleShare: number,
): { issued: number; recycled: number } {
  const issued = Math.min(wish, Math.max(0, budgetLeft));
  const recycled = Math.min(wish - issued, recycleShare * wish, Math.max(0, burnedLeft));
  return { issued, recycled };
}
