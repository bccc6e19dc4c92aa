import { clamp, units } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { CALENDAR } from "../market/calendar.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import type { Clock } from "./clock.js";

type Uses = typeof HOLDER_USES & StakeUses;

/** A foundation or founder with a large part of the tokens, who stakes, sells and votes. `shareHolder` is an account of the token. */
export const holderState = (token: string, scale: number) =>
  ({
    shareHolder: { unit: token, doc: "tokens of the large holder that are not staked", scale },
    shareHolderStaked: { unit: token, doc: "the large holder's part of the staked tokens", scale },
  }) satisfies RecordSpec;

export const HOLDER_PARAMS = {
  shareHolderShare: assumed(
    0.15,
    0,
    0.6,
    "1",
    "part of the liquid and of the staked tokens that the large holder has at the start; 0.42 as quoted",
  ),
  shareLockup: {
    value: 180,
    low: 0,
    high: 1000,
    unit: "day",
    source: "customary lock-up agreement of insiders at an IPO: 180 days",
    doc: "days after the listing in which the large holder sells nothing",
  },
  shareHolderSelling: assumed(
    0.0015,
    0,
    0.05,
    "1/day",
    "part of its tokens that the large holder sells in a day after the lock-up",
  ),
  shareHolderStaking: assumed(0.01, 0, 0.1, "1/day", "part of its free tokens that it stakes in a day when staking pays well"),
  shareVeto: {
    value: 0.334,
    low: 0.05,
    high: 1,
    unit: "1",
    source: "cosmos-sdk x/gov default: veto threshold 33.4 %",
    doc: "part of all tokens that can hold up a vote on issuance",
  },
  shareVoteIssuance: assumed(
    0.04,
    0,
    1,
    "1/year",
    "largest gross issuance that the large holder lets pass when it can hold up the vote",
  ),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof ReturnType<typeof holderState> | "liquid" | "supply", number>;
type Staking = State & Record<"bonded" | "unbonding" | "stakingYield" | "outsideYield", number>;
type Params = Record<keyof typeof HOLDER_PARAMS | "shareListingDay", number>;

/** The holder's tokens at the start, out of the float. */
function resetHolder(s: State, p: Params, u: Uses): void {
  s.shareHolder = u.units(p.shareHolderShare * s.liquid);
  s.liquid = s.liquid - s.shareHolder;
  s.shareHolderStaked = u.holderStake(s, p);
}

/** Of an economy with staking: its part of the bonded tokens, which stay on their account. */
export function stakeOfBonded(s: Staking, p: Params): number {
  return p.shareHolderShare * s.bonded;
}

export function stakeOfNothing(): number {
  return 0;
}

/** Part of all tokens that the holder votes with. */
function votes(s: State): number {
  return (s.shareHolder + s.shareHolderStaked) / s.supply;
}

/** The day's limit on minting: with enough votes the holder lowers it to what it lets pass. */
function votedMintLimit(s: State, p: Params, limit: number, days: number, u: Uses): number {
  const passed = p.shareVoteIssuance * (days / u.DAYS_PER_YEAR) * s.supply;
  return u.votes(s) >= p.shareVeto ? Math.min(limit, passed) : limit;
}

/** 1 once the lock-up is over. */
function unlocked(p: Params, today: number): number {
  return today >= p.shareListingDay + p.shareLockup ? 1 : 0;
}

/**
 * The holder sells after the lock-up and stakes what it does not sell.
 * @returns tokens sold
 */
function holderStep(s: State, p: Params, clock: Clock, u: Uses): number {
  const { today, days } = clock;
  const free = u.unlocked(p, today);
  const sold = u.units(free * p.shareHolderSelling * days * s.shareHolder);
  s.shareHolder = s.shareHolder - sold;
  s.liquid = s.liquid + sold;
  u.holderStakes(s, p, free, days, u);
  return sold;
}

/** Free tokens are staked as far as staking pays more than elsewhere; after the lock-up staked ones leave through the queue. */
export function holderBonds(s: Staking, p: Params, free: number, days: number, u: Uses): void {
  const keen = u.clamp(20 * u.YEAR * (s.stakingYield - s.outsideYield), 0, 1);
  const bond = u.units(keen * p.shareHolderStaking * days * s.shareHolder);
  const staked = Math.min(s.shareHolderStaked, s.bonded);
  const unbond = u.units(free * p.shareHolderSelling * days * staked);
  s.shareHolder = s.shareHolder - bond;
  s.bonded = s.bonded + bond - unbond;
  s.unbonding = s.unbonding + unbond;
  s.shareHolderStaked = staked + bond - unbond;
}

export function holderRests(_s: State, _p: Params, _free: number, _days: number): void {}

export const HOLDER_USES = { ...CALENDAR, clamp, units, resetHolder, votes, votedMintLimit, unlocked, holderStep };

/** What differs between economies: whether the token is staked. Methods, since the fields of staking are there where they are chosen. */
export interface StakeUses {
  holderStake(s: State, p: Params): number;
  holderStakes(s: State, p: Params, free: number, days: number, u: Uses): void;
}
