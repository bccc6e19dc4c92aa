import { makeRule, ruleInForce } from "../agents/rules/registry.js";
import { resolveParams } from "../env/params.js";
import type { Values } from "../env/world.js";
import { splitShock } from "./akash/dynamics-gates.js";
import { STREAMS } from "./lanes.js";
import { type PlainOptions, plainPath, playRule, readPlain } from "./plain-path.js";
import type { HalfDays, ValidationSpec } from "./spec.js";

/** A mean over days and paths in whole and in half steps. */
export interface HalfDayRow {
  readonly name: string;
  readonly whole: number;
  readonly half: number;
  /** Relative to the mean, or to the scale given for it. */
  readonly difference: number;
  readonly tolerance: number;
}

export const halfDaysAgree = ({ difference, tolerance }: HalfDayRow): boolean => difference <= tolerance;

const NORMALS = ["market", "variance", "demand", "sentiment", "outsideYield"];
const CHANCES = ["jumpChance", "regime"];
const SURE_NOT = 0.999999;

/**
 * The same paths in one-day steps and in half-day steps under the real rule, which decides once a day in both. The shocks of a day are
 * refined: normal ones by a Brownian bridge, and what happens in a day happens in one of its halves.
 */
export function measureHalfDays(
  { economy, halfDays }: ValidationSpec,
  { paths, days, seed }: { readonly paths: number; readonly days: number; readonly seed: number },
): HalfDayRow[] {
  if (!halfDays) return [];
  const shocks: Values[] = [];
  const sums = () => Object.fromEntries(Object.keys(halfDays.figures).map((name) => [name, 0])) as Values;
  const live = (stepDays: number, shake: (z: Values, step: number, path: number) => void) => {
    const total = sums();
    const stepsPerDay = Math.round(1 / stepDays);
    const common = {
      ...{ params: resolveParams(economy, { params: { stepDays } }), steps: days * stepsPerDay, stepsPerDecision: stepsPerDay },
      ...{ controller: playRule(makeRule(ruleInForce(economy), economy)), seed, streams: STREAMS },
    };
    for (let path = 0; path < paths; path++) {
      const options: PlainOptions = { ...common, episode: path, shake: (z, step) => shake(z, step, path) };
      for (const { step, ...records } of plainPath(economy, options)) {
        if ((step + 1) % stepsPerDay !== 0) continue;
        const read = readPlain(records);
        for (const [name, { figure }] of Object.entries(halfDays.figures)) total[name]! += figure(read) / (days * paths);
      }
    }
    return total;
  };
  const whole = live(1, (z, step, path) => {
    shocks[path * days + step] = { ...z };
  });
  const half = live(0.5, refine(shocks, days, halfDays));
  return Object.entries(halfDays.figures).map(([name, { scale }]) => {
    const [a, b] = [whole[name]!, half[name]!];
    return { name, whole: a, half: b, difference: Math.abs(b - a) / (scale ?? Math.abs(a)), tolerance: halfDays.tolerance };
  });
}

/** Turns the shocks of a half-day step, drawn for their own sake, into a half of the day's shocks. */
function refine(
  shocks: readonly Values[],
  days: number,
  { normals = [], chances = [] }: HalfDays,
): (z: Values, step: number, path: number) => void {
  let bridge: Values = {};
  let halfOfChance = 0;
  return (z, step, path) => {
    const second = step % 2 === 1;
    if (!second) {
      bridge = { ...z };
      halfOfChance = z["jumpChance"]! < 0.5 ? 0 : 1;
    }
    const day = shocks[path * days + (step >> 1)]!;
    Object.assign(z, day);
    for (const name of [...NORMALS, ...normals]) z[name] = splitShock(day[name]!, bridge[name]!, second);
    for (const name of [...CHANCES, ...chances]) z[name] = step % 2 === halfOfChance ? day[name]! / 2 : SURE_NOT;
  };
}
