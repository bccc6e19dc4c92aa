import { units } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { normal4 } from "../../core/normal.js";
import { STANDARD_FLOWS } from "../economy.js";
import { assumed } from "../param-spec.js";
import type { DrawKey, ParamSpec } from "../world.js";
import { CALENDAR, CALENDAR_UNITS } from "./calendar.js";
import { share } from "./curves.js";
import { EVENT_PARAMS, eventNow } from "./event.js";
import { EXOGENOUS_PARAMS, EXOGENOUS_SHOCKS, EXOGENOUS_STATE, exogenousStep } from "./exogenous.js";
import { LIQUIDITY_PARAMS, LIQUIDITY_STATE, LIQUIDITY_USES } from "./liquidity.js";
import { OBSERVE_USES } from "./observe.js";
import { PRICE_PARAMS, PRICE_USES, priceState } from "./price.js";
import { byRegime, nextRegime, REGIME_PARAMS, REGIME_STATE } from "./regime.js";
import { DRAW_PARAMS_USES } from "./scenarios.js";
import { OUTSIDE_YIELD_PARAMS, OUTSIDE_YIELD_STATE, OUTSIDE_YIELD_USES } from "./staking.js";
import { TERMS_USES } from "./terms.js";
import { TRUST_PARAMS, TRUST_STATE, TRUST_USES } from "./trust.js";

/**
 * The market that every token lives in: sector moves that no policy causes, order flow and its impact, trust, sentiment, price,
 * liquidity with forced sellers, regimes. An economy adds its accounts, its service and what it buys and sells in a step.
 */
export const MARKET_PARAMS = {
  stepDays: {
    value: 1,
    low: 0.25,
    high: 1,
    unit: "day",
    source: "definition",
    doc: "length of a control step; the half-day step is a check of the dynamics",
  },
  ...EXOGENOUS_PARAMS,
  ...REGIME_PARAMS,
  ...PRICE_PARAMS,
  issuanceMemory: assumed(0.04, 0.01, 0.2, "1/day", "weight of a day in the market's view of net issuance"),
  ...LIQUIDITY_PARAMS,
  volatilityNormal: assumed(0.85, 0.4, 1.5, "year^-0.5", "annual volatility at the start, that asks for no extra yield"),
  ...OUTSIDE_YIELD_PARAMS,
  ...TRUST_PARAMS,
  ...EVENT_PARAMS,
} satisfies Record<string, ParamSpec>;

/** State of the market of a token with this symbol; the accounts (of which `liquid` is one) are the economy's. */
export const marketState = (token: string) =>
  ({
    day: { unit: "day", doc: "days since the start" },
    supply: { unit: token, doc: "total supply by the journal of mints and burns", scale: 1e8 },
    ...EXOGENOUS_STATE,
    ...REGIME_STATE,
    ...priceState(token),
    ...LIQUIDITY_STATE,
    ...OUTSIDE_YIELD_STATE,
    ...TRUST_STATE,
    netIssuance: { unit: "1/year", doc: "the market's view of net issuance" },
    accrued: { unit: "1", doc: "rewards per token since the start" },
    outsideOrder: {
      unit: "USD",
      doc: "net purchase by capital from outside the economy, carried out in the next step; negative sells",
      scale: 1e5,
    },
  }) satisfies RecordSpec;

export const MARKET_SHOCKS = {
  ...EXOGENOUS_SHOCKS,
  demand: { unit: "1", doc: "standard normal: adoption" },
  regime: { unit: "1", doc: "uniform: change of regime" },
  sentiment: { unit: "1", doc: "uniform of variance 1: mispricing" },
  outsideYield: { unit: "1", doc: "uniform of variance 1: outside yield" },
  activityNoise: { unit: "1", doc: "uniform of variance 1: noise of observed activity" },
  volumeNoise: { unit: "1", doc: "uniform of variance 1: noise of observed volume" },
} satisfies RecordSpec;

