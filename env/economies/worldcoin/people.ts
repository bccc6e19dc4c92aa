import { clamp } from "../../../compiler/primitives.js";
import { CALENDAR } from "../../market/calendar.js";
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
function verifications(s: State, p: Params, draw: number): number {
  const pull = 1 - p.grantPull + p.grantPull * 2 * draw;
  const left = Math.max(0, p.reachable - s.humans);
  const come = p.signupRate * left * pull * (s.trust / p.trustNormal);
  const least = 1e-6 * p.orbsReference;
  return ((2 * come * s.orbs) / (come + s.orbs + least)) * p.stepDays;
}

/** Farmers follow the gain of an identity over its cost; they need verified humans to rent from. */
function farmStep(s: State, p: Params, grantUsd: number, u: Uses): void {
  const gain = Math.max(0, grantUsd - p.fakeCost) / p.fakeCost;
  const wanted = p.fakeMost * s.humans * u.saturate(p.fakeGain * gain);
  s.fakes = s.fakes + p.fakeSpeed * p.stepDays * (wanted - s.fakes);
}

/** What operators, apps and humans meet in a step. */
type PeopleConditions = {
  /** What operators and builders get, USD a day. */
  readonly fundUsd: number;
  /** How much the grant draws, 0 to 1. */
  readonly draw: number;
  /** Humans verified in the step. */
  readonly newHumans: number;
};

/** A step of operators, apps and humans. */
function peopleStep(s: State, p: Params, c: PeopleConditions, u: Uses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const funding = c.fundUsd * (1 / p.fundReference);
  const effort = (2 * funding) / (1 + funding);
  s.orbs = s.orbs + p.orbSpeed * days * (p.orbsReference * effort - s.orbs);
  s.apps = s.apps + p.appSpeed * days * (effort - s.apps);
  const appDraw = s.apps / (1 + s.apps);
  const share = p.activeMost * (p.appWeight * appDraw + (1 - p.appWeight) * c.draw) * u.clamp(s.trust / p.trustNormal, 0, 1);
  s.active = s.active + p.activeSpeed * days * (share * s.humans - s.active);
  s.humans = s.humans + c.newHumans - p.lapse * years * s.humans;
}

/** What use meets in a step. */
type UseConditions = {
  /** Growth in the regime, 1/year. */
  readonly growth: number;
  /** Noise of variance 1. */
  readonly shock: number;
  /** Jump of log use by an event. */
  readonly event: number;
};

/** Use per active human: growth, pull to its reference, noise and an event. */
function useStep(s: State, p: Params, c: UseConditions, u: Uses): void {
  const years = p.stepDays / u.DAYS_PER_YEAR;
  const ito = 0.5 * p.demandVolatility * p.demandVolatility;
  const rate = c.growth - ito - p.demandReversion * s.demand;
  s.demand = u.clamp(s.demand + years * rate + p.demandVolatility * Math.sqrt(years) * c.shock + c.event, -5, 4);
}

export const PEOPLE_USES = { ...CALENDAR, clamp, saturate, generosity, verifications, farmStep, peopleStep, useStep };
