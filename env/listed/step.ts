import type { Uses as CompilerUses } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import { ARBITRAGE_USES } from "../market/arbitrage.js";
import { CASCADE_USES } from "../market/cascade.js";
import { EQUITY_USES } from "../market/equity.js";
import { INSTITUTIONAL_USES } from "../market/institutional.js";
import { type Session, SHARE_HALT_USES } from "../market/share-halts.js";
import type { DrawKey, WorldFunctions } from "../world.js";
import { COMPANY_USES, type GrowthUses } from "./company.js";
import { HOLDER_USES, type StakeUses } from "./holder.js";
import { WATCH_USES, type watchedControls } from "./manipulation.js";
import type { Applied, Costs, Flows, Observation, Params, Shocks, State, Terms } from "./records.js";
import { DRAW_USES, type LISTED_VARYING, type RulingUses } from "./scenarios.js";

/** The functions and helpers of the economy that the layer lies over. */
interface Base extends WorldFunctions {
  readonly account: Economy["account"];
  readonly uses: CompilerUses;
}

/** What differs between economies and listings. */
interface LayerUses {
  readonly base: Base;
  readonly WATCHED: ReturnType<typeof watchedControls>;
}

type Uses = typeof STEP_USES & LayerUses & GrowthUses & StakeUses & RulingUses;

export function drawParams(p: Record<(typeof LISTED_VARYING)[number], number>, d: DrawKey, u: Uses): void {
  u.base.drawParams(p, d, u.base.uses);
  u.drawListed(p, d, u);
}

/** The economy's shocks, then the layer's own: far enough from the economy's streams. */
export function draw(z: Shocks, d: DrawKey, u: Uses): void {
  u.base.draw(z, d, u.base.uses);
  const w = u.uniform4(d.seed, d.episode, d.day, d.stream + u.STREAM);
  z.shareNoise = u.SQRT_12 * (w.a - 0.5);
  z.shareIndexNoise = u.SQRT_12 * (w.b - 0.5);
  z.shareFlowNoise = u.SQRT_12 * (w.c - 0.5);
}

export function reset(s: State, p: Params, d: DrawKey, u: Uses): void {
  u.base.reset(s, p, d, u.base.uses);
  u.resetCompany(s, p, u);
  u.resetHolder(s, p, u);
  u.resetCascade(s, p, u);
  s.shareFlow = 0;
  u.privateShare(s, p, u);
  s.shareHalted = 0;
  s.sharePosition = 0;
  s.shareSpread1 = 0;
  s.shareSpread2 = 0;
  s.shareSpread3 = 0;
  s.shareSpread4 = 0;
  u.resetWatch(s, u);
}

/** 1 if `day` falls into the step that begins `today`, else 0. */
function fallsNow(day: number, today: number, days: number): number {
  return day >= today && day < today + days ? 1 : 0;
}

/** 1 from the step on in which `day` falls, else 0. */
function since(day: number, today: number, days: number): number {
  return today + days > day ? 1 : 0;
}

/** Volatility over what it was before the listing. */
function postVolatility(p: Params, today: number, days: number, u: Uses): number {
  const after = u.since(p.shareListingDay, today, days) > 0.5 && today < p.shareListingDay + p.sharePostDays;
  return after ? p.sharePostVolatility : 1;
}

/**
 * The economy's own step in a world where the share exists: the large holder's vote lowers the day's limit on minting, and after the listing
 * the variance of the sector path lies higher. Both are put back after it.
 */
function baseStep(s: State, p: Params, a: Applied, z: Shocks, f: Flows, today: number, days: number, u: Uses): void {
  const scale = p.volatilityScale;
  const limit = a.mintLimit;
  // Thinner markets amplify a higher variance: so much of it makes moves larger by the parameter, within a tenth.
  const variance = 1 + 1.6 * (u.postVolatility(p, today, days, u) - 1);
  s.variance = s.variance * (u.fallsNow(p.shareListingDay, today, days) > 0.5 ? variance : 1);
  p.volatilityScale = scale * variance;
  a.mintLimit = u.votedMintLimit(s, p, limit, days, u);
  u.base.step(s, p, a, z, f, u.base.uses);
  p.volatilityScale = scale;
  a.mintLimit = limit;
}

