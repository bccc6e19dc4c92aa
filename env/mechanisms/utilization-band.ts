import { UserError } from "../../core/errors.js";
import { given, within } from "./checked-number.js";

/** Factor on issuance: 1 - k below `low` utilisation, 1 + k above `high`, 1 between and where utilisation is NaN. */
function utilizationFactor(utilization: number, low: number, high: number, k: number): number {
  return utilization < low ? 1 - k : utilization > high ? 1 + k : 1;
}

interface UtilizationBand {
  readonly issuance: number;
  readonly utilization: number;
  /** Share by which issuance changes. */
  readonly k: number;
  /** 0.5 and 0.8 unless given. */
  readonly low?: number;
  readonly high?: number;
  /** Band of the issuance; none unless given. */
  readonly min?: number;
  readonly max?: number;
}

/**
 * The 50/80 % rule as it is told of Akash, which never ran it: issuance shrinks in low utilisation and grows in high. It pays
 * providers less when demand is low, so it is pro-cyclical.
 * @returns the next issuance
 * @throws UserError `E_MECHANISM` for values out of range
 */
export function seedUtilization(rule: UtilizationBand): number {
  const { low = 0.5, high = 0.8, min = 0, max = Number.MAX_VALUE } = given("rule", rule);
  const issuance = within("issuance", rule.issuance, 0, Number.MAX_VALUE);
  const factor = utilizationFactor(
    within("utilization", rule.utilization, 0, 1),
    within("low", low, 0, 1),
    within("high", high, low, 1),
    within("k", rule.k, 0, 1),
  );
  if (!(min >= 0 && max >= min)) {
    throw new UserError("E_MECHANISM", `min is ${min} and max ${max}, they must be 0 <= min <= max`, "give both");
  }
  return Math.min(max, Math.max(min, issuance * factor));
}
