import type { RecordSpec } from "../../compiler/schema.js";
import type { ConstraintSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";

/** Terms of the objective that any token has, per control step. */
export const MARKET_TERMS = {
  holder: { unit: "1", doc: "log price with the exogenous path removed, plus rewards accrued" },
  holderRaw: { unit: "1", doc: "log price as it is, plus rewards accrued: the check on `holder`" },
  stability: { unit: "1", doc: "realised volatility, negative" },
  dilution: { unit: "1", doc: "net issuance, negative; burning more than 5 % a year earns nothing more" },
  smooth: { unit: "1", doc: "mean squared move of the actions over their limits, negative" },
  ruin: { unit: "1", doc: "-1 on the day of ruin, so that an early end is no escape from bad days" },
} satisfies RecordSpec;

type Terms = Record<keyof typeof MARKET_TERMS, number>;
type State = Record<"logPrice" | "exogenous" | "accrued" | "realisedVariance" | "peak" | "maxDrawdown" | "netIssuance", number>;
type Uses = typeof TERMS_USES;

/** 1 when the price is 99 % below its peak (its floor lies below that). */
function ruined(s: Pick<State, "peak" | "logPrice">, u: Uses): number {
  return s.peak - s.logPrice >= u.RUIN ? 1 : 0;
}

/** A world's `terminated` where ruin of the price is the only end. */
export function terminated(s: Pick<State, "peak" | "logPrice">, _p: object, _f: object, u: Uses): number {
  return u.ruined(s, u);
}

/** Writes {@link MARKET_TERMS}; `move` is the mean square of the actions' moves over their limits. */
function marketTerms(r: Terms, s: State, f: { readonly netIssuance: number }, move: number, u: Uses): void {
  r.holder = s.logPrice - s.exogenous + s.accrued;
  r.holderRaw = s.logPrice + s.accrued;
  r.stability = -Math.sqrt(s.realisedVariance * u.YEAR);
  r.dilution = -Math.max(f.netIssuance * u.YEAR, -0.05);
  r.smooth = -move;
  r.ruin = -u.ruined(s, u);
}

/** Log of service, bounded below so that a day without service is not worth everything. */
function logService(service: number): number {
  return Math.log(Math.max(service, 0.02));
}

/** Weights of {@link MARKET_TERMS} in the balanced preset of an economy. */
export const BALANCED_MARKET = { holder: 1.5, holderRaw: 0, stability: 0.25, dilution: 0.5, smooth: 0.02, ruin: 600 } as const;

/**
 * An economy's presets by stakeholder: its balanced weights, changes of them by name, and `raw-price`, which looks at the price as it is.
 */
export function stakeholders<Term extends string>(
  balanced: Readonly<Record<Term | keyof typeof BALANCED_MARKET, number>>,
  changes: Readonly<Record<string, Readonly<Partial<Record<NoInfer<Term> | keyof typeof BALANCED_MARKET, number>>>>>,
): Readonly<Record<string, Readonly<Record<Term | keyof typeof BALANCED_MARKET, number>>>> {
  const others = Object.entries({ ...changes, "raw-price": { holder: 0, holderRaw: balanced.holder } });
  return { balanced, ...Object.fromEntries(others.map(([name, change]) => [name, { ...balanced, ...change }])) };
}

/** Limits lie a little above what the Cosmos rule shows on akash over the named scenarios; the comparison on the same shocks decides. */
export const MARKET_CONSTRAINTS = {
  supplyPace: {
    unit: "1",
    kind: "step",
    limit: 0.05,
    doc: "1 on a day when the month's mean of net issuance is over 3 % in 30 days; the breakers enforce the exact window",
  },
  drawdown50: { unit: "1", kind: "probability", limit: 0.9, doc: "1 on the first day that the price is 50 % below its peak" },
  drawdown70: { unit: "1", kind: "probability", limit: 0.7, doc: "1 on the first day that the price is 70 % below its peak" },
  drawdown90: { unit: "1", kind: "probability", limit: 0.45, doc: "1 on the first day that the price is 90 % below its peak" },
} satisfies Record<string, ConstraintSpec>;

/** Writes {@link MARKET_CONSTRAINTS}. */
function marketCosts(
  k: Record<keyof typeof MARKET_CONSTRAINTS, number>,
  s: State,
  f: { readonly drawdownBefore: number },
  u: Uses,
): void {
  const monthlyPace = Math.abs(s.netIssuance) * ((30 * u.DAY) / u.DAYS_PER_YEAR);
  k.supplyPace = monthlyPace > 0.03 ? 1 : 0;
  k.drawdown50 = f.drawdownBefore < u.LOG_FALL_50 && s.maxDrawdown >= u.LOG_FALL_50 ? 1 : 0;
  k.drawdown70 = f.drawdownBefore < u.LOG_FALL_70 && s.maxDrawdown >= u.LOG_FALL_70 ? 1 : 0;
  k.drawdown90 = f.drawdownBefore < u.LOG_FALL_90 && s.maxDrawdown >= u.LOG_FALL_90 ? 1 : 0;
}

export const TERMS_USES = {
  ...CALENDAR,
  logService,
  marketTerms,
  marketCosts,
  ruined,
  RUIN: Math.log(100),
  LOG_FALL_50: Math.log(2),
  LOG_FALL_70: -Math.log(0.3),
  LOG_FALL_90: Math.log(10),
};
