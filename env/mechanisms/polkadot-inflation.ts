import { positive, within } from "./checked-number.js";

/** See {@link polkadotReward}. */
export function rewardCurve(staked: number, ideal: number, falloff: number): number {
  return staked < ideal ? staked / ideal : 2 ** ((ideal - staked) / falloff);
}

/**
 * Polkadot's old reward curve, 0 to 1: rises to 1 at the ideal staked share and halves with every `falloff` beyond it.
 * Source: polkadot-sdk `substrate/frame/staking/reward-fn/src/lib.rs`.
 * @param x staked share of supply
 * @throws UserError `E_MECHANISM` for shares outside 0..1, an ideal of 0, or a falloff below the code's 0.01
 */
export function polkadotReward(x: number, ideal: number, falloff: number): number {
  within("x", x, 0, 1);
  within("ideal", ideal, Number.MIN_VALUE, 1);
  return rewardCurve(x, ideal, within("falloff", falloff, 0.01, 1));
}

/** DOT a year since November 2024, whatever the supply; 15 % of it goes to the treasury. Source: polkadot-fellows/runtimes #471. */
const POLKADOT_FIXED = 120_063_259;
/** Largest supply and the share of what is left that two years issue, from 2026-03-14 on. Source: ggwpez/dotless, referendum 1710. */
const POLKADOT_CAP = 2_100_000_000;
export const POLKADOT_TWO_YEARS = 0.2628;

/** DOT for stakers and for the treasury in a year of the fixed rule. */
export function polkadotFixedIssuance(): { total: number; stakers: number; treasury: number } {
  return { total: POLKADOT_FIXED, stakers: 0.85 * POLKADOT_FIXED, treasury: 0.15 * POLKADOT_FIXED };
}

/**
 * DOT a year under the capped rule, for the two years that begin at this supply: 13.14 % of what is left to 2.1 billion.
 * @throws UserError `E_MECHANISM` for a supply that is not above 0 or exceeds the cap
 */
export function polkadotCappedIssuance(supply: number): number {
  within("supply", positive("supply", supply), 0, POLKADOT_CAP);
  return cappedIssuance(supply, POLKADOT_CAP, POLKADOT_TWO_YEARS / 2);
}

/** A yearly share of what is left to the cap. */
export function cappedIssuance(supply: number, cap: number, yearlyShare: number): number {
  return yearlyShare * Math.max(0, cap - supply);
}
