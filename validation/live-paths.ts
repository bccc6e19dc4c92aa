import { type Split, stream } from "../core/random.js";
import type { Economy } from "../env/economy.js";
import { resolveParams } from "../env/params.js";
import type { Objective, Values } from "../env/world.js";

/**
 * Writes the requested action, in its own units, for an observation; what it leaves alone stays as it is in force. `memory` is the
 * controller's own, empty at the start of a path.
 */
export type PathController = (o: Values, a: Values, step: number, memory: Values) => void;

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

/** A state with room for its arrays, as `reset` wants it. */
export function emptyState({ state }: Economy): Values {
  const arrays = Object.entries(state).filter(([, { length }]) => length !== undefined);
  const room = (length: number): number | number[] => new Array<number>(length).fill(Number.NaN);
  return Object.fromEntries(arrays.map(([name, { length }]) => [name, room(length!)])) as Values;
}

/** The action that is in force at the start, with limits that do not bind. */
export function startAction({ actions }: Economy): Values {
  const fields = actions.kind === "continuous" ? Object.entries(actions.fields) : [];
  const starts = Object.fromEntries(fields.map(([name, { start }]) => [name, start]));
  return { ...starts, mintLimit: Number.POSITIVE_INFINITY, burnLimit: Number.POSITIVE_INFINITY };
}

/** Shocks at their means: no jump, no change of regime, no outage, no subnet that degrades. */
export function quiet(z: Values): void {
  const happens = (name: string) =>
    name === "jumpChance" || name === "regime" || name === "outage" || name.startsWith("degrade");
  for (const name of Object.keys(z)) z[name] = happens(name) ? 0.999999 : 0;
}

/** Always the same request; what it does not name stays where it starts. */
export function hold(request: Readonly<Values> = {}): PathController {
  return (_o, a) => void Object.assign(a, request);
}

/**
 * Lives episodes by plain calls, observations one step late, without circuit breakers. Path i meets the same shocks under every
 * controller and every parameter. For gates and sanity checks; the compiled rollout is the fast way.
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
  const { days = 365, seed = 1, episode = 0, split = "train" } = options;
  const { functions, uses } = economy;
  const steps = Math.round(days / p["stepDays"]!);
  const s = emptyState(economy);
  const a: Values = { ...startAction(economy), ...options.limits };
  const [z, f, r, k, o, memory]: [Values, Values, Values, Values, Values, Values] = [{}, {}, {}, {}, {}, {}];
  const [terms, costs, flows]: [Values, Values, Values] = [{}, {}, {}];
  const key = (day: number) => ({ seed, episode: episode + path, day, stream: stream("market", split) });
  const returns: number[] = [];
  functions.reset(s, p, { ...key(0), stream: stream("reset", split) }, uses);
  options.prepare?.(s as S);
  economy.account(f, s, p, uses);
  functions.draw(z, key(0), uses);
  functions.observe(o, s, p, z, uses);
  for (let step = 0; step < steps; step++) {
    const request = { ...a };
    controller(o, request, step, memory);
    limitMoves(economy, a, request, p["stepDays"]!);
    // What the next decision sees is the state before this step: one step late.
    functions.observe(o, s, p, z, uses);
    functions.draw(z, key(step), uses);
    options.shake?.(z as Z, step, path);
    functions.step(s, p, a, z, f, uses);
    functions.objective(r, s, p, a, f, uses);
    functions.costs(k, s, p, a, f, uses);
    options.onStep?.(s as S, f as F, step, path);
    addTo(terms, r, 1 / steps);
    addTo(costs, k, 1);
    addTo(flows, f, 1);
    returns.push(s["lastReturn"]!);
    if (!options.pastRuin && functions.terminated(s, p, f, uses) > 0) break;
  }
  for (const name of Object.keys(flows)) flows[name] = flows[name]! / returns.length;
  const reward = rewardOf(economy.objectives[options.objective ?? "balanced"]!, terms);
  return { reward, terms, costs, flows, returns: Float64Array.from(returns), end: s as S };
}

/** The band and the largest move per day; the circuit breakers proper are the environment's. */
function limitMoves({ actions }: Economy, a: Values, request: Values, days: number): void {
  if (actions.kind !== "continuous") return;
  for (const [name, { low, high, maxMove }] of Object.entries(actions.fields)) {
    const banded = Math.min(Math.max(request[name]!, low), high);
    a[name] = Math.min(Math.max(banded, a[name]! - maxMove * days), a[name]! + maxMove * days);
  }
}

function addTo(sums: Values, values: Values, weight: number): void {
  for (const name of Object.keys(values)) sums[name] = (sums[name] ?? 0) + weight * values[name]!;
}

const rewardOf = (weights: Objective, terms: Values): number =>
  Object.keys(weights).reduce((sum, name) => sum + weights[name]! * terms[name]!, 0);
