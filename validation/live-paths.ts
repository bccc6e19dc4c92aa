import { type Split, stream } from "../core/random.js";
import type { Economy } from "../env/economy.js";
import { resolveParams } from "../env/params.js";
import type { Objective, Values } from "../env/world.js";
import { type PathController, plainPath } from "./plain-path.js";

/** The economy's own records may be named, so that what looks at them is checked. */
export interface LiveOptions<S = Values, F = Values, Z = Values> {
  /** `base` unless given. */
  readonly scenario?: string;
  /** Parameters on top of the scenario, of any value. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** `balanced` unless given. */
  readonly objective?: string;
  /** 365 unless given; a step may be shorter than a day. */
  readonly days?: number;
  readonly paths?: number;
  readonly seed?: number;
  /** Of the first path. */
  readonly episode?: number;
  /** Of the markets: `train` unless given. */
  readonly split?: Split;
  /** What the breakers leave to mint and burn in a step; without end unless given. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Live on after ruin, so that every path has its full length. */
  readonly pastRuin?: boolean;
  /** Changes the state after the reset. */
  readonly prepare?: (s: S) => void;
  /** Changes the shocks before each step, for paired experiments. */
  readonly shake?: (z: Z, step: number, path: number) => void;
  readonly onStep?: (s: S, f: F, step: number, path: number) => void;
}

/** One episode. */
export interface LivedPath<S = Values> {
  /** Sum of rewards over the steps of a full episode, per step; a ruined path adds nothing after its end. */
  readonly reward: number;
  /** Likewise, of each term. */
  readonly terms: Values;
  /** Sum over the episode of each cost. */
  readonly costs: Values;
  /** Mean over the steps lived of each flow. */
  readonly flows: Values;
  /** Log return of each step lived. */
  readonly returns: Float64Array;
  readonly end: S;
}

/** Values of all parameters in a scenario, with these on top of it. */
export function paramsOf(economy: Economy, scenario = "base", overrides: Readonly<Record<string, number>> = {}): Values {
  return { ...resolveParams(economy, { scenario }), ...overrides };
}

/**
 * Simulates episodes by plain calls, a decision a step. Path i meets the same shocks under every controller and every parameter. For
 * gates and sanity checks; the compiled rollout is the fast way.
 */
export function livePathsOf<S = Values, F = Values, Z = Values>(
  economy: Economy,
  controller: PathController,
  options: LiveOptions<S, F, Z> = {},
): LivedPath<S>[] {
  const p = paramsOf(economy, options.scenario, options.overrides);
  return Array.from({ length: options.paths ?? 100 }, (_, path) => livePath(economy, controller, p, path, options));
}

function livePath<S, F, Z>(
  economy: Economy,
  controller: PathController,
  p: Values,
  path: number,
  options: LiveOptions<S, F, Z>,
): LivedPath<S> {
  const { days = 365, seed = 1, episode = 0, split = "train", limits, prepare, shake, onStep } = options;
  const { functions, uses } = economy;
  const steps = Math.round(days / p["stepDays"]!);
  const [r, k]: [Values, Values] = [{}, {}];
  const [terms, costs, flows]: [Values, Values, Values] = [{}, {}, {}];
  const returns: number[] = [];
  let end: Values = {};
  for (const { s, a, f, step } of plainPath(economy, {
    ...{ params: p, steps, controller, limits, seed, episode: episode + path },
    streams: { market: stream("market", split), reset: stream("reset", split) },
    prepare: (start) => prepare?.(start as S),
    shake: (z, at) => shake?.(z as Z, at, path),
  })) {
    functions.objective(r, s, p, a, f, uses);
    functions.costs(k, s, p, a, f, uses);
    onStep?.(s as S, f as F, step, path);
    addTo(terms, r, 1 / steps);
    addTo(costs, k, 1);
    addTo(flows, f, 1);
    returns.push(s["lastReturn"]!);
    end = s;
    if (!options.pastRuin && functions.terminated(s, p, f, uses) > 0) break;
  }
  for (const name of Object.keys(flows)) flows[name] = flows[name]! / returns.length;
  const reward = rewardOf(economy.objectives[options.objective ?? "balanced"]!, terms);
  return { reward, terms, costs, flows, returns: Float64Array.from(returns), end: end as S };
}

function addTo(sums: Values, values: Values, weight: number): void {
  for (const name of Object.keys(values)) sums[name] = (sums[name] ?? 0) + weight * values[name]!;
}

const rewardOf = (weights: Objective, terms: Values): number =>
  Object.keys(weights).reduce((sum, name) => sum + weights[name]! * terms[name]!, 0);
