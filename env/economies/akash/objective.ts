import type { RecordSpec } from "../../../compiler/schema.js";
import type { ConstraintSpec, Objective, WorldUses } from "../../world.js";
import type { Params } from "./params.js";
import type { Applied, Flows, State } from "./records.js";

export const TERMS = {
  service: { unit: "1", doc: "log of service over its reference; wash leases do not count" },
  holder: { unit: "1", doc: "log price with the exogenous path removed, plus rewards accrued" },
  holderRaw: { unit: "1", doc: "log price as it is, plus rewards accrued: the check on `holder`" },
  security: { unit: "1", doc: "shortfall of the bonded share below its safe level, squared" },
  stability: { unit: "1", doc: "realised volatility, negative" },
  churn: { unit: "1", doc: "annualised exit of providers, negative" },
  solvency: { unit: "1", doc: "-1 on a day without minting of credits" },
  dilution: { unit: "1", doc: "net issuance, negative; burning more than 5 % a year earns nothing more" },
  leak: { unit: "1", doc: "share of incentives paid to wash leases, negative" },
  smooth: { unit: "1", doc: "mean squared move of the actions over their limits, negative" },
  ruin: { unit: "1", doc: "-1 on the day of ruin, so that an early end is no escape from bad days" },
} satisfies RecordSpec;

const BALANCED = {
  service: 1,
  holder: 1.5,
  holderRaw: 0,
  security: 0.6,
  stability: 0.25,
  churn: 0.2,
  solvency: 0.5,
  dilution: 0.5,
  leak: 0.5,
  smooth: 0.02,
  ruin: 600,
};

/** Weights by stakeholder; docs/objective.md gives the reasons. */
export const OBJECTIVES: Readonly<Record<string, Objective>> = {
  balanced: BALANCED,
  holders: { ...BALANCED, holder: 3, service: 0.3 },
  users: { ...BALANCED, service: 2, holder: 0.5 },
  providers: { ...BALANCED, service: 1, churn: 1 },
  security: { ...BALANCED, security: 2 },
  "raw-price": { ...BALANCED, holder: 0, holderRaw: 1.5 },
};

/**
 * Limits lie a little above what the Cosmos rule shows on average over the named scenarios (halts 13 % of days, wash 18 %, drawdowns
 * .77 / .58 / .34): the plain exogenous path already falls that deep, so a comparison with the baseline on the same shocks decides.
 */
export const CONSTRAINTS = {
  haltDays: { unit: "1", kind: "step", limit: 0.2, doc: "1 on a day with minting of credits halted" },
  supplyPace: {
    unit: "1",
    kind: "step",
    limit: 0.05,
    doc: "1 on a day when the month's mean of net issuance is over 3 % in 30 days; the breakers enforce the exact window",
  },
  washDays: { unit: "1", kind: "step", limit: 0.25, doc: "1 on a day when more than 10 % of leases are wash" },
  drawdown50: { unit: "1", kind: "probability", limit: 0.9, doc: "1 on the first day that the price is 50 % below its peak" },
  drawdown70: { unit: "1", kind: "probability", limit: 0.7, doc: "1 on the first day that the price is 70 % below its peak" },
  drawdown90: { unit: "1", kind: "probability", limit: 0.45, doc: "1 on the first day that the price is 90 % below its peak" },
} satisfies Record<string, ConstraintSpec>;

/** 1 when the price is 99 % below its peak (its floor lies below that). Uses: `RUIN`. */
export function terminated(s: State, _p: Params, _f: Flows, u: WorldUses): number {
  return s.peak - s.logPrice >= u.RUIN ? 1 : 0;
}

/** Every term, per control step. Uses: `YEAR`, `SAFE_BONDED`, `RUIN`. */
export function objective(
  r: Record<keyof typeof TERMS, number>,
  s: State,
  _p: Params,
  _a: Applied,
  f: Flows,
  u: WorldUses,
): void {
  const unsafe = Math.max(0, 1 - (1 / u.SAFE_BONDED) * (s.bonded / s.supply));
  r.service = Math.log(Math.max(f.service, 0.02));
  r.holder = s.logPrice - s.exogenous + s.accrued;
  r.holderRaw = s.logPrice + s.accrued;
  r.security = -4 * unsafe * unsafe;
  r.stability = -Math.sqrt(s.realisedVariance * u.YEAR);
  r.churn = -f.exits * u.YEAR;
  r.solvency = -s.halted;
  r.dilution = -Math.max(f.netIssuance * u.YEAR, -0.05);
  r.leak = -f.washLeak;
  r.smooth = -f.move;
  r.ruin = s.peak - s.logPrice >= u.RUIN ? -1 : 0;
}

/** Uses: `DAYS_PER_YEAR`, `DAY`, `LOG_FALL_50`, `LOG_FALL_70`, `LOG_FALL_90`. */
export function costs(
  k: Record<keyof typeof CONSTRAINTS, number>,
  s: State,
  _p: Params,
  _a: Applied,
  f: Flows,
  u: WorldUses,
): void {
  const monthlyPace = Math.abs(s.netIssuance) * ((30 * u.DAY) / u.DAYS_PER_YEAR);
  k.haltDays = s.halted;
  k.supplyPace = monthlyPace > 0.03 ? 1 : 0;
  k.washDays = f.washShare > 0.1 ? 1 : 0;
  k.drawdown50 = f.drawdownBefore < u.LOG_FALL_50 && s.maxDrawdown >= u.LOG_FALL_50 ? 1 : 0;
  k.drawdown70 = f.drawdownBefore < u.LOG_FALL_70 && s.maxDrawdown >= u.LOG_FALL_70 ? 1 : 0;
  k.drawdown90 = f.drawdownBefore < u.LOG_FALL_90 && s.maxDrawdown >= u.LOG_FALL_90 ? 1 : 0;
}
