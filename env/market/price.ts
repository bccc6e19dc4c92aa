import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import type { ParamSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";

/** State of the price of a token with this symbol. */
export const priceState = (token: string) =>
  ({
    logPrice: { unit: "1", doc: "log of price over starting price" },
    price: { unit: `USD/${token}`, doc: "market price" },
    peak: { unit: "1", doc: "running peak of the log price" },
    maxDrawdown: { unit: "1", doc: "largest log drawdown from the running peak so far" },
    lastReturn: { unit: "1", doc: "log return of the last step" },
    trend: { unit: "1/day", doc: "exponential mean of daily log returns", scale: 0.01 },
    realisedVariance: { unit: "1/year", doc: "exponential mean of squared log returns, annualised" },
    sentiment: { unit: "1", doc: "mispricing by trend followers" },
    impact: { unit: "1", doc: "transient price impact of order flow" },
  }) satisfies RecordSpec;

export const PRICE_PARAMS = {
  usageElasticity: {
    value: 0.45,
    low: 0.2,
    high: 0.8,
    unit: "1",
    source: "assumption",
    doc: "elasticity of the token's value to lease spend; how much of service reaches holders",
  },
  issuanceHorizon: {
    value: 1.8,
    low: 0.5,
    high: 3,
    unit: "year",
    source: "assumption",
    doc: "years of net issuance that the market prices in; high values make emission dear at once",
  },
  issuancePriced: {
    value: 0.075,
    low: 0,
    high: 0.2,
    unit: "1/year",
    source: "assumption: the upper end of the 4-8 % in force",
    doc: "net issuance that the starting price already reflects",
  },
  lockElasticity: {
    value: 0.25,
    low: 0,
    high: 0.6,
    unit: "1",
    source: "assumption",
    doc: "log value per unit of bonded share",
  },
  trustElasticity: {
    value: 0.35,
    low: 0,
    high: 0.8,
    unit: "1",
    source: "assumption",
    doc: "log value per unit of credibility",
  },
  impactStrength: {
    value: 1,
    low: 0.5,
    high: 1.3,
    unit: "1/day",
    source: "Donier and Bonart 2014 (arXiv 1412.4503): square-root law, factor of order 1",
    doc: "price impact, in daily volatilities, of a net order flow equal to the volume",
  },
  impactDecay: { value: 0.15, low: 0.05, high: 0.5, unit: "1/day", source: "assumption", doc: "decay of price impact" },
  impactKnee: {
    value: 0.002,
    low: 0.0002,
    high: 0.02,
    unit: "1",
    source: "arXiv 1811.05230: linear for very small orders; the knee is an assumption",
    doc: "share of volume below which impact is linear rather than a square root",
  },
  turnover: {
    value: 0.039,
    low: 0.01,
    high: 0.1,
    unit: "1/day",
    source: "assumption: 2.0 % of the market cap a day (22 M$ of 1.1 B$, undated figures), about half of it liquid",
    doc: "traded volume as a share of the liquid float; thin markets move more per sale",
  },
  sentimentDecay: { value: 0.03, low: 0.01, high: 0.1, unit: "1/day", source: "assumption", doc: "decay of mispricing" },
  trendFollowing: { value: 0.1, low: 0, high: 0.2, unit: "1", source: "assumption", doc: "mispricing that a trend adds" },
  sentimentNoise: {
    value: 0.006,
    low: 0,
    high: 0.02,
    unit: "day^-0.5",
    source: "assumption",
    doc: "noise of mispricing",
  },
  trendMemory: { value: 0.06, low: 0.02, high: 0.2, unit: "1/day", source: "assumption", doc: "weight of a day in the trend" },
  varianceMemory: {
    value: 2 / 31,
    low: 0.02,
    high: 0.2,
    unit: "1/day",
    source: "30-day window as exponential mean",
    doc: "weight of a day in realised variance",
  },
} satisfies Record<string, ParamSpec>;

type State = Record<keyof ReturnType<typeof priceState>, number>;
type Params = Record<keyof typeof PRICE_PARAMS, number>;
type Uses = typeof PRICE_USES;

/** The orders of a step. */
interface OrderFlow {
  /** Length of the step, days. */
  readonly days: number;
  /** Net purchases as a share of the step's volume. */
  readonly flowShare: number;
  /** Annual volatility of the price. */
  readonly volatility: number;
}

/** Transient impact of a net order flow: square-root law, smooth at 0. */
export function impactStep(s: State, p: Params, c: OrderFlow, u: Uses): void {
  const dailyVolatility = c.volatility * Math.sqrt(u.DAY / u.DAYS_PER_YEAR);
  const push = (p.impactStrength * dailyVolatility * c.flowShare) / Math.sqrt(Math.abs(c.flowShare) + p.impactKnee);
  s.impact = u.clamp(s.impact + c.days * (push - p.impactDecay * s.impact), -0.5, 0.5);
}

/** Trend followers and noise. `shock` has variance 1. */
export function sentimentStep(s: State, p: Params, shock: number, days: number, u: Uses): void {
  const drift = p.trendFollowing * s.trend - p.sentimentDecay * s.sentiment;
  s.sentiment = u.clamp(s.sentiment + days * drift + p.sentimentNoise * Math.sqrt(days) * shock, -1, 1);
}

/** What the price is set from in a step. */
interface PriceConditions {
  /** Length of the step, days. */
  readonly days: number;
  /** Price at the start. */
  readonly start: number;
  /** Log of the fundamental value over it. */
  readonly fundamental: number;
}

/** Sets the price from its fundamental value and updates what follows from it. */
export function priceStep(s: State, p: Params, c: PriceConditions, u: Uses): void {
  const { days } = c;
  const logPrice = u.clamp(c.fundamental + s.sentiment + s.impact, -u.LOG_PRICE_LIMIT, u.LOG_PRICE_LIMIT);
  const move = logPrice - s.logPrice;
  s.lastReturn = move;
  s.trend = s.trend + p.trendMemory * (move - days * s.trend);
  s.realisedVariance = s.realisedVariance + p.varianceMemory * (move * move * u.DAYS_PER_YEAR - days * s.realisedVariance);
  s.logPrice = logPrice;
  s.price = c.start * Math.exp(logPrice);
  s.peak = Math.max(s.peak, logPrice);
  s.maxDrawdown = Math.max(s.maxDrawdown, s.peak - logPrice);
}

export const PRICE_USES = {
  ...CALENDAR,
  clamp,
  impactStep,
  sentimentStep,
  priceStep,
  /** The log price stays within +-7 of its start. */
  LOG_PRICE_LIMIT: 7,
};
