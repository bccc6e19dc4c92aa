import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";

export const TRUST_STATE = {
  trust: { unit: "1", doc: "credibility: falls by failures of service and policy jumps" },
} satisfies RecordSpec;

export const TRUST_PARAMS = {
  trustNormal: assumed(0.9, 0.5, 1, "1", "credibility at the start, also what the starting price reflects"),
  trustRecovery: assumed(0.01, 0, 0.05, "1/day", "share of lost credibility regained in a day"),
  trustMoves: assumed(0.6, 0, 3, "year", "credibility lost per unit of issuance moved"),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof typeof TRUST_STATE, number>;
type Params = Record<keyof typeof TRUST_PARAMS, number>;
type Uses = typeof TRUST_USES;

/** What costs credibility in a step. */
type TrustConditions = {
  /** Length of the step, days. */
  readonly days: number;
  /** What the economy's failures cost, a share a day. */
  readonly lostPerDay: number;
  /** Change of annual issuance. */
  readonly move: number;
};

/** Credibility falls by failures and by moves of issuance, and is regained slowly. */
function trustStep(s: State, p: Params, c: TrustConditions, u: Uses): void {
  const lost = s.trust * (c.lostPerDay * c.days + p.trustMoves * Math.abs(c.move));
  s.trust = u.clamp(s.trust + p.trustRecovery * c.days * (1 - s.trust) - lost, 0.05, 1);
}

export const TRUST_USES = { clamp, trustStep };
