import { UserError } from "../../core/errors.js";
import { whole, within } from "./checked-number.js";

/** Epochs of 30 seconds in a year of 365 days. */
const EPOCHS_PER_YEAR = 365 * 24 * 120;
/** Both mintings halve in six years. */
const LAMBDA = Math.LN2 / (6 * EPOCHS_PER_YEAR);
const SIMPLE_TOTAL = 330e6;
const BASELINE_TOTAL = 770e6;
/** Baseline power in bytes at the first epoch, and its growth in an epoch: it doubles in a year. */
const FIRST_BASELINE = 2.88888888e18;
const BASELINE_GROWTH = Math.LN2 / EPOCHS_PER_YEAR;

/**
 * FIL of simple minting in an epoch: 330 million in all, halving in six years. Source: filecoin-project/specs-actors 985cd0f,
 * `actors/builtin/reward`.
 * @throws UserError `E_MECHANISM` unless the epoch is a whole number of at least 0
 */
export function filecoinSimpleReward(epoch: number): number {
  // Not exp - 1: of its digits half would be lost.
  return SIMPLE_TOTAL * Math.expm1(LAMBDA) * Math.exp(-LAMBDA * whole("epoch", epoch, 0));
}

/** Baseline power in bytes of an epoch (0 is the first). Errors as above. */
export function filecoinBaselinePower(epoch: number): number {
  return FIRST_BASELINE * Math.exp(BASELINE_GROWTH * whole("epoch", epoch, 0));
}

/**
 * Effective network time in epochs: as many epochs of the baseline, summed up, as the network's power summed up so far, linear within
 * an epoch. `power` counts in each epoch up to that epoch's baseline only.
 * @param cumulated sum of min(power, baseline) over the epochs, byte epochs
 * @throws UserError `E_MECHANISM` for a negative or infinite sum
 */
export function filecoinEffectiveTime(cumulated: number): number {
  within("cumulated", cumulated, 0, Number.MAX_VALUE);
  const growth = Math.expm1(BASELINE_GROWTH);
  // n epochs sum up to first * (e^gn - 1) / (e^g - 1).
  const before = Math.floor(Math.log1p((cumulated / FIRST_BASELINE) * growth) / BASELINE_GROWTH);
  const sum = (FIRST_BASELINE * Math.expm1(BASELINE_GROWTH * before)) / growth;
  return before + (cumulated - sum) / (FIRST_BASELINE * Math.exp(BASELINE_GROWTH * before));
}

/**
 * FIL of baseline minting while effective time went from one value to another: 770 million in all. It stalls while the network's
 * power is below the baseline.
 * @throws UserError `E_MECHANISM` unless 0 <= from <= to
 */
export function filecoinBaselineReward(from: number, to: number): number {
  within("from", from, 0, Number.MAX_VALUE);
  if (!(to >= from && to < Number.POSITIVE_INFINITY)) {
    throw new UserError("E_MECHANISM", `effective time goes from ${from} to ${to}, it never goes back`, "give from <= to");
  }
  return -BASELINE_TOTAL * Math.exp(-LAMBDA * from) * Math.expm1(-LAMBDA * (to - from));
}

/**
 * Effective time in years when `cumulated` is the sum of min(power, baseline) in years of the first baseline, which grows by `growth`
 * a year (natural logarithm).
 */
export function effectiveYears(cumulated: number, growth: number): number {
  return Math.log(1 + growth * Math.max(0, cumulated)) / growth;
}
