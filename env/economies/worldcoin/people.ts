import { clamp } from "../../../compiler/primitives.js";
import { saturate } from "../../market/curves.js";
import type { Params } from "./params.js";
import type { State } from "./records.js";

type Uses = typeof PEOPLE_USES;

/** How much the monthly grant draws, 0 to 1; one half at the reference. */
function generosity(grantUsd: number, reference: number): number {
  return grantUsd / (grantUsd + reference);
}

/**
 * Humans verified in a step: those who come meet the Orbs there are (harmonic mean of the two flows: the scarcer one decides). Who
 * comes depends on who is left, on the grant and on trust.
 */
function verifications(s: State, p: Params, draw: number, days: number): number {
  const pull = 1 - p.grantPull + p.grantPull * 2 * draw;
  const left = Math.max(0, p.reachable - s.humans);
  const come = p.signupRate * left * pull * (s.trust / p.trustNormal);
  const least = 1e-6 * p.orbsReference;
  return ((2 * come * s.orbs) / (come + s.orbs + least)) * days;
}

/** Farmers follow the gain of an identity over its cost; they need verified humans to rent from. */
function farmStep(s: State, p: Params, grantUsd: number, days: number, u: Uses): void {
  const gain = Math.max(0, grantUsd - p.fakeCost) / p.fakeCost;
  const wanted = p.fakeMost * s.humans * u.saturate(p.fakeGain * gain);
  s.fakes = s.fakes + p.fakeSpeed * days * (wanted - s.fakes);
}

/**
 * A step of operators, apps and humans; `fundUsd` is what operators and builders got, USD a day, `draw` what the grant draws.
 */
function peopleStep(
  s: State,
  p: Params,
  fundUsd: number,
  draw: number,
  newHumans: number,
  days: number,
  years: number,
  u: Uses,
): void {
  const funding = fundUsd * (1 / p.fundReference);
  const effort = (2 * funding) / (1 + funding);
  s.orbs = s.orbs + p.orbSpeed * days * (p.orbsReference * effort - s.orbs);
  s.apps = s.apps + p.appSpeed * days * (effort - s.apps);
  const appDraw = s.apps / (1 + s.apps);
  const share = p.activeMost * (p.appWeight * appDraw + (1 - p.appWeight) * draw) * u.clamp(s.trust / p.trustNormal, 0, 1);
  s.active = s.active + p.activeSpeed * days * (share * s.humans - s.active);
  s.humans = s.humans + newHumans - p.lapse * years * s.humans;
}

/** Use per active human: growth, pull to its reference, noise (`shock` has variance 1) and an event. */
function useStep(s: State, p: Params, growth: number, shock: number, event: number, years: number, u: Uses): void {
  const ito = 0.5 * p.demandVolatility * p.demandVolatility;
  const rate = growth - ito - p.demandReversion * s.demand;
  s.demand = u.clamp(s.demand + years * rate + p.demandVolatility * Math.sqrt(years) * shock + event, -5, 4);
}

export const PEOPLE_USES = { clamp, saturate, generosity, verifications, farmStep, peopleStep, useStep };
