import { within } from "./checked-number.js";

/** A schedule that falls by `taper` a year, continuously, down to `terminal`. */
export function taperedRate(initial: number, terminal: number, taper: number, years: number): number {
  return Math.max(terminal, initial * (1 - taper) ** years);
}

/**
 * Solana's inflation a year after `year` years (fractions of them too): 8 % falling by 15 % a year to 1.5 %.
 * Source: anza-xyz/solana-sdk `inflation/src/lib.rs`.
 * @throws UserError `E_MECHANISM` for a year below 0
 */
export function solanaInflation(year: number): number {
  return taperedRate(0.08, 0.015, 0.15, within("year", year, 0, Number.MAX_VALUE));
}
