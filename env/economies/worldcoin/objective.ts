import type { RecordSpec } from "../../../compiler/schema.js";
import { BALANCED_MARKET, MARKET_CONSTRAINTS, MARKET_TERMS, stakeholders, TERMS_USES } from "../../market/terms.js";
import type { ConstraintSpec } from "../../world.js";
import type { Params } from "./params.js";
import type { Applied, Flows, State } from "./records.js";

type Uses = typeof OBJECTIVE_USES;

export const TERMS = {
  service: { unit: "1", doc: "log of use by genuine humans over its reference; fakes do not count" },
  inclusion: { unit: "1", doc: "log of verified humans over those at the start; fakes do not count" },
  solvency: { unit: "1", doc: "share of grants due that nothing was there to pay, negative" },
  reserve: { unit: "1", doc: "shortfall of the treasury below two years of grants, squared" },
  leak: { unit: "1", doc: "share of claims made by fakes, negative" },
  ...MARKET_TERMS,
  dilution: {
    unit: "1",
    doc: "growth of the circulating supply, negative; shrinking it by more than 5 % a year earns nothing more",
  },
} satisfies RecordSpec;

const BALANCED = { service: 1, inclusion: 0.5, solvency: 1, reserve: 0.5, leak: 1, ...BALANCED_MARKET };

/** Weights by stakeholder; docs/reference/economies/worldcoin.md gives the reasons. */
export const OBJECTIVES = stakeholders(BALANCED, {
  holders: { holder: 3, service: 0.3 },
  users: { service: 2, inclusion: 1, holder: 0.5 },
  inclusion: { inclusion: 2 },
  foundation: { reserve: 2, solvency: 2 },
});

/** Limits lie a little above what the grant table with its start release shows over the named scenarios. */
export const CONSTRAINTS = {
  unpaidDays: { unit: "1", kind: "step", limit: 0.1, doc: "1 on a day when more than 5 % of grants due are not paid" },
  fakeDays: { unit: "1", kind: "step", limit: 0.3, doc: "1 on a day when fakes make more than 10 % of claims" },
  ...MARKET_CONSTRAINTS,
  supplyPace: {
    unit: "1",
    kind: "step",
    limit: 0.3,
    doc: "1 on a day when the circulating supply grows by more than 3 % in 30 days, as its month's mean",
  },
} satisfies Record<string, ConstraintSpec>;

/** Every term, per control step. */
export function objective(r: Record<keyof typeof TERMS, number>, s: State, p: Params, _a: Applied, f: Flows, u: Uses): void {
  const short = Math.max(0, 1 - f.runway * (1 / (u.SAFE_RUNWAY * u.YEAR)));
  r.service = u.logService(f.service);
  r.inclusion = Math.log(Math.max(s.humans * (1 / p.humansStart), 0.02));
  r.solvency = -f.unpaid;
  r.reserve = -short * short;
  r.leak = -f.fakeShare;
  u.marketTerms(r, s, f, f.move, u);
}

export function costs(k: Record<keyof typeof CONSTRAINTS, number>, s: State, _p: Params, _a: Applied, f: Flows, u: Uses): void {
  k.unpaidDays = f.unpaid > 0.05 ? 1 : 0;
  k.fakeDays = f.fakeShare > 0.1 ? 1 : 0;
  u.marketCosts(k, s, f, u);
}

export const OBJECTIVE_USES = { ...TERMS_USES, SAFE_RUNWAY: 2 };