/** Part of the step in which the share leg trades: listed, not at a weekend, neither frozen nor halted. */
function openShare(p: Params, listed: number, move: number, index: number, today: number, days: number, u: Uses): Session {
  const session = u.shareSession(p, move, index, u);
  const ruled = u.since(p.shareRulingDay, today, days);
  const frozen = ruled > 0.5 && today < p.shareRulingDay + p.shareFreeze ? 1 : 0;
  const closed = u.weekend(p, today, u);
  const trades = listed * (1 - frozen) * (1 - closed);
  return { open: trades * session.open, halted: listed * (1 - closed) * (frozen > 0.5 ? 1 : session.halted) };
}

/** Index move of the step, a log: a little of the sector's fall, its own noise, the event. */
function indexMove(p: Params, z: Shocks, sector: number, event: number, days: number, u: Uses): number {
  const noise = p.shareIndexVolatility * Math.sqrt(days / u.DAYS_PER_YEAR) * z.shareIndexNoise;
  return p.shareIndexBeta * Math.min(sector, 0) + noise + event * p.shareEventIndex;
}

/** What a day's news and money make investors wish, a log move of the share; what was kept back before comes first. */
function askedMove(
  s: State,
  p: Params,
  z: Shocks,
  sector: number,
  token: number,
  bought: number,
  today: number,
  days: number,
  u: Uses,
): number {
  const years = days / u.DAYS_PER_YEAR;
  const noise = p.shareVolatility * u.postVolatility(p, today, days, u) * Math.sqrt(years) * z.shareNoise;
  const news =
    u.fallsNow(p.shareEventDay, today, days) * p.shareEventJump +
    u.fallsNow(p.shareRulingDay, today, days) * p.shareRuling +
    u.fallsNow(p.shareListingDay, today, days) * p.sharePop;
  const pressed = p.shareResponse * bought;
  return s.sharePending + u.wishedMove(s, p, { days, sector, token, noise }, u) + news + pressed;
}

/**
 * Those who trade the share, or the token because of it. Tokens change accounts now; the token's price feels the orders in the next step.
 * `sector` and `token` are the step's log moves.
 */
function tradeShare(
  s: State,
  p: Params,
  z: Shocks,
  f: Flows,
  sector: number,
  token: number,
  today: number,
  days: number,
  u: Uses,
): void {
  const listed = u.since(p.shareListingDay, today, days);
  const lists = u.fallsNow(p.shareListingDay, today, days);
  const event = u.fallsNow(p.shareEventDay, today, days);
  u.institutionalStep(s, p, listed, z.shareFlowNoise, days, u);
  const marketValue = s.shareCount * s.sharePrice;
  const toShares = u.moneyToShares(s, p, marketValue, days, u);
  const wish = u.askedMove(s, p, z, sector, token, toShares / marketValue, today, days, u);
  const session = u.openShare(p, listed, wish, u.indexMove(p, z, sector, event, days, u), today, days, u);
  const bots = u.arbitrageStep(s, p, session.open, p.shareResponse, days, u);
  const paying = p.shareRuling >= 0 || u.since(p.shareRulingDay, today, days) < 0.5 ? 1 : 0;
  const company = u.companyStep(s, p, f.service, { lists, listed, open: session.open, paying }, days, u);
  u.rememberSpread(s);
  if (listed > 0.5) u.shareStep(s, p, wish, session.open, p.shareResponse * (company.issued + bots.trade), u);
  else u.privateShare(s, p, u);
  s.shareHalted = session.halted;
  const tokens = company.bought - p.shareDividendSold * company.dividend;
  const money = s.shareFlow * (days / u.DAYS_PER_YEAR) - toShares;
  s.outsideOrder = s.outsideOrder + tokens * s.price + money + bots.trade * marketValue;
  f.sharePrice = s.sharePrice;
  f.sharePremium = s.sharePremium;
  f.shareHalted = session.halted;
  f.shareOpen = session.open;
  f.shareBought = company.bought;
  f.shareIssued = company.issued;
  f.shareDividend = company.dividend;
  f.shareArbitrage = bots.gain;
}

