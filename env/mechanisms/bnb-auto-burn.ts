import { positive, within } from "./checked-number.js";

/**
 * BNB burned for a quarter: `1000 blocks / (price + k)`, so less when the price is higher. Burns end at a supply of
 * 100,000,000, which the caller keeps. Source: Binance notice of 2021-12-22.
 * @param blocks produced in the quarter, about 2,592,000 at 3 s
 * @param price  mean price of the quarter, USD
 * @param k      1000 on chain
 * @throws UserError `E_MECHANISM` for a negative count, or a price or k that is not above 0
 */
export function bnbAutoBurn(blocks: number, price: number, k = 1000): number {
  return (1000 * within("blocks", blocks, 0, Number.MAX_VALUE)) / (positive("price", price) + positive("k", k));
}

/** The same over the burn at price `reference`: how a higher price thins the burn. */
export function autoBurnFactor(price: number, reference: number, k: number): number {
  return (reference + k) / (price + k);
}
