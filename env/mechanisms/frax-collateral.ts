import { within } from "./checked-number.js";

/** Collateral ratio after one refresh (an hour apart at least): down a step above the band, up a step below it, within 0..1. */
export function collateralStep(ratio: number, price: number, step: number, band: number): number {
  const moved = price > 1 + band ? ratio - step : price < 1 - band ? ratio + step : ratio;
  return Math.min(1, Math.max(0, moved));
}

/**
 * Frax v1 target collateral ratio after a refresh: 0.25 points down when the price is above 1.005 USD, up when below 0.995.
 * Source: frax-solidity `Frax.sol`.
 * @param ratio now, 0..1
 * @param price of FRAX, USD
 * @throws UserError `E_MECHANISM` for a ratio outside 0..1 or a price that is negative or infinite
 */
export function fraxCollateralRatio(ratio: number, price: number): number {
  within("price", price, 0, Number.MAX_VALUE);
  // Whole points of 10^-6 as the contract counts them, so that a walk up and down ends where it began.
  const millionths = Math.round(within("ratio", ratio, 0, 1) * 1e6);
  const step = price > 1.005 ? -2500 : price < 0.995 ? 2500 : 0;
  return Math.min(1e6, Math.max(0, millionths + step)) / 1e6;
}
