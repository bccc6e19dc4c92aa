import { whole } from "./checked-number.js";

const HALVING_BLOCKS = 210_000;
const FIRST_SUBSIDY = 5_000_000_000n;

/**
 * Satoshi that a block at `height` creates: 50 BTC, shifted right by one for each 210,000 blocks, 0 from the 64th halving on. Exact.
 * Source: bitcoin/bitcoin `GetBlockSubsidy`.
 * @throws UserError `E_MECHANISM` unless the height is a whole number of at least 0
 */
export function bitcoinSubsidySat(height: number): number {
  const halvings = Math.floor(whole("height", height, 0) / HALVING_BLOCKS);
  return halvings >= 64 ? 0 : Number(FIRST_SUBSIDY >> BigInt(halvings));
}