/** Flows that the market writes, the standard ones included; `service`, `minted` and `burned` are the economy's to fill. */
export const marketFlows = (token: string) =>
  ({
    price: { ...STANDARD_FLOWS.price, unit: `USD/${token}` },
    exogenous: STANDARD_FLOWS.exogenous,
    supply: { ...STANDARD_FLOWS.supply, unit: token, scale: 1e8 },
    minted: { ...STANDARD_FLOWS.minted, unit: token, scale: 1e5 },
    burned: { ...STANDARD_FLOWS.burned, unit: token, scale: 1e5 },
    service: STANDARD_FLOWS.service,
    netIssuance: { unit: "1/year", doc: "minted less burned in the step, annualised share of supply" },
    drawdownBefore: { unit: "1", doc: "largest log drawdown before the step" },
  }) satisfies RecordSpec;

/** Jumps of any token's market, see a world's `jumps`: ruin by a month's deviation of log price, stress by half a day's. */
export const MARKET_JUMPS = { "terms.ruin": 0.3, "state.stress": 0.02 } as const;

/** Causes that no chain shows: a critic that knows them explains the objective better. */
export const MARKET_HIDDEN = [
  "logPrice",
  "exogenous",
  "accrued",
  "variance",
  "regime",
  "sentiment",
  "impact",
  "trust",
  "leverage",
  "outsideYield",
] as const;

/** What an economy buys, sells, pays and mints in a step. Amounts in tokens. */
export interface Trades {
  readonly bought: number;
  readonly sold: number;
  /** Tradable tokens before the step. */
  readonly liquid: number;
  /** Given to holders. */
  readonly rewards: number;
  readonly minted: number;
  readonly burned: number;
  /** Supply before the step. */
  readonly supply: number;
  /** Log of usage over its reference: what the token's value follows. */
  readonly logUsage: number;
  /** Share of the supply that is locked up, now and at the start. */
  readonly locked: number;
  readonly lockedStart: number;
  /** Credibility lost by failures of service, a share a day. */
  readonly trustLoss: number;
  /** Change of annualised issuance by policy in this step, 1/year. */
  readonly policyMove: number;
}

type State = Record<keyof ReturnType<typeof marketState>, number>;
/** The last two are an economy's to declare, since they carry the token's unit. */
type Params = Record<keyof typeof MARKET_PARAMS | "priceStart" | "supplyStart", number>;
type Shocks = Record<keyof typeof MARKET_SHOCKS, number>;
type Flows = Record<"netIssuance" | "drawdownBefore" | "price" | "exogenous" | "supply" | "minted" | "burned", number>;
type Uses = typeof MARKET_USES;

/** Sector moves that no policy causes: exogenous price, event, outside yield. */
function exogenousSide(s: State, p: Params, z: Shocks, u: Uses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const c = {
    years,
    drift: u.byRegime(s.regime, p.driftNormal, p.driftBoom, p.driftBust) + p.driftShift,
    level: p.varianceLevel * p.volatilityScale * u.byRegime(s.regime, 1, p.varianceBoom, p.varianceBust),
    amplify: u.shockAmplifier(s.depth, u),
    jumpRate: p.jumpRate * (1 + p.jumpExcitation * s.stress),
    jumpScale: Math.sqrt(Math.sqrt(p.volatilityScale)),
  };
  u.exogenousStep(s, p, c, z, u);
  s.exogenous = s.exogenous + u.eventNow(s, p, days) * p.eventPrice;
  const mean = u.byRegime(s.regime, p.outsideNormal, p.outsideBoom, p.outsideBust);
  u.outsideYieldStep(s, p, { years, mean, shock: z.outsideYield }, u);
}

/** Value per token before sentiment and impact, as a log ratio to the starting price. */
function fundamental(s: State, p: Params, t: Trades): number {
  const dilution = Math.log(s.supply * (1 / p.supplyStart)) + p.issuanceHorizon * (s.netIssuance - p.issuancePriced);
  const credibility = p.trustElasticity * (s.trust - p.trustNormal);
  const lock = p.lockElasticity * (t.locked - t.lockedStart);
  return s.exogenous + p.usageElasticity * t.logUsage - dilution + credibility + lock;
}

/**
 * The market's part of a control step, after the accounts have moved: forced sellers and capital from outside join the economy's
 * trades. Needs `s.supply` after mints and burns.
 */
