import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";

export const REGIME_STATE = {
  regime: { unit: "1", doc: "0 normal, 1 boom, 2 bust" },
} satisfies RecordSpec;

export const REGIME_PARAMS = {
  driftNormal: assumed(0.05, -0.5, 0.5, "1/year", "drift of the exogenous log price in normal times"),
  driftBoom: assumed(0.8, 0, 2, "1/year", "drift of the exogenous log price in a boom"),
  driftBust: assumed(-0.7, -2, 0, "1/year", "drift of the exogenous log price in a bust"),
  varianceBoom: assumed(1.2, 0.5, 3, "1", "variance level in a boom, as a multiple of normal"),
  varianceBust: assumed(1.7, 0.5, 4, "1", "variance level in a bust, as a multiple of normal"),
  boomChance: assumed(1 / 260, 0, 0.05, "1/day", "chance a day that a boom starts"),
  bustChance: assumed(1 / 400, 0, 0.05, "1/day", "chance a day that a bust starts out of normal times"),
  boomEndChance: assumed(1 / 90, 0, 0.1, "1/day", "chance a day that a boom ends in normal times"),
  boomBustChance: assumed(1 / 250, 0, 0.1, "1/day", "chance a day that a boom ends in a bust"),
  bustEndChance: assumed(1 / 80, 0, 0.1, "1/day", "chance a day that a bust ends"),
} satisfies Record<string, ParamSpec>;

type Params = Record<keyof typeof REGIME_PARAMS, number>;

/** The value that belongs to a regime. */
export function byRegime(regime: number, normal: number, boom: number, bust: number): number {
  return regime < 0.5 ? normal : regime < 1.5 ? boom : bust;
}

/** The regime after `days`, for one uniform number. */
export function nextRegime(regime: number, p: Params, chance: number, days: number): number {
  const fromNormal = chance < p.boomChance * days ? 1 : chance < (p.boomChance + p.bustChance) * days ? 2 : 0;
  const fromBoom = chance < p.boomEndChance * days ? 0 : chance < (p.boomEndChance + p.boomBustChance) * days ? 2 : 1;
  const fromBust = chance < p.bustEndChance * days ? 0 : 2;
  return regime < 0.5 ? fromNormal : regime < 1.5 ? fromBoom : fromBust;
}
