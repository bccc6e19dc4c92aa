/**
 * TAO issuance: one token a block, halved each time that half of what was left has been issued. It depends on what is issued, not on
 * the block, so recycled tokens delay the halving. Source: opentensor/subtensor `coinbase/block_emission.rs`; cap 21 M.
 */

/** Emission per block over its first value, by the issued share of the cap; exact up to that many `halvings` (a constant). */
export function halvingFactor(issuedShare: number, halvings: number): number {
  let left = 1 - issuedShare;
  let factor = issuedShare < 1 ? 1 : 0;
  for (let i = 0; i < halvings; i++) {
    // Doubling is exact, so a threshold is met to the last bit; a logarithm would miss some by rounding.
    factor = left <= 0.5 ? 0.5 * factor : factor;
    left = left <= 0.5 ? 2 * left : left;
  }
  return factor;
}

/** TAO issued in a block of 12 seconds when `issuedTao` are in issue; 0 from the cap of 21 million on. */
export function taoBlockEmission(issuedTao: number): number {
  return halvingFactor(issuedTao / 21_000_000, 30);
}