function tradeStep(s: State, p: Params, z: Shocks, f: Flows, t: Trades, u: Uses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const volatility = Math.sqrt(s.realisedVariance);
  f.drawdownBefore = s.maxDrawdown;
  const volume = p.turnover * days * Math.max(t.liquid, 0.02 * s.supply) * s.depth;
  const bought = t.bought + s.outsideOrder / s.price;
  const sold = t.sold + s.forcedShare * t.liquid;
  u.impactStep(s, p, { days, flowShare: (bought - sold) / volume, volatility }, u);
  s.outsideOrder = 0;
  u.exogenousSide(s, p, z, u);
  f.netIssuance = ((t.minted - t.burned) * (1 / years)) / t.supply;
  s.netIssuance = s.netIssuance + p.issuanceMemory * days * (f.netIssuance - s.netIssuance);
  u.trustStep(s, p, { days, lostPerDay: t.trustLoss, move: t.policyMove }, u);
  u.sentimentStep(s, p, z.sentiment, days, u);
  u.priceStep(s, p, { days, start: p.priceStart, fundamental: u.fundamental(s, p, t) }, u);
  const liquidity = {
    days,
    volatility: Math.sqrt(s.realisedVariance),
    floatShare: 1 - t.locked,
    confidence: s.trust * (1 / p.trustNormal),
  };
  u.liquidityStep(s, p, liquidity, u);
  s.regime = u.nextRegime(s.regime, p, z.regime, days);
  s.accrued = s.accrued + t.rewards / s.supply;
  s.day = s.day + days;
  f.minted = t.minted;
  f.burned = t.burned;
  u.account(f, s);
}

/** The standard flows that follow from the state alone. */
export function account(
  f: Pick<Flows, "price" | "exogenous" | "supply">,
  s: Pick<State, "price" | "exogenous" | "supply">,
): void {
  f.price = s.price;
  f.exogenous = s.exogenous;
  f.supply = s.supply;
}

/** The shocks of one control step: always three blocks of four random numbers, whatever the state; streams +0 to +2. */
export function drawMarket(z: Shocks, d: DrawKey, u: Uses): void {
  const n = u.normal4(d.seed, d.episode, d.day, d.stream, u);
  z.market = n.a;
  z.variance = n.b;
  z.jumpSize = n.c;
  z.demand = n.d;
  const w = u.uniform4(d.seed, d.episode, d.day, d.stream + 1);
  z.jumpChance = w.a;
  z.regime = w.b;
  z.sentiment = u.SQRT_12 * (w.c - 0.5);
  z.outsideYield = u.SQRT_12 * (w.d - 0.5);
  const o = u.uniform4(d.seed, d.episode, d.day, d.stream + 2);
  z.activityNoise = u.SQRT_12 * (o.a - 0.5);
  z.volumeNoise = u.SQRT_12 * (o.b - 0.5);
}

/** The market at its start; supply and accounts are the economy's. */
function resetMarket(s: State, p: Params, u: Uses): void {
  s.day = 0;
  s.exogenous = 0;
  s.variance = p.varianceLevel * p.volatilityScale;
  s.regime = p.regimeStart;
  s.logPrice = 0;
  s.price = p.priceStart;
  s.peak = 0;
  s.maxDrawdown = 0;
  s.lastReturn = 0;
  s.trend = 0;
  s.realisedVariance = p.volatilityNormal * p.volatilityNormal;
  s.sentiment = 0;
  s.impact = 0;
  s.depth = 1;
  s.leverage = 0.5 * p.leverageMax;
  s.forcedShare = 0;
  s.stress = 0;
  s.outsideYield = u.byRegime(p.regimeStart, p.outsideNormal, p.outsideBoom, p.outsideBust);
  s.trust = p.trustNormal;
  s.netIssuance = p.issuancePriced;
  s.accrued = 0;
  s.outsideOrder = 0;
}

/** What the functions of the market use. */
export const MARKET_USES = {
  ...CALENDAR,
  ...LIQUIDITY_USES,
  ...PRICE_USES,
  ...OUTSIDE_YIELD_USES,
  ...TRUST_USES,
  ...DRAW_PARAMS_USES,
  ...OBSERVE_USES,
  ...TERMS_USES,
  units,
  normal4,
  share,
  eventNow,
  exogenousStep,
  exogenousSide,
  fundamental,
  byRegime,
  nextRegime,
  tradeStep,
  drawMarket,
  resetMarket,
  account,
  TWO_PI: 2 * Math.PI,
  SQRT_12: Math.sqrt(12),
};

export const MARKET_USE_UNITS = CALENDAR_UNITS;
