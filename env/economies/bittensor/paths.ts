import { stream } from "../../../core/random.js";
import type { Economy } from "../../economy.js";
import { resolveParams } from "../../params.js";
import type { Values } from "../../world.js";
import { bittensor } from "../bittensor.js";
import type { Flows, State } from "./records.js";

/** Writes the requested action for an observation; actions that it leaves alone stay as they are. */
export type PathController = (o: Values, a: Values, step: number) => void;

export interface PathOptions {
  readonly economy?: Economy;
  readonly scenario?: string;
  /** Parameters on top of the scenario. */
  readonly overrides?: Readonly<Record<string, number>>;
  readonly objective?: string;
  readonly days?: number;
  readonly paths?: number;
  readonly seed?: number;
  /** What the breakers leave to mint and burn in a day; without end unless given. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Changes state and shocks before each step, for paired experiments. */
  readonly shake?: (s: State, z: Values, step: number) => void;
  readonly onStep?: (s: State, f: Flows, step: number, path: number) => void;
}

/** One episode; all sums are over its steps, over the steps of a full episode: a ruined path adds nothing after its end. */
export interface Path {
  readonly reward: number;
  readonly terms: Values;
  readonly flows: Values;
  readonly end: State;
}

/** Requests nothing: the protocol's own values stay in force. */
export const protocol: PathController = () => {};

/** A request that never changes. */
export function fixed(request: Readonly<Record<string, number>>): PathController {
  return (_o, a) => void Object.assign(a, request);
}

/** An empty state with its arrays, as `reset` wants it. */
export function emptyState({ state }: Economy): Values {
  const entries = Object.entries(state).map(([name, { length }]) => [
    name,
    length === undefined ? 0 : new Array(length).fill(0),
  ]);
  return Object.fromEntries(entries) as Values;
}

/** Shocks at their means: no jump, no change of regime, no degradation. */
export function quiet(_s: State, z: Values): void {
  for (const name of Object.keys(z))
    z[name] = name === "jumpChance" || name === "regime" || name.startsWith("degrade") ? 0.999999 : 0;
}

function limitMoves(economy: Economy, a: Values, request: Values, days: number): void {
  if (economy.actions.kind !== "continuous") return;
  for (const [name, { low, high, maxMove }] of Object.entries(economy.actions.fields)) {
    const banded = Math.min(Math.max(request[name]!, low), high);
    a[name] = Math.min(Math.max(banded, a[name]! - maxMove * days), a[name]! + maxMove * days);
  }
}

function addTo(sums: Values, values: Values, weight: number): void {
  for (const name of Object.keys(values)) sums[name] = (sums[name] ?? 0) + weight * values[name]!;
}

function livePath(controller: PathController, p: Values, path: number, options: PathOptions): Path {
  const { economy = bittensor, days = 365, seed = 1 } = options;
  const { functions, uses } = economy;
  const weights = economy.objectives[options.objective ?? "balanced"]!;
  const steps = Math.round(days / p["stepDays"]!);
  const s = emptyState(economy);
  const a: Values = { mintLimit: 1e9, burnLimit: 1e9, ...options.limits };
  const [z, f, r, o, request]: [Values, Values, Values, Values, Values] = [{}, {}, {}, {}, {}];
  const [terms, flows]: [Values, Values] = [{}, {}];
  if (economy.actions.kind === "continuous") {
    for (const [name, { start }] of Object.entries(economy.actions.fields)) a[name] = request[name] = start;
  }
  const key = (day: number) => ({ seed, episode: path, day, stream: stream("market", "train") });
  functions.reset(s, p, { seed, episode: path, day: 0, stream: stream("reset", "train") }, uses);
  functions.draw(z, key(0), uses);
  functions.observe(o, s, p, z, uses);
  for (let step = 0; step < steps; step++) {
    controller(o, request, step);
    limitMoves(economy, a, request, p["stepDays"]!);
    // What the next decision sees is the state before this step: one step late.
    functions.observe(o, s, p, z, uses);
    functions.draw(z, key(step), uses);
    options.shake?.(s as unknown as State, z, step);
    functions.step(s, p, a, z, f, uses);
    functions.objective(r, s, p, a, f, uses);
    options.onStep?.(s as unknown as State, f as Flows, step, path);
    addTo(terms, r, 1 / steps);
    addTo(flows, f, 1 / steps);
    if (functions.terminated(s, p, f, uses) > 0) break;
  }
  const reward = Object.keys(weights).reduce((sum, name) => sum + weights[name]! * terms[name]!, 0);
  return { reward, terms, flows, end: s as unknown as State };
}

/**
 * Lives episodes by plain calls, observations one step late, without circuit breakers. Path i meets the same shocks under every
 * controller and every parameter. For tests; the compiled rollout is the fast way.
 */
export function livePaths(controller: PathController, options: PathOptions = {}): Path[] {
  const scenario = options.scenario ?? "base";
  const p = { ...resolveParams(options.economy ?? bittensor, { scenario }), ...options.overrides };
  return Array.from({ length: options.paths ?? 50 }, (_, path) => livePath(controller, p, path, options));
}

export const mean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
