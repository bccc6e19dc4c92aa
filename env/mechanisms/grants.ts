import { within } from "./checked-number.js";

/**
 * WLD user grants as the contracts pay them: a fixed table, no adaptation. Source: worldcoin-grants-contracts 01b3e03
 * (`src/WLDGrant.sol` for ids 39 to 88, `src/LaunchGrantLegacy.sol` and `src/WLDGrantPreGrant4_new.sol` before them).
 */

/** WLD per human of the monthly grants with ids 39 (August 2024) to 88 (September 2028). */
export const GRANT_TABLE: readonly number[] = [
  6.18, 6, 5.21, 4.53, 4.08, 3.68, 3.3, 3.14, 2.98, 2.84, 2.7, 2.56, 2.42, 2.3, 2.2, 2.08, 1.98, 1.88, 1.78, 1.7, 1.62, 1.54,
  1.46, 1.38, 1.3, 1.22, 1.14, 1.08, 1.02, 1.5, 1.41, 1.33, 1.25, 1.17, 1.1, 1.04, 0.96, 0.9, 0.83, 0.78, 0.72, 0.67, 0.62,
  0.58, 0.54, 0.5, 0.47, 0.43, 0.4, 0.37,
];

/** Id of the first monthly grant. */
export const FIRST_MONTHLY_ID = 39;

/** Weeks from launch to August 2024, when the monthly grants begin. */
const LAUNCH_WEEKS = 374 / 7;

/** Days from launch (2023-07-24) to 2024-03-01: years that begin in March have their leap day at the end. */
const DAYS_TO_MARCH_2024 = 221;

/** What the functions below take from `u`. */
export const GRANT_CONSTANTS = { GRANT_TABLE, DAYS_TO_MARCH_2024 };

/** Weeks since launch -> WLD per claim of the grant in force before August 2024 (ids 13 to 38; id 29 lasted four weeks). Host function. */
export function launchGrant(weeks: number): number {
  within("weeks", weeks, 0, LAUNCH_WEEKS);
  if (weeks < 2) return 25;
  if (weeks < 3) return 10;
  const count = 15 + Math.floor((weeks - 3) / 2);
  const id = count <= 29 ? count : count - 1;
  return id === 30 ? 6 : 3;
}

/**
 * Whole calendar months (UTC) from August 2024 to the day that lies `age` days after launch; negative before. Exact until February
 * 2100, also in single precision: all numbers stay below 2^24.
 */
export function monthsSinceAugust2024(age: number, u: { readonly DAY: number; readonly DAYS_TO_MARCH_2024: number }): number {
  const day = Math.floor(age * (1 / u.DAY)) - u.DAYS_TO_MARCH_2024;
  const years = Math.floor((4 * day + 3) / 1461);
  const dayOfYear = day - Math.floor((1461 * years) / 4);
  return 12 * years + Math.floor((5 * dayOfYear + 2) / 153) - 5;
}

/**
 * WLD per human of the grant whose month is `month` months after August 2024; `after` beyond the table, where the contract itself pays
 * nothing.
 */
export function tableGrant(month: number, after: number, u: { readonly GRANT_TABLE: readonly number[] }): number {
  let amount = u.GRANT_TABLE[0]!;
  for (let i = 1; i < 50; i++) {
    if (month >= i) amount = u.GRANT_TABLE[i]!;
  }
  return month >= 50 ? after : amount;
}

/**
 * Mean claim per human and month when this month's and last month's grant can be claimed: `prompt` claim in the month itself, of
 * the others the share `late` claims in the next one.
 */
export function claimPerMonth(now: number, before: number, prompt: number, late: number): number {
  return prompt * now + (1 - prompt) * late * before;
}

/** The grant as it is popularly told, adaptive: a pot shared by those who claim. */
export function potGrant(pot: number, claimants: number, least: number): number {
  return pot / Math.max(claimants, least);
}
