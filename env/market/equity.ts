import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";

/** A share beside the token: its price, what it stands for, and the premium between the two. */
export const EQUITY_STATE = {
  sharePrice: { unit: "USD/share", doc: "price of the share", scale: 10 },
  shareLog: { unit: "1", doc: "log of the share price over the offer price" },
  sharePremium: { unit: "1", doc: "log of the share price over the fair value of a share" },
  shareReturn: { unit: "1", doc: "log return of the share in the last step" },
  sharePending: { unit: "1", doc: "move of the share that waits for the session to open" },
  shareHalted: { unit: "1", doc: "part of the last session lost to halts and freezes" },
} satisfies RecordSpec;

export const EQUITY_PARAMS = {
  shareOffer: {
    value: 10,
    low: 0.5,
    high: 1000,
    unit: "USD/share",
    source: "definition: the usual offer price of a SPAC unit; only a scale",
    doc: "price at which the share is first offered",
  },
  shareSectorBeta: assumed(1, 0, 2, "1", "how much of a sector move of its tokens the share follows at once"),
  shareTokenBeta: assumed(
    0.7,
    0,
    2,
    "1",
    "how much of a move of the token alone the share follows at once; the rest opens a spread",
  ),
  shareVolatility: assumed(0.5, 0, 2, "year^-0.5", "annual volatility of the share that has nothing to do with the token"),
  sharePremiumNormal: assumed(0.05, -1, 1, "1", "log premium over fair value that investors come back to"),
  shareReversion: assumed(0.02, 0, 0.2, "1/day", "speed at which they do"),
  shareResponse: assumed(4, 0.5, 20, "1", "log move of the share price per part of the company's market value traded"),
} satisfies Record<string, ParamSpec>;

type State = Record<
  keyof typeof EQUITY_STATE | "price" | "shareTreasury" | "shareCash" | "shareGrowthFund" | "shareService" | "shareCount",
  number
>;
type Params = Record<
  keyof typeof EQUITY_PARAMS | "shareOperations" | "shareTreasuryStart" | "supplyStart" | "priceStart",
  number
>;
type Uses = typeof EQUITY_USES;

type Worth = Pick<State, "price" | "shareTreasury" | "shareCash" | "shareGrowthFund" | "shareService">;
type WorthParams = Pick<Params, "shareOperations" | "shareTreasuryStart" | "supplyStart" | "priceStart">;
type WorthUses = Pick<Uses, "operationsValue">;

/** What the company is worth without any premium, USD: tokens, cash and the business that follows the network's service. */
export function companyValue(s: Worth, p: WorthParams, u: WorthUses): number {
  return s.shareTreasury * s.price + s.shareCash + s.shareGrowthFund + u.operationsValue(s, p);
}

/** The business besides the treasury, USD. */
export function operationsValue(s: Pick<State, "shareService">, p: WorthParams): number {
  return p.shareOperations * (p.shareTreasuryStart * p.supplyStart * p.priceStart) * s.shareService;
}

/** Log of the fair value of a share over the offer price. */
export function fairLog(s: State, p: Params, u: Uses): number {
  return Math.log(u.companyValue(s, p, u) / (s.shareCount * p.shareOffer));
}

/** What moves the share in a step. */
interface ShareConditions {
  /** Length of the step, days. */
  readonly days: number;
  /** Log moves of the sector and of the token. */
  readonly sector: number;
  readonly token: number;
  /** Log move of the share that has nothing to do with either. */
  readonly noise: number;
}

/**
 * The move that the share's own investors wish for, as a log: sector and token moves of the treasury's part of the company, pull of
 * the premium that they wish for already to its normal level, noise.
 */
export function wishedMove(s: State, p: Params, c: ShareConditions, u: Uses): number {
  const treasury = (s.shareTreasury * s.price) / u.companyValue(s, p, u);
  const follow = treasury * (p.shareSectorBeta * c.sector + p.shareTokenBeta * (c.token - c.sector));
  const wished = s.sharePremium + s.sharePending;
  return follow + p.shareReversion * c.days * (p.sharePremiumNormal - wished) + c.noise;
}

/** What a session brings. */
interface ShareOrders {
  /** Log move that investors wish for. */
  readonly wish: number;
  /** Part of the step for which the session was open. */
  readonly open: number;
  /** Log move that sales press on the share. */
  readonly pressed: number;
}

/** Moves the share by the part of the wish for which the session was open, less what sales press on it; the rest of the wish waits. */
export function shareStep(s: State, p: Params, c: ShareOrders, u: Uses): void {
  s.sharePending = (1 - c.open) * c.wish;
  s.shareReturn = c.open * c.wish - c.pressed;
  s.shareLog = u.clamp(s.shareLog + s.shareReturn, -u.SHARE_LOG_LIMIT, u.SHARE_LOG_LIMIT);
  s.sharePrice = p.shareOffer * Math.exp(s.shareLog);
  s.sharePremium = s.shareLog - u.fairLog(s, p, u);
}

/** Not listed: the share is worth what it stands for. */
export function privateShare(s: State, p: Params, u: Uses): void {
  s.shareLog = u.fairLog(s, p, u);
  s.sharePrice = p.shareOffer * Math.exp(s.shareLog);
  s.sharePremium = 0;
  s.shareReturn = 0;
  s.sharePending = 0;
}

export const EQUITY_USES = {
  clamp,
  companyValue,
  operationsValue,
  fairLog,
  wishedMove,
  shareStep,
  privateShare,
  /** Bots that are far too fast swing the share ever wider: its log price stays within +-10 of the offer. */
  SHARE_LOG_LIMIT: 10,
};
