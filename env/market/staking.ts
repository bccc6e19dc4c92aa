import type { RecordSpec } from "../../compiler/schema.js";
import type { ParamSpec, WorldUses } from "../world.js";

/** State of the staking of a token with this symbol. */
export const stakingState = (token: string) =>
  ({
    bonded: { unit: token, doc: "bonded tokens", scale: 1e8 },
    unbonding: { unit: token, doc: "tokens in the unbonding queue", scale: 1e7 },
    stakingYield: { unit: "1/year", doc: "rewards of the last step over bonded tokens, annualised" },
    outsideYield: { unit: "1/year", doc: "yield that stakers could have elsewhere", scale: 0.1 },
  }) satisfies RecordSpec;

const assumed = (value: number, low: number, high: number, unit: string, doc: string): ParamSpec => ({
  value,
  low,
  high,
  unit,
  source: "assumption",
  doc,
});

export const STAKING_PARAMS = {
  bondedLow: assumed(0.2, 0.05, 0.4, "1", "bonded share that stays whatever the yield"),
  bondedHigh: assumed(0.78, 0.5, 0.9, "1", "bonded share that no yield exceeds"),
  yieldSensitivity: assumed(28, 5, 60, "year", "steepness of the bonded share in excess yield"),
  volatilityPremium: assumed(0.05, 0, 0.2, "year^-0.5", "extra yield asked per unit of annual volatility"),
  volatilityNormal: assumed(0.85, 0.4, 1.5, "year^-0.5", "annual volatility that asks for no extra yield"),
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
  outsideNormal: assumed(0.07, 0, 0.2, "1/year", "outside yield in normal times"),
  outsideBoom: assumed(0.12, 0, 0.3, "1/year", "outside yield in a boom"),
  outsideBust: assumed(0.045, 0, 0.2, "1/year", "outside yield in a bust"),
  outsideSpeed: assumed(6, 1, 20, "1/year", "mean reversion of the outside yield"),
  outsideNoise: assumed(0.03, 0, 0.1, "year^-1.5", "noise of the outside yield at its normal level"),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof ReturnType<typeof stakingState>, number>;
type Params = Record<keyof typeof STAKING_PARAMS, number>;

/** Moves of a step between liquid, bonded and unbonding tokens. */
export interface StakingMoves {
  readonly bond: number;
  readonly unbond: number;
  readonly release: number;
}

/** Bonded share that stakers want, by excess yield over outside yield, volatility and trust. Uses: `share`. */
export function bondedTarget(s: State, p: Params, volatility: number, lostTrust: number, u: WorldUses): number {
  const asked = s.outsideYield + p.volatilityPremium * (volatility - p.volatilityNormal) + p.trustPremium * lostTrust;
  return p.bondedLow + (p.bondedHigh - p.bondedLow) * u.share(p.yieldSensitivity * (s.stakingYield - asked));
}

/** What moves in this step, in whole tokens. Uses: `units`. */
export function stakingMoves(
  s: State,
  p: Params,
  target: number,
  supply: number,
  liquid: number,
  days: number,
  u: WorldUses,
): StakingMoves {
  const gap = target * supply - s.bonded;
  return {
    bond: u.units(Math.min(p.bondSpeed * days * Math.max(0, gap), p.bondFloatShare * days * liquid)),
    unbond: u.units(p.unbondSpeed * days * Math.max(0, -gap)),
    release: u.units(s.unbonding * (days / p.unbondingTime)),
  };
}

/** Outside yield by a square-root process; `shock` has variance 1. Uses: `clamp`. */
export function outsideYieldStep(s: State, p: Params, mean: number, shock: number, years: number, u: WorldUses): void {
  const level = Math.sqrt(Math.max(0, s.outsideYield) / p.outsideNormal);
  const noise = p.outsideNoise * Math.sqrt(years) * level * shock;
  s.outsideYield = u.clamp(s.outsideYield + p.outsideSpeed * years * (mean - s.outsideYield) + noise, 0.005, 0.4);
}
