import { stream } from "../../../core/random.js";
import type { Values } from "../../world.js";
import { akash } from "../akash.js";
import { ACTIONS, type Flows, type Shocks, type State } from "./records.js";

/** Writes the requested action (in its own units) for an observation; `memory` is the controller's own, empty at the start. */
export type PathController = (o: Values, a: Values, memory: Values) => void;

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
  readonly onStep?: (s: State, f: Flows, step: number, path: number) => void;
}

/** One episode. */
export interface Path {
  /** Sum of rewards over the steps of a full episode; a ruined path adds nothing after its end. */
  readonly reward: number;
  /** Likewise, of each term. */
  readonly terms: Values;
  /** Sum over the episode of each cost. */
  readonly costs: Values;
  /** Mean over the steps lived of each flow. */
  readonly flows: Values;
  /** Log return of each step lived. */
  readonly returns: Float64Array;
  readonly end: State;
}

/** Values of all parameters in a scenario. */
export function scenarioParams(scenario: string, overrides: Readonly<Record<string, number>> = {}): Values {
  const values = Object.fromEntries(Object.entries(akash.params).map(([name, spec]) => [name, spec.value]));
  return { ...values, ...akash.scenarios[scenario]!.overrides, ...overrides };
}

/** Shocks at their means: no jump, no change of regime. */
export function quiet(z: Shocks): void {
  for (const name of Object.keys(z) as (keyof Shocks)[]) z[name] = name === "jumpChance" || name === "regime" ? 0.999999 : 0;
}

/** The band and the largest move per day; the circuit breakers proper are the environment's. */
function limitMoves(a: Values, request: Values, days: number): void {
  for (const [name, spec] of Object.entries(ACTIONS)) {
    const banded = Math.min(Math.max(request[name]!, spec.low), spec.high);
    const most = spec.maxMove * days;
    a[name] = Math.min(Math.max(banded, a[name]! - most), a[name]! + most);
  }
}

function addTo(sums: Values, values: Values, weight: number): void {
  for (const name of Object.keys(values)) sums[name] = (sums[name] ?? 0) + weight * values[name]!;
}

function livePath(controller: PathController, p: Values, path: number, options: PathOptions): Path {
  const { days = 365, seed = 1 } = options;
  const { functions, uses } = akash;
  const weights = akash.objectives[options.objective ?? "balanced"]!;
  const steps = Math.round(days / p["stepDays"]!);
  const s: Values = {};
  const z: Values = {};
  const a: Values = { mintLimit: Number.POSITIVE_INFINITY, burnLimit: Number.POSITIVE_INFINITY };
  for (const [name, spec] of Object.entries(ACTIONS)) a[name] = spec.start;
  const [f, r, k, o, request, memory]: [Values, Values, Values, Values, Values, Values] = [{}, {}, {}, {}, {}, {}];
  const [terms, costs, flows]: [Values, Values, Values] = [{}, {}, {}];
  const key = (day: number) => ({ seed, episode: path, day, stream: stream("market", "train") });
  const returns: number[] = [];
  functions.reset(s, p, key(0), uses);
  functions.draw(z, key(0), uses);
  functions.observe(o, s, p, z, uses);
  for (let step = 0; step < steps; step++) {
    controller(o, request, memory);
    limitMoves(a, request, p["stepDays"]!);
    // What the next decision sees is the state before this step: one step late.
    functions.observe(o, s, p, z, uses);
    functions.draw(z, key(step), uses);
    options.shake?.(z as Shocks, step, path);
    functions.step(s, p, a, z, f, uses);
    functions.objective(r, s, p, a, f, uses);
    functions.costs(k, s, p, a, f, uses);
    options.onStep?.(s as State, f as Flows, step, path);
    addTo(terms, r, 1 / steps);
    addTo(costs, k, 1);
    addTo(flows, f, 1);
    returns.push(s["lastReturn"]!);
    if (!options.pastRuin && functions.terminated(s, p, f, uses) > 0) break;
  }
  for (const name of Object.keys(flows)) flows[name] = flows[name]! / returns.length;
  const reward = Object.keys(weights).reduce((sum, name) => sum + weights[name]! * terms[name]!, 0);
  return { reward, terms, costs, flows, returns: Float64Array.from(returns), end: s as State };
}

/**
 * Lives episodes by plain calls, observations one step late, without circuit breakers. Path i meets the same shocks under every
 * controller and every parameter. For gates and sanity checks; the compiled rollout is the fast way.
 */
export function livePaths(controller: PathController, options: PathOptions = {}): Path[] {
  const p = scenarioParams(options.scenario ?? "base", options.overrides);
  return Array.from({ length: options.paths ?? 100 }, (_, path) => livePath(controller, p, path, options));
}

/** A constant request. */
export function constantPath(issuance: number, burnShare: number, fee: number): PathController {
  return (_o, a) => {
    a["issuance"] = issuance;
    a["burnShare"] = burnShare;
    a["fee"] = fee;
  };
}

/** The Cosmos rule in the band of 4 to 8 % that Akash runs, half of the fees burned, 12 % fee. */
export const cosmosPath: PathController = (o, a, memory) => {
  const rate = (memory["rate"] ?? 0.08) + ((1 - o["bondedRatio"]! / 0.67) * 0.13) / 365;
  memory["rate"] = Math.min(Math.max(rate, 0.04), 0.08);
  a["issuance"] = memory["rate"];
  a["burnShare"] = 0.5;
  a["fee"] = 0.12;
};
