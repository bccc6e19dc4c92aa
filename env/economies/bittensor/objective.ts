import type { RecordSpec } from "../../../compiler/schema.js";
import { BALANCED_MARKET, MARKET_CONSTRAINTS, MARKET_TERMS, stakeholders, type TERMS_USES } from "../../market/terms.js";
import type { ConstraintSpec } from "../../world.js";
import type { Params } from "./params.js";
import type { Applied, Flows, State } from "./records.js";

export const TERMS = {
  service: { unit: "1", doc: "log of service over its reference: mean quality of the subnets times demand" },
  waste: { unit: "1", doc: "share of the miners' emission that does not reach honest miners, negative" },
  concentration: { unit: "1", doc: "concentration of emission on few subnets, negative; 0 when all get the same" },
  ...MARKET_TERMS,
} satisfies RecordSpec;

const BALANCED = { service: 1, waste: 0.5, concentration: 0.05, ...BALANCED_MARKET };

/** Weights by stakeholder; `utility` and `price` are the two ends of the question whether a token's price should be the aim. */
export const OBJECTIVES = stakeholders(BALANCED, {
  holders: { holder: 3, service: 0.5 },
  users: { service: 3, holder: 0.5 },
  miners: { service: 2, waste: 2, holder: 0.5 },
  utility: { service: 3, holder: 0, dilution: 0 },
  price: { service: 0, waste: 0, concentration: 0, holder: 3 },
});

export const CONSTRAINTS = {
  wasteDays: { unit: "1", kind: "step", limit: 0.2, doc: "1 on a day when more than 15 % of the miners' emission is wasted" },
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
  r.waste = -f.waste;
  r.concentration = -f.concentration;
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
  k.wasteDays = f.waste > 0.15 ? 1 : 0;
  u.marketCosts(k, s, f, u);
}
