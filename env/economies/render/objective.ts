import type { RecordSpec } from "../../../compiler/schema.js";
import { BALANCED_MARKET, MARKET_CONSTRAINTS, MARKET_TERMS, stakeholders, type TERMS_USES } from "../../market/terms.js";
import type { ConstraintSpec } from "../../world.js";
import type { Params } from "./params.js";
import type { Applied, Flows, State } from "./records.js";

export const TERMS = {
  service: { unit: "1", doc: "log of finished work over its reference" },
  waiting: { unit: "1", doc: "mean waiting time over the reference, negative" },
  churn: { unit: "1", doc: "annualised exit of nodes, negative" },
  ...MARKET_TERMS,
} satisfies RecordSpec;

const BALANCED = { service: 1, waiting: 0.1, churn: 0.2, ...BALANCED_MARKET };

/** Weights by stakeholder; docs/reference/economies/render.md gives the reasons. */
export const OBJECTIVES = stakeholders(BALANCED, {
  holders: { holder: 3, service: 0.3 },
  users: { service: 2, waiting: 0.3, holder: 0.5 },
  nodes: { churn: 1 },
});

/** Limits lie a little above what `render-schedule` shows on average over the named scenarios: 16 % and 27 % of days. */
export const CONSTRAINTS = {
  unservedDays: { unit: "1", kind: "step", limit: 0.2, doc: "1 on a day when more than 10 % of wanted work is not scheduled" },
  failureDays: { unit: "1", kind: "step", limit: 0.3, doc: "1 on a day when more than 10 % of scheduled work is not finished" },
  ...MARKET_CONSTRAINTS,
} satisfies Record<string, ConstraintSpec>;

/** Every term, per control step. */
export function objective(
  r: Record<keyof typeof TERMS, number>,
  s: State,
  _p: Params,
  _a: Applied,
  f: Flows,
  u: typeof TERMS_USES,
): void {
  r.service = u.logService(f.service);
  r.waiting = -f.latency;
  r.churn = -f.exits * u.YEAR;
  u.marketTerms(r, s, f, f.move, u);
}

export function costs(
  k: Record<keyof typeof CONSTRAINTS, number>,
  s: State,
  _p: Params,
  _a: Applied,
  f: Flows,
  u: typeof TERMS_USES,
): void {
  k.unservedDays = f.unserved > 0.1 ? 1 : 0;
  k.failureDays = f.failed > 0.1 ? 1 : 0;
  u.marketCosts(k, s, f, u);
}
