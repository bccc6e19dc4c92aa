import { uniform4 } from "../../core/random.js";
import { akash } from "../../env/economies/akash/index.js";
import type { Economy } from "../../env/economy.js";
import { listed } from "../../env/listed/listed.js";
import { LISTED_KINDS, type ListedKind } from "../../env/listed/params.js";
import type { Values } from "../../env/world.js";
import { type LiveOptions, livePathsOf } from "../../validation/live-paths.js";
import type { PathController } from "../../validation/plain-path.js";

/** What the tests of the listed layer share: akash with each kind of listing, rules, and one path's figures. */
export const of = Object.fromEntries(LISTED_KINDS.map((kind) => [kind, listed(akash, kind)])) as Record<ListedKind, Economy>;
export const steady: PathController = (_o, a) => Object.assign(a, { issuance: 0.06, burnShare: 0.3, fee: 0.15 });
export const anywhere: PathController = (_o, a, day) => {
  const draw = uniform4(3, 0, Math.floor(day / 3), 99);
  Object.assign(a, { issuance: 0.01 + 0.19 * draw.a, burnShare: draw.b, fee: 0.4 * draw.c });
};
export const episodes = (count: number) => Array.from({ length: count }, (_, episode) => episode);
export const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** One episode, on a test market and past ruin. */
export const livePath = (economy: Economy, rule: PathController, options: LiveOptions = {}) =>
  livePathsOf(economy, rule, { split: "test", pastRuin: true, ...options, paths: 1 })[0]!;

/** A figure of each day of one path. */
export function series(economy: Economy, figure: (s: Values, f: Values) => number, options: LiveOptions = {}) {
  const values: number[] = [];
  livePath(economy, steady, { ...options, onStep: (s, f) => values.push(figure(s, f)) });
  return values;
}
