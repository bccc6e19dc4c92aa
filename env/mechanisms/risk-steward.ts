import { given, within } from "./checked-number.js";

/** Limits of one parameter, as Aave's risk stewards have them. */
interface StewardUpdate {
  readonly current: number;
  readonly proposed: number;
  /** Since the parameter was last changed, and the least that must have passed; the same unit of time. */
  readonly elapsed: number;
  readonly minDelay: number;
  /** Largest change: as a share of the current value if `relative` (caps), else in its unit (rates). */
  readonly maxChange: number;
  readonly relative: boolean;
  /** Whether 0 may be proposed; rates may, caps may not. */
  readonly zeroAllowed?: boolean;
  /** Age of the proposal and the age from which it counts no more (6 h for automated ones); no expiry unless given. */
  readonly age?: number;
  readonly expiry?: number;
}

/** Why a proposal is refused; `none` when it is accepted. */
type StewardReason = "none" | "too soon" | "expired" | "zero" | "too far";

/**
 * Whether the steward lets a change through, and the value in force after it. A refused proposal is not trimmed: nothing changes.
 * Source: aave-dao/aave-v3-risk-stewards ab49968, README.
 * @throws UserError `E_MECHANISM` for values that are not finite, or negative limits and times
 */
export function aaveRiskSteward(update: StewardUpdate): { accepted: boolean; reason: StewardReason; value: number } {
  const { relative, zeroAllowed = false, age = 0, expiry = Number.MAX_VALUE } = given("update", update);
  const finite = (name: "current" | "proposed") => within(name, update[name], -Number.MAX_VALUE, Number.MAX_VALUE);
  const [current, proposed] = [finite("current"), finite("proposed")];
  const elapsed = within("elapsed", update.elapsed, 0, Number.POSITIVE_INFINITY);
  const minDelay = within("minDelay", update.minDelay, 0, Number.MAX_VALUE);
  const maxChange = within("maxChange", update.maxChange, 0, Number.MAX_VALUE);
  within("age", age, 0, Number.MAX_VALUE);
  within("expiry", expiry, 0, Number.MAX_VALUE);
  const room = relative ? maxChange * Math.abs(current) : maxChange;
  // Rounding of the difference must not refuse a change of exactly the limit.
  const far = Math.abs(proposed - current) > room * (1 + 1e-12);
  const zero = proposed === 0 && !zeroAllowed;
  const reason = elapsed < minDelay ? "too soon" : age > expiry ? "expired" : zero ? "zero" : far ? "too far" : "none";
  return { accepted: reason === "none", reason, value: reason === "none" ? proposed : current };
}

/** The value closest to `wanted` that a steward would accept. */
export function stewardMove(
  current: number,
  wanted: number,
  room: number,
  u: { readonly clamp: (x: number, low: number, high: number, safe: number) => number },
): number {
  return u.clamp(wanted, current - room, current + room, current);
}
