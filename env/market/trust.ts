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

/**
 * Credibility falls by `perDay` (a share a day, what the economy's failures cost) and by `move`, the change of annual issuance.
 */
function trustStep(s: State, p: Params, perDay: number, move: number, days: number, u: Uses): void {
  const lost = s.trust * (perDay * days + p.trustMoves * Math.abs(move));
  s.trust = u.clamp(s.trust + p.trustRecovery * days * (1 - s.trust) - lost, 0.05, 1);
}

export const TRUST_USES = { clamp, trustStep };
