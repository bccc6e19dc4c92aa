import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";

/** What scenarios turn: the level of volatility, drifts, and one event on a day. */
export const EVENT_PARAMS = {
  volatilityScale: assumed(1, 0.3, 3, "1", "multiplies the variance level; the scenarios' knob"),
  driftShift: assumed(0, -1, 1, "1/year", "added to the exogenous drift"),
  growthShift: assumed(0, -1, 1, "1/year", "added to the growth of latent demand"),
  regimeStart: assumed(0, 0, 2, "1", "regime at the start: 0 normal, 1 boom, 2 bust"),
  eventDay: assumed(-1, -1, 3650, "day", "day of the event; -1 for none"),
  eventPrice: assumed(0, -2, 1, "1", "jump of the exogenous log price on the event's day"),
  eventDemand: assumed(0, -2, 1, "1", "jump of log latent demand on the event's day"),
} satisfies Record<string, ParamSpec>;

/** 1 in the control step in which the event falls, else 0. */
export function eventNow(s: { readonly day: number }, p: { readonly eventDay: number }, days: number): number {
  return p.eventDay >= s.day && p.eventDay < s.day + days ? 1 : 0;
}
