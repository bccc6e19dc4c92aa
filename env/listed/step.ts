import type { Uses as CompilerUses } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import { CASCADE_USES } from "../market/cascade.js";
import type { DrawKey, WorldFunctions } from "../world.js";
import type { Clock } from "./clock.js";
import type { GrowthUses } from "./company.js";
import { HOLDER_USES, type StakeUses } from "./holder.js";
import { WATCH_USES, type watchedControls } from "./manipulation.js";
import type { Applied, Costs, Flows, Observation, Params, Shocks, State, Terms } from "./records.js";
import { DRAW_USES, type LISTED_VARYING, type RulingUses } from "./scenarios.js";
import { SHARE_TRADES_USES } from "./share-trades.js";

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

/**
 * The economy's own step in a world where the share exists: the large holder's vote lowers the day's limit on minting, and after the listing
 * the variance of the sector path lies higher. Both are put back after it.
 */
function baseStep(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: Uses): void {
  const clock = { today: s.day, days: p.stepDays };
  const scale = p.volatilityScale;
  const limit = a.mintLimit;
  // Thinner markets amplify a higher variance: so much of it makes moves larger by the parameter, within a tenth.
  const variance = 1 + 1.6 * (u.postVolatility(p, clock, u) - 1);
  s.variance = s.variance * (u.fallsNow(p.shareListingDay, clock) > 0.5 ? variance : 1);
  p.volatilityScale = scale * variance;
  a.mintLimit = u.votedMintLimit(s, p, limit, clock.days, u);
  u.base.step(s, p, a, z, f, u.base.uses);
  p.volatilityScale = scale;
  a.mintLimit = limit;
}

/** Leverage, the large holder and the event move tokens after the last close; the economy's step carries the orders out. */
function tradeTokens(s: State, p: Params, f: Flows, clock: Clock, u: Uses): void {
  const event = u.fallsNow(p.shareEventDay, clock);
  const liquidated = u.cascadeStep(s, p, u);
  const opened = u.leverageStep(s, p, clock.days, u);
  const holderSold = u.holderStep(s, p, clock, u);
  const net = opened - liquidated - holderSold - event * p.shareEventSale * s.liquid;
  s.depth = s.depth * (1 - event * p.shareEventDry);
  s.outsideOrder = s.outsideOrder + net * s.price;
  f.shareLiquidated = liquidated;
}

/** One control step: orders after the last close, the economy, then the share, whose traders leave orders for the next step. */
export function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: Uses): void {
  const clock = { today: s.day, days: p.stepDays };
  const exogenous = s.exogenous;
  const logPrice = s.logPrice;
  u.tradeTokens(s, p, f, clock, u);
  u.baseStep(s, p, a, z, f, u);
  const moves = { sector: s.exogenous - exogenous, token: s.logPrice - logPrice };
  s.shareGap = s.shareGap + moves.token;
  const traded = u.tradeShare(s, p, z, u.shareDay(p, clock, moves, f.service, u), u);
  u.shareFlows(f, s, traded);
  f.shareExplained = u.watchControls(s, a, f.service, clock.days, u);
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
  ...SHARE_TRADES_USES,
  ...CASCADE_USES,
  ...HOLDER_USES,
  ...WATCH_USES,
  ...DRAW_USES,
  baseStep,
  tradeTokens,
  SQRT_12: Math.sqrt(12),
};
