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

const TAO_CAP = 21_000_000;

/** TAO issued in a block of 12 seconds when `issuedTao` are in issue; 0 from the cap of 21 million on. Any number of halvings. */
export function taoBlockEmission(issuedTao: number): number {
  const left = TAO_CAP - issuedTao;
  if (!(left > 0)) return 0;
  let emission = 1;
  // Near the cap the difference is exact, and so is the cap halved: every threshold is met to the last bit.
  while (left <= 0.5 * emission * TAO_CAP) emission *= 0.5;
  return emission;
}
