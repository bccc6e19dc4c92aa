import { clamp, units } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";
import { share } from "./curves.js";

export const OUTSIDE_YIELD_STATE = {
  outsideYield: { unit: "1/year", doc: "yield that holders could have elsewhere", scale: 0.1 },
} satisfies RecordSpec;

/** State of the staking of a token with this symbol. */
export const stakingState = (token: string) =>
  ({
    bonded: { unit: token, doc: "bonded tokens", scale: 1e8 },
    unbonding: { unit: token, doc: "tokens in the unbonding queue", scale: 1e7 },
    stakingYield: { unit: "1/year", doc: "rewards of the last step over bonded tokens, annualised" },
  }) satisfies RecordSpec;

export const OUTSIDE_YIELD_PARAMS = {
  outsideNormal: assumed(0.07, 0.005, 0.2, "1/year", "outside yield in normal times"),
  outsideBoom: assumed(0.12, 0, 0.3, "1/year", "outside yield in a boom"),
  outsideBust: assumed(0.045, 0, 0.2, "1/year", "outside yield in a bust"),
  outsideSpeed: assumed(6, 1, 20, "1/year", "mean reversion of the outside yield"),
  outsideNoise: assumed(0.03, 0, 0.1, "year^-1.5", "noise of the outside yield at its normal level"),
} satisfies Record<string, ParamSpec>;

export const STAKING_PARAMS = {
  bondedStart: assumed(0.55, 0.2, 0.8, "1", "bonded share at the start, also the share that the starting price reflects"),
  unbondingStart: assumed(0.01, 0, 0.1, "1", "unbonding share of supply at the start"),
  bondedLow: assumed(0.2, 0.05, 0.4, "1", "bonded share that stays whatever the yield"),
  bondedHigh: assumed(0.78, 0.5, 0.9, "1", "bonded share that no yield exceeds"),
  yieldSensitivity: assumed(28, 5, 60, "year", "steepness of the bonded share in excess yield"),
  volatilityPremium: assumed(0.05, 0, 0.2, "year^-0.5", "extra yield asked per unit of annual volatility"),
  trustPremium: assumed(0.06, 0, 0.2, "1/year", "extra yield asked per unit of lost trust"),
  bondSpeed: assumed(0.04, 0.005, 0.2, "1/day", "share of the gap that bonds in a day"),
  unbondSpeed: assumed(0.03, 0.005, 0.2, "1/day", "share of the gap that starts to unbond in a day"),
  bondFloatShare: assumed(0.05, 0.01, 0.2, "1/day", "largest share of the float that bonds in a day"),
  unbondingTime: {
    value: 21,
    low: 1,
    high: 60,
    unit: "day",
    source: "Akash genesis file (AEP-8): 21 days",
    doc: "mean stay in the unbonding queue",
  },
  stakerSelling: assumed(0.35, 0, 1, "1", "share of rewards that stakers sell at once"),
  releaseSelling: assumed(0.5, 0, 1, "1", "share of tokens out of the unbonding queue that is sold"),
  bondBuying: assumed(0.3, 0, 1, "1", "share of newly bonded tokens that is bought for it"),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof ReturnType<typeof stakingState> | "outsideYield", number>;
type Market = Record<"realisedVariance" | "trust" | "supply" | "liquid", number>;
type Params = Record<keyof typeof STAKING_PARAMS | "volatilityNormal", number>;
type Uses = typeof STAKING_USES;

/** Moves of a step between liquid, bonded and unbonding tokens. */
interface StakingMoves {
  readonly bond: number;
  readonly unbond: number;
  readonly release: number;
}

/** Bonded share that stakers want, by excess yield over outside yield, volatility and trust. */
export function bondedTarget(s: State, p: Params, volatility: number, lostTrust: number, u: Uses): number {
  const asked = s.outsideYield + p.volatilityPremium * (volatility - p.volatilityNormal) + p.trustPremium * lostTrust;
  return p.bondedLow + (p.bondedHigh - p.bondedLow) * u.share(p.yieldSensitivity * (s.stakingYield - asked));
}

/** What stakers want and can do in a step. */
interface StakingConditions {
  /** Length of the step. */
  readonly days: number;
  /** Bonded share that they want. */
  readonly target: number;
  readonly supply: number;
  /** Tradable tokens before the step. */
  readonly liquid: number;
}

/** What moves in this step, in whole tokens. */
export function stakingMoves(s: State, p: Params, c: StakingConditions, u: Uses): StakingMoves {
  const gap = c.target * c.supply - s.bonded;
  return {
    bond: u.units(Math.min(p.bondSpeed * c.days * Math.max(0, gap), p.bondFloatShare * c.days * c.liquid)),
    unbond: u.units(p.unbondSpeed * c.days * Math.max(0, -gap)),
    release: u.units(s.unbonding * (c.days / p.unbondingTime)),
  };
}

/** What stakers get in a step. */
type StakeConditions = {
  /** Length of the step. */
  readonly days: number;
  /** Tokens paid to stakers. */
  readonly rewards: number;
  /** Tradable tokens before the step. */
  readonly liquid: number;
};

/**
 * Stakers follow the yield of this step's rewards; moves tokens between the accounts. Returns what stakers buy and sell on the market,
 * in tokens.
 */
function stakeStep(
  s: State & Market,
  p: Params & { readonly trustNormal: number },
  c: StakeConditions,
  u: Uses,
): { readonly bought: number; readonly sold: number } {
  const { days, rewards, liquid } = c;
  const years = days / u.DAYS_PER_YEAR;
  s.stakingYield = (rewards * (1 / years)) / Math.max(s.bonded, 0.02 * s.supply);
  const target = u.bondedTarget(s, p, Math.sqrt(s.realisedVariance), p.trustNormal - s.trust, u);
  const move = u.stakingMoves(s, p, { days, target, supply: s.supply, liquid }, u);
  s.liquid = s.liquid - move.bond + move.release;
  s.bonded = s.bonded + move.bond - move.unbond;
  s.unbonding = s.unbonding + move.unbond - move.release;
  return { bought: p.bondBuying * move.bond, sold: p.stakerSelling * rewards + p.releaseSelling * move.release };
}

type Outside = Record<keyof typeof OUTSIDE_YIELD_STATE, number>;
type OutsideParams = Record<keyof typeof OUTSIDE_YIELD_PARAMS, number>;

interface OutsideConditions {
  /** Length of the step in years. */
  readonly years: number;
  /** Yield that the process reverts to, 1/year. */
  readonly mean: number;
  /** Noise of variance 1. */
  readonly shock: number;
}

/** Outside yield by a square-root process. */
export function outsideYieldStep(s: Outside, p: OutsideParams, c: OutsideConditions, u: typeof OUTSIDE_YIELD_USES): void {
  const level = Math.sqrt(Math.max(0, s.outsideYield) / p.outsideNormal);
  const noise = p.outsideNoise * Math.sqrt(c.years) * level * c.shock;
  s.outsideYield = u.clamp(s.outsideYield + p.outsideSpeed * c.years * (c.mean - s.outsideYield) + noise, 0.005, 0.4);
}

export const STAKING_USES = { ...CALENDAR, units, share, bondedTarget, stakingMoves, stakeStep };

export const OUTSIDE_YIELD_USES = { clamp, outsideYieldStep };
