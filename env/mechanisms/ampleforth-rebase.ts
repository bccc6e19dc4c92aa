import { within } from "./checked-number.js";

/** Growth rate, limits and dead band of the rebase curve. Source: ampleforth-contracts 701eee2, `contracts/UFragmentsPolicy.sol`. */
export const AMPLEFORTH = { GROWTH: 45, UP: 0.05, DOWN: 0.077, DEAD_BAND: 0.025 } as const;

interface CurveUses {
  readonly AMPLEFORTH: typeof AMPLEFORTH;
}

/**
 * Share by which all balances change in a day at a price of `ratio` targets: 0 within 2.5 % of it, else a logistic curve through 0
 * with limits -7.7 % and +5 %.
 */
export function rebaseCurve(ratio: number, u: CurveUses): number {
  const { GROWTH, UP, DOWN, DEAD_BAND } = u.AMPLEFORTH;
  const distance = ratio - 1;
  const limit = distance > 0 ? UP : DOWN;
  // (upper - lower) / (1 - upper/lower * 2^-gx) + lower with lower = -upper.
  const change = (2 * limit) / (1 + 2 ** (-GROWTH * distance)) - limit;
  // The contract acts at 2.5 % itself; in binary 1.025 - 1 is a hair less.
  return Math.abs(distance) < DEAD_BAND - 1e-12 ? 0 : change;
}

/**
 * Ampleforth's daily rebase, as a share of every balance.
 * @param priceRatio market price over target price
 * @throws UserError `E_MECHANISM` for a negative or infinite ratio
 */
export function ampleforthRebase(priceRatio: number): number {
  return rebaseCurve(within("priceRatio", priceRatio, 0, Number.MAX_VALUE), { AMPLEFORTH });
}
