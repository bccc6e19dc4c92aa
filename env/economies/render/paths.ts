import { stream } from "../../../core/random.js";
import type { Values } from "../../world.js";
import { render } from "../render.js";
import { ACTIONS, type Applied, type Flows, type Shocks, type State } from "./records.js";

/** Requests an action (in its own units) for an observation; what it leaves out stays as it was. */
export type PathController = (o: Values, step: number) => Partial<Record<keyof typeof ACTIONS, number>>;

export interface PathOptions {
  readonly scenario?: string;
  /** Parameters on top of the scenario. */
  readonly overrides?: Readonly<Record<string, number>>;
  readonly objective?: string;
  readonly days?: number;
  readonly paths?: number;
  readonly seed?: number;
  /** Live on after ruin, so that every path has its full length. */
  readonly pastRuin?: boolean;
  /** Changes the shocks before each step, for paired experiments. */
  readonly shake?: (z: Shocks, step: number, path: number) => void;
  /** Changes the state after the reset. */
  readonly prepare?: (s: State) => void;
  readonly onStep?: (s: State, f: Flows, step: number, path: number) => void;
}

/** One episode. */
export interface Path {
  /** Sum of rewards over the steps of a full episode; a ruined path adds nothing after its end. */
  readonly reward: number;
  /** Likewise, of each term. */
  readonly terms: Values;
  readonly costs: Values;
  /** Mean over the steps lived of each flow. */
  readonly flows: Values;
  /** Log return of each step lived. */
  readonly returns: readonly number[];
  readonly end: State;
}

/** Values of all parameters in a scenario. */
export function scenarioParams(scenario = "base", overrides: Readonly<Record<string, number>> = {}): Values {
  const values = Object.fromEntries(Object.entries(render.params).map(([name, spec]) => [name, spec.value]));
  return { ...values, ...render.scenarios[scenario]!.overrides, ...overrides };
}

/** A state with room for its arrays. */
export function emptyState(): State {
  const arrays = Object.entries(render.state).filter(([, { length }]) => length !== undefined);
  return Object.fromEntries(arrays.map(([name, { length }]) => [name, new Array(length).fill(Number.NaN)])) as unknown as State;
}

/** Shocks at their means: no jump, no change of regime, no outage. */
export function quiet(z: Shocks): void {
  for (const name of Object.keys(z) as (keyof Shocks)[])
    z[name] = name === "jumpChance" || name === "regime" || name === "outage" ? 0.999999 : 0;
}

function limitMoves(a: Applied, request: ReturnType<PathController>, days: number): void {
  for (const [name, spec] of Object.entries(ACTIONS)) {
    const key = name as keyof typeof ACTIONS;
    const banded = Math.min(Math.max(request[key] ?? a[key], spec.low), spec.high);
    a[key] = Math.min(Math.max(banded, a[key] - spec.maxMove * days), a[key] + spec.maxMove * days);
  }
}

function addTo(sums: Values, values: Values, weight: number): void {
  for (const name of Object.keys(values)) sums[name] = (sums[name] ?? 0) + weight * values[name]!;
}

export function startAction(): Applied {
  const starts = Object.fromEntries(Object.entries(ACTIONS).map(([name, { start }]) => [name, start]));
  return { ...starts, mintLimit: Number.POSITIVE_INFINITY, burnLimit: Number.POSITIVE_INFINITY } as Applied;
}

function livePath(controller: PathController, p: Values, path: number, options: PathOptions): Path {
  const { days = 365, seed = 1 } = options;
  const { functions, uses } = render;
  const weights = render.objectives[options.objective ?? "balanced"]!;
  const steps = Math.round(days / p["stepDays"]!);
  const s = emptyState();
  const a = startAction();
  const [z, f, r, k, o]: [Values, Values, Values, Values, Values] = [{}, {}, {}, {}, {}];
  const [terms, costs, flows]: [Values, Values, Values] = [{}, {}, {}];
  const key = (day: number) => ({ seed, episode: path, day, stream: stream("market", "train") });
  const returns: number[] = [];
  const state = s as unknown as Values;
  functions.reset(state, p, key(0), uses);
  options.prepare?.(s);
  functions.draw(z, key(0), uses);
  functions.observe(o, state, p, z, uses);
  for (let step = 0; step < steps; step++) {
    limitMoves(a, controller(o, step), p["stepDays"]!);
    // What the next decision sees is the state before this step: one step late.
    functions.observe(o, state, p, z, uses);
    functions.draw(z, key(step), uses);
    options.shake?.(z as Shocks, step, path);
    functions.step(state, p, a, z, f, uses);
    functions.objective(r, state, p, a, f, uses);
    functions.costs(k, state, p, a, f, uses);
    options.onStep?.(s, f as Flows, step, path);
    addTo(terms, r, 1 / steps);
    addTo(costs, k, 1);
    addTo(flows, f, 1);
    returns.push(s.lastReturn);
    if (!options.pastRuin && functions.terminated(state, p, f, uses) > 0) break;
  }
  for (const name of Object.keys(flows)) flows[name] = flows[name]! / returns.length;
  const reward = Object.keys(weights).reduce((sum, name) => sum + weights[name]! * terms[name]!, 0);
  return { reward, terms, costs, flows, returns, end: s };
}

/**
 * Lives episodes by plain calls, observations one step late, without circuit breakers. Path i meets the same shocks under every
 * controller and every parameter. For gates and sanity checks; the compiled rollout is the fast way.
 */
export function livePaths(controller: PathController, options: PathOptions = {}): Path[] {
  const p = scenarioParams(options.scenario, options.overrides);
  return Array.from({ length: options.paths ?? 100 }, (_, path) => livePath(controller, p, path, options));
}

/** Always the same request. */
export const hold =
  (request: ReturnType<PathController> = {}): PathController =>
  () =>
    request;
