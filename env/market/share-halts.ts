import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";

/** When the share leg trades. The token leg always does. */
export const SHARE_HALT_PARAMS = {
  shareHaltVariant: {
    value: 0,
    low: 0,
    high: 1,
    unit: "1",
    source: "SEC/NYSE market-wide circuit breakers: falls of the S&P 500",
    doc: "0 the index triggers market-wide halts, as the rule is; 1 the share's own fall does too, as it is popularly said",
  },
  shareBand: {
    value: 0.1,
    low: 0.05,
    high: 0.2,
    unit: "1",
    source: "LULD plan: 5 % for tier 1, 10 % for other shares above 3 USD",
    doc: "price band of the limit-up limit-down rule; narrow bands pause the share more often",
  },
  shareSudden: assumed(0.5, 0, 1, "1", "share of a day's move that comes at once and runs into the price band"),
  shareIndexBeta: assumed(0.1, 0, 0.5, "1", "fall of the share index per unit of a fall of the sector"),
  shareIndexVolatility: assumed(
    0.16,
    0.05,
    0.6,
    "year^-0.5",
    "annual volatility of the share index besides that of the sector",
  ),
  shareWeekends: {
    value: 1,
    low: 0,
    high: 1,
    unit: "1",
    source: "definition: exchanges close on two days of seven",
    doc: "1: the share leg is closed at weekends; 0: it trades every day like the token",
  },
} satisfies Record<string, ParamSpec>;

type Params = Record<keyof typeof SHARE_HALT_PARAMS, number>;
type Uses = typeof SHARE_HALT_USES;

/** How much of a day the share leg trades. */
export interface Session {
  /** Share of the day's order flow that is executed, 0 to 1. */
  readonly open: number;
  /** Share of the session lost to halts; 0 on a weekend, when nothing is halted. */
  readonly halted: number;
}

/**
 * The price band of the limit-up limit-down rule as a share of the reference price, outside of the first 15 and last 25 minutes,
 * when it is doubled. `close` is the previous close in USD, tier 1 the S&P 500 and Russell 1000. Source: the LULD plan of the
 * national market system (as of 2026; bands below 0.75 USD are the lesser of 0.15 USD and 75 %).
 */
export function luldBand(close: number, tier: 1 | 2): number {
  if (close < 0.75) return Math.min(0.15 / close, 0.75);
  if (close <= 3) return 0.2;
  return tier === 1 ? 0.05 : 0.1;
}

/**
 * Minutes of 390 that the market-wide breakers take from a session in which the index falls by `fall` (a log, positive) before 15:25:
 * 15 at 7 %, 15 more at 13 %. The fall of 20 % closes the session, see {@link shareSession}.
 */
export function haltMinutes(fall: number, u: Uses): number {
  return (fall >= u.LOG_FALL_7 ? 15 : 0) + (fall >= u.LOG_FALL_13 ? 15 : 0);
}

/**
 * The session of a day with these log moves wished: the share's own and the index's. A day's move is taken as even, so at a fall of 20 %
 * the session ends when that share of the move is through. Each sudden move by a band costs a pause of 5 minutes.
 */
export function shareSession(p: Params, move: number, index: number, u: Uses): Session {
  const fall = p.shareHaltVariant > 0.5 ? Math.max(-index, -move) : -index;
  const pauses = Math.floor((p.shareSudden * Math.abs(move)) / p.shareBand);
  const lost = Math.min(1, (u.haltMinutes(fall, u) + 5 * pauses) * (1 / 390));
  const through = fall >= u.LOG_FALL_20 ? u.LOG_FALL_20 / fall : 1;
  const open = through * (1 - lost);
  return { open, halted: 1 - open };
}

/** 1 on the two closing days of a week that begins with the first day. */
export function weekend(p: Params, today: number, u: Uses): number {
  const week = (today / u.DAY) * (1 / 7);
  return p.shareWeekends > 0.5 && week - Math.floor(week) > 0.65 ? 1 : 0;
}

/** Functions and constants of the share leg's hours. */
export const SHARE_HALT_USES = {
  ...CALENDAR,
  haltMinutes,
  shareSession,
  weekend,
  LOG_FALL_7: -Math.log(0.93),
  LOG_FALL_13: -Math.log(0.87),
  LOG_FALL_20: -Math.log(0.8),
};
