/** Reward after `elapsed` of an interval-halving schedule: `start * 2^-floor(elapsed / interval)`, 0 after 64 halvings. Uses: none. */
export function halvingReward(start: number, elapsed: number, interval: number): number {
  const halvings = Math.floor(elapsed / interval);
  return halvings >= 64 ? 0 : start * 2 ** -halvings;
}

/**
 * Reward of an issuance-based halving: halves each time the remaining supply halves (Bittensor). `issued` of `cap`, computed as
 * the chain does, by the logarithm of the remaining share. Uses: none.
 */
export function issuanceHalving(start: number, issued: number, cap: number): number {
  const remaining = 1 - issued / cap;
  return start * 2 ** -Math.floor(-Math.log(remaining) / Math.log(2));
}
