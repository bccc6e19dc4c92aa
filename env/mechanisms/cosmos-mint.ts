/** Blocks per year of the SDK's defaults: 8766 hours at 5 seconds a block. */
export const SDK_BLOCKS_PER_YEAR = (8766 * 3600) / 5;

/**
 * Inflation after one step of the Cosmos x/mint rule: it rises while less than `goal` is bonded, falls while more is. Per block,
 * `step` is 1 / blocks per year; away from the band the change does not depend on the inflation, so a day is its blocks added up.
 * Source: cosmos/cosmos-sdk x/mint/types/minter.go. Uses: `clamp`.
 * @param rate       inflation now, 1/year
 * @param bonded     bonded share of supply; NaN leaves the rate unchanged
 * @param rateChange largest change of inflation in a year, 1/year^2
 * @param step       length of the step, year
 */
export function cosmosInflation(
  rate: number,
  bonded: number,
  goal: number,
  rateChange: number,
  min: number,
  max: number,
  step: number,
  u: { readonly clamp: (x: number, low: number, high: number, safe: number) => number },
): number {
  return u.clamp(rate + (1 - bonded / goal) * rateChange * step, min, max, rate);
}
