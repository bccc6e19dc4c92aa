import { whole, within } from "./checked-number.js";

/** Epochs of 32 slots of 12 seconds in a year of 365.25 days. */
const EPOCHS_PER_YEAR = (365.25 * 86_400) / (32 * 12);
const BASE_REWARD_FACTOR = 64n;
/** ETH a year over the root of the ETH staked: 166.3. */
const ISSUANCE_SCALE = (64 * EPOCHS_PER_YEAR) / Math.sqrt(1e9);

/**
 * Base reward in gwei of each staked ETH per epoch, exact: `10^9 * 64 / isqrt(gwei staked)` in whole numbers.
 * Source: ethereum/consensus-specs `specs/altair/beacon-chain.md`.
 * @param staked active stake, ETH
 * @throws UserError `E_MECHANISM` unless it is a whole number of at least 1
 */
export function ethereumBaseReward(staked: number): number {
  const total = 1_000_000_000n * BigInt(whole("staked", staked, 1));
  return Number((1_000_000_000n * BASE_REWARD_FACTOR) / squareRoot(total));
}

/** Largest whole number whose square is at most `n`. */
function squareRoot(n: bigint): bigint {
  let x = BigInt(Math.floor(Math.sqrt(Number(n))));
  // The double root may be one off for numbers above 2^53.
  while (x * x > n) x -= 1n;
  while ((x + 1n) * (x + 1n) <= n) x += 1n;
  return x;
}

/**
 * ETH issued in a year at perfect participation, without the rounding of the base reward: about `166.3 * sqrt(staked)`.
 * @param staked active stake, ETH
 * @throws UserError `E_MECHANISM` for a negative or infinite stake
 */
export function ethereumAnnualIssuance(staked: number): number {
  return ISSUANCE_SCALE * Math.sqrt(within("staked", staked, 0, Number.MAX_VALUE));
}

/**
 * Issuance a year as a share of supply when the share `bonded` of it is staked: it grows with the root of the stake. `scale` is
 * 166.3 over the root of the supply, 0.01515 for 120.5 M ETH.
 */
export function ethereumRate(bonded: number, scale: number): number {
  return scale * Math.sqrt(Math.max(0, bonded));
}
