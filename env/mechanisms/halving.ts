/** Reward after `elapsed` of an interval-halving schedule: `start * 2^-floor(elapsed / interval)`, 0 after 64 halvings. Uses: none. */
export function halvingReward(start: number, elapsed: number, interval: number): number {
  const halvings = Math.floor(elapsed / interval);
  return halvings >= 64 ? 0 : start * 2 ** -halvings;
}

/**
 * Reward of an issuance-based halving: halves each time the remaining supply halves, 0 from `cap` on. Source: subtensor
 * block_emission.rs, `start / 2^floor(log2(1 / (1 - issued/cap)))`. Uses: none.
 */
export function issuanceHalving(start: number, issued: number, cap: number): number {
  if (issued >= cap) return 0;
  // A quarter unit in the last place too little would miss the threshold itself; at most 1e-12 of an interval too early.
  const halvings = Math.floor(-Math.log(1 - issued / cap) / Math.log(2) + 1e-12);
  return start * 2 ** -halvings;
}