/** Leverage, the large holder and the event move tokens after the last close; the economy's step carries the orders out. */
function tradeTokens(s: State, p: Params, f: Flows, today: number, days: number, u: Uses): void {
  const event = u.fallsNow(p.shareEventDay, today, days);
  const liquidated = u.cascadeStep(s, p, u);
  const opened = u.leverageStep(s, p, days, u);
  const holderSold = u.holderStep(s, p, today, days, u);
  const net = opened - liquidated - holderSold - event * p.shareEventSale * s.liquid;
  s.depth = s.depth * (1 - event * p.shareEventDry);
  s.outsideOrder = s.outsideOrder + net * s.price;
  f.shareLiquidated = liquidated;
}

/** One control step: orders after the last close, the economy, then the share, whose traders leave orders for the next step. */
export function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: Uses): void {
  const days = p.stepDays;
  const today = s.day;
  const exogenous = s.exogenous;
  const logPrice = s.logPrice;
  u.tradeTokens(s, p, f, today, days, u);
  u.baseStep(s, p, a, z, f, today, days, u);
  const token = s.logPrice - logPrice;
  s.shareGap = s.shareGap + token;
  u.tradeShare(s, p, z, f, s.exogenous - exogenous, token, today, days, u);
  f.shareExplained = u.watchControls(s, a, f.service, days, u);
}

export function observe(o: Observation, s: State, p: Params, z: Shocks, u: Uses): void {
  u.base.observe(o, s, p, z, u.base.uses);
  const tokenValue = s.price * s.supply;
  o.sharePremium = u.clamp(s.sharePremium, -2, 2);
  o.shareNav = Math.min((s.shareCount * s.sharePrice) / Math.max(s.shareTreasury * s.price, 0.001), 20);
  o.shareReturn = u.clamp(s.shareReturn, -2, 2);
  o.shareHalted = s.shareHalted;
  o.shareFlow = u.clamp(s.shareFlow / tokenValue, -20, 20);
  o.shareTreasury = u.clamp(s.shareTreasury / s.supply, 0, 1);
  o.shareVotes = u.clamp(u.votes(s), 0, 1);
}

export function objective(r: Terms, s: State, p: Params, a: Applied, f: Flows, u: Uses): void {
  u.base.objective(r, s, p, a, f, u.base.uses);
  r.shareholder = s.shareLog - s.exogenous + s.shareAccrued;
}

export function costs(k: Costs, s: State, p: Params, a: Applied, f: Flows, u: Uses): void {
  u.base.costs(k, s, p, a, f, u.base.uses);
  k.manipulation = f.shareExplained;
  k.shareHaltDays = s.shareHalted > 0 ? 1 : 0;
}

export function terminated(s: State, p: Params, f: Flows, u: Uses): number {
  return u.base.terminated(s, p, f, u.base.uses);
}

export function account(f: Flows, s: State, p: Params, u: Uses): void {
  u.base.account(f, s, p, u.base.uses);
}

export const STEP_USES = {
  ...EQUITY_USES,
  ...ARBITRAGE_USES,
  ...SHARE_HALT_USES,
  ...INSTITUTIONAL_USES,
  ...CASCADE_USES,
  ...COMPANY_USES,
  ...HOLDER_USES,
  ...WATCH_USES,
  ...DRAW_USES,
  since,
  fallsNow,
  postVolatility,
  baseStep,
  openShare,
  indexMove,
  askedMove,
  tradeShare,
  tradeTokens,
  SQRT_12: Math.sqrt(12),
};
