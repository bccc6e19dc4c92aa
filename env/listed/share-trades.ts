import { ARBITRAGE_USES } from "../market/arbitrage.js";
import { EQUITY_USES } from "../market/equity.js";
import { INSTITUTIONAL_USES } from "../market/institutional.js";
import { type Session, SHARE_HALT_USES } from "../market/share-halts.js";
import { CLOCK_USES, type Clock } from "./clock.js";
import { COMPANY_USES, type GrowthUses } from "./company.js";
import type { Flows, Params, Shocks, State } from "./records.js";

type Uses = typeof SHARE_TRADES_USES & GrowthUses;

/** Log moves of a step. */
type Moves = {
  readonly sector: number;
  readonly token: number;
};

/** What a step is for the share, once the economy's own step is through. */
type ShareDay = Clock & {
  readonly moves: Moves;
  /** Service of the economy. */
  readonly service: number;
  /** 1 in the step in which the share is listed. */
  readonly lists: number;
  /** 1 from that step on. */
  readonly listed: number;
  /** 1 in the step of the share's event. */
  readonly event: number;
  /** 1 from the step of the ruling on. */
  readonly ruled: number;
};

function shareDay(p: Params, clock: Clock, moves: Moves, service: number, u: Uses): ShareDay {
  return {
    today: clock.today,
    days: clock.days,
    moves,
    service,
    lists: u.fallsNow(p.shareListingDay, clock),
    listed: u.since(p.shareListingDay, clock),
    event: u.fallsNow(p.shareEventDay, clock),
    ruled: u.since(p.shareRulingDay, clock),
  };
}

/** Volatility over what it was before the listing. */
function postVolatility(p: Params, clock: Clock, u: Uses): number {
  const after = u.since(p.shareListingDay, clock) > 0.5 && clock.today < p.shareListingDay + p.sharePostDays;
  return after ? p.sharePostVolatility : 1;
}

/** What a day's news makes investors wish, a log move of the share; what was kept back before comes first. */
function askedMove(s: State, p: Params, z: Shocks, d: ShareDay, u: Uses): number {
  const years = d.days / u.DAYS_PER_YEAR;
  const noise = p.shareVolatility * u.postVolatility(p, d, u) * Math.sqrt(years) * z.shareNoise;
  const wished = u.wishedMove(s, p, { days: d.days, sector: d.moves.sector, token: d.moves.token, noise }, u);
  const ruling = u.fallsNow(p.shareRulingDay, d) * p.shareRuling;
  const news = d.event * p.shareEventJump + ruling + d.lists * p.sharePop;
  return s.sharePending + wished + news;
}

/** Index move of the step, a log: a little of the sector's fall, its own noise, the event. */
function indexMove(p: Params, z: Shocks, d: ShareDay, u: Uses): number {
  const noise = p.shareIndexVolatility * Math.sqrt(d.days / u.DAYS_PER_YEAR) * z.shareIndexNoise;
  return p.shareIndexBeta * Math.min(d.moves.sector, 0) + noise + d.event * p.shareEventIndex;
}

/**
 * Part of the step in which the share leg trades: listed, not at a weekend, neither frozen nor halted. `wish` and `index` are log moves
 * of the share and of the index.
 */
function openShare(p: Params, d: ShareDay, wish: number, index: number, u: Uses): Session {
  const session = u.shareSession(p, wish, index, u);
  const frozen = d.ruled > 0.5 && d.today < p.shareRulingDay + p.shareFreeze ? 1 : 0;
  const closed = u.weekend(p, d.today, u);
  const trades = d.listed * (1 - frozen) * (1 - closed);
  return { open: trades * session.open, halted: d.listed * (1 - closed) * (frozen > 0.5 ? 1 : session.halted) };
}

/** What was traded in a step, for the flows. */
type ShareTrades = Session & {
  /** Tokens that the company bought less those it sold. */
  readonly bought: number;
  /** New shares less those bought back, over those outstanding. */
  readonly issued: number;
  /** Tokens paid out to shareholders. */
  readonly dividend: number;
  /** What the bots earn, over the company's market value. */
  readonly gain: number;
};

/** Those who trade the share, or the token because of it. Tokens change accounts now; the token's price feels the orders in the next step. */
function tradeShare(s: State, p: Params, z: Shocks, d: ShareDay, u: Uses): ShareTrades {
  const { days, listed } = d;
  u.institutionalStep(s, p, { days, listed, shock: z.shareFlowNoise }, u);
  const marketValue = s.shareCount * s.sharePrice;
  const toShares = u.moneyToShares(s, p, marketValue, days, u);
  const wish = u.askedMove(s, p, z, d, u) + p.shareResponse * (toShares / marketValue);
  const session = u.openShare(p, d, wish, u.indexMove(p, z, d, u), u);
  const bots = u.arbitrageStep(s, p, { days, open: session.open }, u);
  const paying = p.shareRuling >= 0 || d.ruled < 0.5 ? 1 : 0;
  const companyDay = { days, service: d.service, lists: d.lists, listed, open: session.open, paying };
  const company = u.companyStep(s, p, companyDay, u);
  u.rememberSpread(s);
  const pressed = p.shareResponse * (company.issued + bots.trade);
  if (listed > 0.5) u.shareStep(s, p, { wish, open: session.open, pressed }, u);
  else u.privateShare(s, p, u);
  s.shareHalted = session.halted;
  const tokens = company.bought - p.shareDividendSold * company.dividend;
  const money = s.shareFlow * (days / u.DAYS_PER_YEAR) - toShares;
  s.outsideOrder = s.outsideOrder + tokens * s.price + money + bots.trade * marketValue;
  return {
    open: session.open,
    halted: session.halted,
    bought: company.bought,
    issued: company.issued,
    dividend: company.dividend,
    gain: bots.gain,
  };
}

/** The layer's flows but for those of orders before the step and of the watched controls. */
function shareFlows(f: Flows, s: State, t: ShareTrades): void {
  f.sharePrice = s.sharePrice;
  f.sharePremium = s.sharePremium;
  f.shareHalted = t.halted;
  f.shareOpen = t.open;
  f.shareBought = t.bought;
  f.shareIssued = t.issued;
  f.shareDividend = t.dividend;
  f.shareArbitrage = t.gain;
}

export const SHARE_TRADES_USES = {
  ...EQUITY_USES,
  ...ARBITRAGE_USES,
  ...SHARE_HALT_USES,
  ...INSTITUTIONAL_USES,
  ...COMPANY_USES,
  ...CLOCK_USES,
  shareDay,
  postVolatility,
  askedMove,
  indexMove,
  openShare,
  tradeShare,
  shareFlows,
};
