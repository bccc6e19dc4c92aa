import type { RecordSpec } from "../../../compiler/schema.js";
import { BALANCED_MARKET, MARKET_CONSTRAINTS, MARKET_TERMS, stakeholders, TERMS_USES } from "../../market/terms.js";
import type { ConstraintSpec } from "../../world.js";
import type { Params } from "./params.js";
import type { Applied, Flows, State } from "./records.js";

type Uses = typeof OBJECTIVE_USES;

export const TERMS = {
  service: { unit: "1", doc: "log of service over its reference; wash leases do not count" },
  security: { unit: "1", doc: "shortfall of the bonded share below its safe level, squared" },
  churn: { unit: "1", doc: "annualised exit of providers, negative" },
  solvency: { unit: "1", doc: "-1 on a day without minting of credits" },
  leak: { unit: "1", doc: "share of incentives paid to wash leases, negative" },
  ...MARKET_TERMS,
} satisfies RecordSpec;

const BALANCED = { service: 1, security: 0.6, churn: 0.2, solvency: 0.5, leak: 0.5, ...BALANCED_MARKET };

/** Weights by stakeholder; docs/explanation/objective.md gives the reasons. */
export const OBJECTIVES = stakeholders(BALANCED, {
  holders: { holder: 3, service: 0.3 },
  users: { service: 2, holder: 0.5 },
  providers: { service: 1, churn: 1 },
  security: { security: 2 },
});

/**
 * Limits lie a little above what the Cosmos rule shows on average over the named scenarios (halts 13 % of days, wash 18 %, drawdowns
 * .77 / .58 / .34): the plain exogenous path already falls that deep, so a comparison with the baseline on the same shocks decides.
 */
export const CONSTRAINTS = {
  haltDays: { unit: "1", kind: "step", limit: 0.2, doc: "1 on a day with minting of credits halted" },
  washDays: { unit: "1", kind: "step", limit: 0.25, doc: "1 on a day when more than 10 % of leases are wash" },
  ...MARKET_CONSTRAINTS,
} satisfies Record<string, ConstraintSpec>;

/** Every term, per control step. */
export function objective(r: Record<keyof typeof TERMS, number>, s: State, _p: Params, _a: Applied, f: Flows, u: Uses): void {
  const unsafe = Math.max(0, 1 - (1 / u.SAFE_BONDED) * (s.bonded / s.supply));
  r.service = u.logService(f.service);
  r.security = -4 * unsafe * unsafe;
  r.churn = -f.exits * u.YEAR;
  r.solvency = -s.halted;
  r.leak = -f.washLeak;
  u.marketTerms(r, s, f, f.move, u);
}

export function costs(k: Record<keyof typeof CONSTRAINTS, number>, s: State, _p: Params, _a: Applied, f: Flows, u: Uses): void {
  k.haltDays = s.halted;
  k.washDays = f.washShare > 0.1 ? 1 : 0;
  u.marketCosts(k, s, f, u);
}

export const OBJECTIVE_USES = { ...TERMS_USES, SAFE_BONDED: 0.55 };
