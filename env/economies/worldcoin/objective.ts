import type { RecordSpec } from "../../../compiler/schema.js";
import { MARKET_CONSTRAINTS, MARKET_TERMS } from "../../market/terms.js";
import type { ConstraintSpec, Objective, WorldUses } from "../../world.js";
import type { Params } from "./params.js";
import type { Applied, Flows, State } from "./records.js";

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

const BALANCED = {
  service: 1,
  inclusion: 0.5,
  solvency: 1,
  reserve: 0.5,
  leak: 1,
  holder: 1.5,
  holderRaw: 0,
  stability: 0.25,
  dilution: 0.5,
  smooth: 0.02,
  ruin: 600,
};

/** Weights by stakeholder; docs/reference/economies/worldcoin.md gives the reasons. */
export const OBJECTIVES: Readonly<Record<string, Objective>> = {
  balanced: BALANCED,
  holders: { ...BALANCED, holder: 3, service: 0.3 },
  users: { ...BALANCED, service: 2, inclusion: 1, holder: 0.5 },
  inclusion: { ...BALANCED, inclusion: 2 },
  foundation: { ...BALANCED, reserve: 2, solvency: 2 },
  "raw-price": { ...BALANCED, holder: 0, holderRaw: 1.5 },
};

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

/** Every term, per control step. Uses: `SAFE_RUNWAY`, `YEAR`, `marketTerms`. */
export function objective(
  r: Record<keyof typeof TERMS, number>,
  s: State,
  p: Params,
  _a: Applied,
  f: Flows,
  u: WorldUses,
): void {
  const short = Math.max(0, 1 - f.runway * (1 / (u.SAFE_RUNWAY * u.YEAR)));
  r.service = Math.log(Math.max(f.service, 0.02));
  r.inclusion = Math.log(Math.max(s.humans * (1 / p.humansStart), 0.02));
  r.solvency = -f.unpaid;
  r.reserve = -short * short;
  r.leak = -f.fakeShare;
  u.marketTerms(r, s, f, f.move, u);
}

/** Uses: `marketCosts`. */
export function costs(
  k: Record<keyof typeof CONSTRAINTS, number>,
  s: State,
  _p: Params,
  _a: Applied,
  f: Flows,
  u: WorldUses,
): void {
  k.unpaidDays = f.unpaid > 0.05 ? 1 : 0;
  k.fakeDays = f.fakeShare > 0.1 ? 1 : 0;
  u.marketCosts(k, s, f, u);
}
