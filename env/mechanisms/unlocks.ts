/**
 * WLD unlocks: linear in time, as `VestingWallet.sol` of worldcoin-token b2a9450 releases them. Shares of the initial supply.
 * Sources: whitepaper (community 75 %: 5 % at launch, then 35, 17.5, 8.75 and 8.75 points over years 1-3, 4-6, 7-9, 10-15; insiders 12
 * months locked, then linear); notice of July 2024 (80 % of team's and investors' tokens over four years instead of two).
 */

/** Share of the supply that the community has at launch. */
export const COMMUNITY_AT_LAUNCH = 0.05;
const COMMUNITY_SHARE = 0.75;
/** Team 9.8 % and investors 13.5 %; the company's reserve of 1.7 % stays locked here. */
export const INSIDER_SHARE = 0.233;
/** Day on which insiders' tokens begin to unlock: 24 July 2024. */
const INSIDER_START = 366;

export const UNLOCK_CONSTANTS = { INSIDER_SHARE, INSIDER_START, COMMUNITY_AT_LAUNCH, COMMUNITY_SHARE };

interface UnlockUses {
  readonly DAY: number;
  readonly INSIDER_SHARE: number;
  readonly INSIDER_START: number;
  readonly linearUnlock: typeof linearUnlock;
}

/** What a linear unlock of `amount` from day `start` over `length` days releases between `from` and `to`. */
export function linearUnlock(amount: number, start: number, length: number, from: number, to: number): number {
  return (amount / length) * Math.max(0, Math.min(to, start + length) - Math.max(from, start));
}

/** Share of the supply that the community gets between two days after launch, the launch itself left out. */
export function communityUnlock(from: number, to: number, u: UnlockUses): number {
  const year = 365 * u.DAY;
  return (
    u.linearUnlock(0.35, 0 * u.DAY, 3 * year, from, to) +
    u.linearUnlock(0.175, 3 * year, 3 * year, from, to) +
    u.linearUnlock(0.0875, 6 * year, 3 * year, from, to) +
    u.linearUnlock(0.0875, 9 * year, 6 * year, from, to)
  );
}

/**
 * Share of the supply that team and investors get between two days after launch. `variant` 0 is the schedule in force since July 2024
 * (a fifth over two years, the rest over four), 1 the one first announced (all over two years).
 */
export function insiderUnlock(variant: number, from: number, to: number, u: UnlockUses): number {
  const year = 365 * u.DAY;
  const start = u.INSIDER_START * u.DAY;
  const quick = variant > 0.5 ? u.INSIDER_SHARE : 0.2 * u.INSIDER_SHARE;
  return u.linearUnlock(quick, start, 2 * year, from, to) + u.linearUnlock(u.INSIDER_SHARE - quick, start, 4 * year, from, to);
}
