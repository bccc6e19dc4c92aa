import { stream } from "../../core/random.js";
import type { Economy } from "../economy.js";
import { resolveParams } from "../params.js";
import type { Values } from "../world.js";

/** Writes the requested action, in its own units, for an observation of the step before. */
export type PathRule = (o: Values, a: Values, day: number) => void;

export interface PathOptions {
  readonly scenario?: string;
  /** Parameters on top of the scenario. */
  readonly overrides?: Readonly<Record<string, number>>;
  readonly days?: number;
  readonly seed?: number;
  readonly episode?: number;
  /** Changes the shocks before each step. */
  readonly shake?: (z: Values, day: number) => void;
  readonly onStep?: (s: Values, f: Values, day: number) => void;
}

export interface LivedPath {
  /** Means over the steps. */
  readonly terms: Values;
  readonly costs: Values;
  readonly end: Values;
}

/** One episode of any economy by plain calls, without breakers and past ruin. Action moves are limited as the economy says. */
export function livePath(economy: Economy, rule: PathRule, options: PathOptions = {}): LivedPath {
  const { days = 365, seed = 1, episode = 0, scenario = "base" } = options;
  const { functions, uses, actions } = economy;
  const fields = actions.kind === "continuous" ? actions.fields : {};
  const p = { ...resolveParams(economy, { scenario }), ...options.overrides };
  const [s, z, f, r, k, o]: [Values, Values, Values, Values, Values, Values] = [{}, {}, {}, {}, {}, {}];
  const a: Values = { mintLimit: Number.POSITIVE_INFINITY, burnLimit: Number.POSITIVE_INFINITY };
  for (const [name, { start }] of Object.entries(fields)) a[name] = start;
  const key = (day: number) => ({ seed, episode, day, stream: stream("market", "test") });
  const [terms, costs]: [Values, Values] = [{}, {}];
  functions.reset(s, p, key(0), uses);
  economy.account(f, s, p, uses);
  functions.draw(z, key(0), uses);
  functions.observe(o, s, p, z, uses);
  for (let day = 0; day < days; day++) {
    const wish = { ...a };
    rule(o, wish, day);
    for (const [name, { low, high, maxMove }] of Object.entries(fields)) {
      const banded = Math.min(Math.max(wish[name]!, low), high);
      a[name] = Math.min(Math.max(banded, a[name]! - maxMove), a[name]! + maxMove);
    }
    functions.observe(o, s, p, z, uses);
    functions.draw(z, key(day), uses);
    options.shake?.(z, day);
    functions.step(s, p, a, z, f, uses);
    functions.objective(r, s, p, a, f, uses);
    functions.costs(k, s, p, a, f, uses);
    for (const name of Object.keys(r)) terms[name] = (terms[name] ?? 0) + r[name]! / days;
    for (const name of Object.keys(k)) costs[name] = (costs[name] ?? 0) + k[name]! / days;
    options.onStep?.(s, f, day);
  }
  return { terms, costs, end: s };
}
