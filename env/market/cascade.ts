import { clamp, units } from "../../compiler/primitives.js";
import type { FieldSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";

/**
 * Rungs of leverage, the first to fall first: a position at leverage L is closed when the price has fallen by 0.8 / L from where it was
 * opened (a fifth of the margin is kept as maintenance). `weight` is the rung's part of all positions.
 */
export const LADDER = {
  X20: { fall: -Math.log(1 - 0.8 / 20), weight: 0.1 },
  X10: { fall: -Math.log(1 - 0.8 / 10), weight: 0.2 },
  X5: { fall: -Math.log(1 - 0.8 / 5), weight: 0.3 },
  X3: { fall: -Math.log(1 - 0.8 / 3), weight: 0.25 },
  X2: { fall: -Math.log(1 - 0.8 / 2), weight: 0.15 },
} as const;

/** The same, for loops over names. */
const BY_NAME: Readonly<Record<string, { readonly fall: number; readonly weight: number }>> = LADDER;

type Rung = `shareRung${keyof typeof LADDER}`;

/** State of the ladder of a token with this symbol; `shareMargin` is an account, the rungs say how it is made up. */
export const cascadeState = (token: string, scale: number): Readonly<Record<Rung | "shareMargin" | "shareGap", FieldSpec>> => ({
  shareMargin: { unit: token, doc: "tokens bought on credit, held as margin", scale },
  shareRungX20: { unit: token, doc: "of these at leverage 20", scale },
  shareRungX10: { unit: token, doc: "of these at leverage 10", scale },
  shareRungX5: { unit: token, doc: "of these at leverage 5", scale },
  shareRungX3: { unit: token, doc: "of these at leverage 3", scale },
  shareRungX2: { unit: token, doc: "of these at leverage 2", scale },
  shareGap: { unit: "1", doc: "log of the price over that at which positions were opened, on average" },
});

export const CASCADE_PARAMS = {
  shareLeverage: assumed(0.04, 0, 0.4, "1", "tokens on credit as a share of the float; 0 means no cascade"),
  shareLeverageSpeed: assumed(0.05, 0, 0.3, "1/day", "share of the gap by which positions are opened or given up in a day"),
  shareEntrySpeed: assumed(0.08, 0.01, 0.5, "1/day", "speed at which the positions' opening price follows the price"),
  shareRungWidth: assumed(0.05, 0.01, 0.2, "1", "further log fall over which a rung is closed in full"),
} satisfies Record<string, ParamSpec>;

type State = Record<Rung | "shareMargin" | "shareGap" | "liquid" | "supply" | "realisedVariance" | "depth", number>;
type Params = Record<keyof typeof CASCADE_PARAMS | "turnover" | "impactStrength" | "impactKnee", number>;
type Uses = typeof CASCADE_USES;

/** The ladder at the start, out of the float. */
export function resetCascade(s: State, p: Params, u: Uses): void {
  const float = s.liquid;
  s.shareMargin = 0;
  for (const rung in u.LADDER) {
    const held = u.units(p.shareLeverage * u.LADDER[rung]!.weight * float);
    s[`shareRung${rung}` as Rung] = held;
    s.shareMargin = s.shareMargin + held;
  }
  s.liquid = s.liquid - s.shareMargin;
  s.shareGap = 0;
}

/**
 * Forced sales of a step, rung after rung: each rung's sale lowers the price (square-root law on the day's volume) that the next rung
 * meets; it ends where no rung is reached. Tokens move from margin to float; the price itself feels them as an order of the next step.
 * @returns tokens sold
 */
export function cascadeStep(s: State, p: Params, u: Uses): number {
  const volume = p.turnover * u.DAY * Math.max(s.liquid, 0.02 * s.supply) * s.depth;
  const daily = p.impactStrength * u.DAY * Math.sqrt(s.realisedVariance * (u.DAY / u.DAYS_PER_YEAR));
  const start = -s.shareGap;
  let fall = start;
  let sold = 0;
  let margin = 0;
  for (const rung in u.LADDER) {
    const hit = u.clamp((fall - u.LADDER[rung]!.fall) * (1 / p.shareRungWidth), 0, 1);
    const cut = u.units(hit * s[`shareRung${rung}` as Rung]);
    s[`shareRung${rung}` as Rung] = s[`shareRung${rung}` as Rung] - cut;
    margin = margin + s[`shareRung${rung}` as Rung];
    sold = sold + cut;
    fall = start + (daily * (sold / volume)) / Math.sqrt(sold / volume + p.impactKnee);
  }
  // The sum itself, not the old one less what was sold: an empty ladder holds 0, not a rounding below it.
  s.shareMargin = margin;
  s.liquid = s.liquid + sold;
  return sold;
}

/**
 * Positions are opened and given up towards their wanted share of the float.
 * @returns tokens bought, less tokens sold
 */
export function leverageStep(s: State, p: Params, days: number, u: Uses): number {
  const float = s.liquid + s.shareMargin;
  let opened = 0;
  let margin = 0;
  for (const rung in u.LADDER) {
    const held = s[`shareRung${rung}` as Rung];
    const move = u.units(p.shareLeverageSpeed * days * (p.shareLeverage * u.LADDER[rung]!.weight * float - held));
    s[`shareRung${rung}` as Rung] = held + move;
    margin = margin + (held + move);
    opened = opened + move;
  }
  s.shareMargin = margin;
  s.liquid = s.liquid - opened;
  s.shareGap = s.shareGap - p.shareEntrySpeed * days * s.shareGap;
  return opened;
}

export const CASCADE_USES = { ...CALENDAR, clamp, units, resetCascade, cascadeStep, leverageStep, LADDER: BY_NAME };
