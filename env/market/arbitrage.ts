import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";

/** Bots that trade the share against the tokens behind it, with a cost, a latency and a limit on what they hold. */
export const ARBITRAGE_STATE = {
  sharePosition: {
    unit: "1",
    doc: "what the bots are short of shares and long of tokens, over the company's market value",
    scale: 0.05,
  },
  shareSpread1: { unit: "1", doc: "spread of one step before the last close" },
  shareSpread2: { unit: "1", doc: "spread of two steps before the last close" },
  shareSpread3: { unit: "1", doc: "spread of three steps before the last close" },
  shareSpread4: { unit: "1", doc: "spread of four steps before the last close" },
} satisfies RecordSpec;

export const ARBITRAGE_PARAMS = {
  arbitrageSpeed: assumed(
    0.25,
    0,
    1,
    "1/day",
    "share of the spread beyond its cost that the bots close in a day; too fast for their latency and the spread swings",
  ),
  arbitrageCost: assumed(0.015, 0, 0.2, "1", "spread below which a round trip does not pay: fees, borrowing, slippage"),
  arbitrageLatency: assumed(1, 0, 4, "1", "control steps by which the spread that bots act on is older than the last close"),
  arbitrageLimit: assumed(
    0.08,
    0,
    0.5,
    "1",
    "largest position over the company's market value; beyond it the spread stands open",
  ),
  arbitrageUnwind: assumed(0.02, 0, 0.2, "1/day", "share of the position that is given up in a day"),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof typeof ARBITRAGE_STATE | "sharePremium", number>;
type Params = Record<keyof typeof ARBITRAGE_PARAMS | "shareResponse", number>;
type Uses = typeof ARBITRAGE_USES;

/** What the bots do in a step. */
interface ArbitrageTrade {
  /** Shares sold against tokens bought, over the company's market value; negative the other way round. */
  readonly trade: number;
  /** What it earns at the last close, over the company's market value: spread less cost less their own impact. */
  readonly gain: number;
}

/** The spread (log of share over fair value) that bots see: the last close or older. */
function seenSpread(s: State, p: Params): number {
  const near = p.arbitrageLatency < 0.5 ? s.sharePremium : p.arbitrageLatency < 1.5 ? s.shareSpread1 : s.shareSpread2;
  return p.arbitrageLatency < 2.5 ? near : p.arbitrageLatency < 3.5 ? s.shareSpread3 : s.shareSpread4;
}

/** When the bots can trade. */
interface ArbitrageConditions {
  /** Length of the step. */
  readonly days: number;
  /** Part of it in which the share leg trades. */
  readonly open: number;
}

/** Trades of a step; without the share leg there is no trade. */
export function arbitrageStep(s: State, p: Params, c: ArbitrageConditions, u: Uses): ArbitrageTrade {
  const { days, open } = c;
  const spread = u.seenSpread(s, p);
  const beyond = spread - u.clamp(spread, -p.arbitrageCost, p.arbitrageCost);
  const wish = (p.arbitrageSpeed * days * beyond) / p.shareResponse - p.arbitrageUnwind * days * s.sharePosition;
  const target = u.clamp(s.sharePosition + wish, -p.arbitrageLimit, p.arbitrageLimit);
  const trade = open * (target - s.sharePosition);
  const gain = trade * s.sharePremium - Math.abs(trade) * p.arbitrageCost - 0.5 * p.shareResponse * trade * trade;
  s.sharePosition = s.sharePosition + trade;
  return { trade, gain };
}

/** Remembers the close before the new one. */
export function rememberSpread(s: State): void {
  s.shareSpread4 = s.shareSpread3;
  s.shareSpread3 = s.shareSpread2;
  s.shareSpread2 = s.shareSpread1;
  s.shareSpread1 = s.sharePremium;
}

/**
 * The speed (per step) above which the spread swings up instead of closing, at a latency of whole steps: bots that close `k` of a spread
 * seen `latency` steps late follow x' = x - k x(-latency), stable below 2 sin(pi / (4 latency + 2)).
 */
export function steadySpeed(latency: number): number {
  return 2 * Math.sin(Math.PI / (4 * latency + 2));
}

export const ARBITRAGE_USES = { clamp, seenSpread, arbitrageStep, rememberSpread };
