/**
 * WLD's cap on minting: none for 15 years and a week, then at most 0.124 % of the supply in a period of 30 days and 10 hours, which
 * is 1.5 % a year compounded. Source: worldcoin-token b2a9450, `src/WLD.sol` and `script/DeployWLD.s.sol`.
 */

/** Days after launch during which nothing can be minted (473,938,994 s). */
export const MINT_LOCK_DAYS = 473_938_994 / 86_400;
/** Length of a period in days (2,628,000 s). */
export const MINT_PERIOD_DAYS = 2_628_000 / 86_400;
/** Growth of supply allowed in a period: the contract's integer over 10^18. */
export const MINT_PERIOD_CAP = 1_241_487_716_449_316e-18;

export const INFLATION_CONSTANTS = { MINT_LOCK_DAYS, MINT_PERIOD_DAYS, MINT_PERIOD_CAP };

interface CapUses {
  readonly units: (x: number) => number;
  readonly DAY: number;
  readonly YEAR: number;
  readonly MINT_LOCK_DAYS: number;
  readonly MINT_PERIOD_CAP: number;
}

/**
 * Tokens that may be minted now. A period begins with the first mint after the last one has ended, and then allows its share of the
 * supply at that moment: `left` are the days it still lasts (negative: ended), `room` what it still allows.
 * @param age days after launch
 */
export function mintRoom(age: number, supply: number, left: number, room: number, u: CapUses): number {
  const open = left < 0 ? u.units(u.MINT_PERIOD_CAP * supply) : room;
  return age < u.MINT_LOCK_DAYS * u.DAY ? 0 : open;
}

/** The cap as it is popularly told: 1.5 % of the supply a year, day by day. */
export function simpleMintRoom(age: number, supply: number, years: number, u: CapUses): number {
  return age < u.MINT_LOCK_DAYS * u.DAY ? 0 : (0.015 / u.YEAR) * years * supply;
}
