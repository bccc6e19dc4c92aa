import { stream } from "../../../core/random.js";
import type { Values } from "../../world.js";
import { worldcoin } from "../worldcoin.js";
import { ACTIONS, type Flows, type Shocks, type State } from "./records.js";

/** Writes the requested action (in its own units) for an observation; `memory` is the controller's own, empty at the start. */
export type PathController = (o: Values, a: Values, memory: Values) => void;

export interface PathOptions {
  readonly scenario?: string;
  /** Parameters on top of the scenario. */
  readonly overrides?: Readonly<Record<string, number>>;
  readonly days?: number;
  readonly paths?: number;
  readonly seed?: number;
  /** Changes the shocks before each step, for paired experiments. */
  readonly shake?: (z: Shocks, step: number, path: number) => void;
  readonly onStep?: (s: State, f: Flows, step: number, path: number) => void;
}

export interface Path {
  /** Sum of balanced rewards over the steps of a full episode, per step; a ruined path adds nothing after its end. */
  readonly reward: number;
  readonly terms: Values;
  /** Mean over the steps lived of each flow. */
  readonly flows: Values;
  readonly end: State;
}

/** Values of all parameters in a scenario. */
export function scenarioParams(scenario: string, overrides: Readonly<Record<string, number>> = {}): Values {
  const values = Object.fromEntries(Object.entries(worldcoin.params).map(([name, { value }]) => [name, value]));
  return { ...values, ...worldcoin.scenarios[scenario]!.overrides, ...overrides };
}

/** Shocks at their means: no jump, no change of regime. */
export function quiet(z: Shocks): void {
  for (const name of Object.keys(z) as (keyof Shocks)[]) z[name] = name === "jumpChance" || name === "regime" ? 0.999999 : 0;
}

export function constantPath(grant: number, release: number, burnShare: number): PathController {
  return (_o, a) => Object.assign(a, { grant, release, burnShare });
}

/** What runs today: the grant as the table has it, release and burn share where they start. */
export const tablePath = constantPath(ACTIONS.grant.start, ACTIONS.release.start, ACTIONS.burnShare.start);

function limitMoves(a: Values, request: Values, days: number): void {
  for (const [name, { low, high, maxMove }] of Object.entries(ACTIONS)) {
    const banded = Math.min(Math.max(request[name]!, low), high);
    a[name] = Math.min(Math.max(banded, a[name]! - maxMove * days), a[name]! + maxMove * days);
  }
}

const addTo = (sums: Values, values: Values, weight: number) => {
  for (const name of Object.keys(values)) sums[name] = (sums[name] ?? 0) + weight * values[name]!;
};

function livePath(controller: PathController, p: Values, path: number, options: PathOptions): Path {
  const { days = 365, seed = 1 } = options;
  const { functions, uses } = worldcoin;
  const steps = Math.round(days / p["stepDays"]!);
  const a: Values = { mintLimit: Number.POSITIVE_INFINITY, burnLimit: Number.POSITIVE_INFINITY };
  for (const [name, { start }] of Object.entries(ACTIONS)) a[name] = start;
  const [s, z, f, r, o, request, memory]: Values[] = [{}, {}, {}, {}, {}, {}, {}];
  const [terms, flows]: Values[] = [{}, {}];
  const key = (day: number) => ({ seed, episode: path, day, stream: stream("market", "train") });
  functions.reset(s!, p, key(0), uses);
  functions.draw(z!, key(0), uses);
  functions.observe(o!, s!, p, z!, uses);
  let lived = 0;
  for (let step = 0; step < steps; step++) {
    controller(o!, request!, memory!);
    limitMoves(a, request!, p["stepDays"]!);
    // What the next decision sees is the state before this step: one step late.
    functions.observe(o!, s!, p, z!, uses);
    functions.draw(z!, key(step), uses);
    options.shake?.(z as Shocks, step, path);
    functions.step(s!, p, a, z!, f!, uses);
    functions.objective(r!, s!, p, a, f!, uses);
    options.onStep?.(s as State, f as Flows, step, path);
    addTo(terms!, r!, 1 / steps);
    addTo(flows!, f!, 1);
    lived += 1;
    if (functions.terminated(s!, p, f!, uses) > 0) break;
  }
  for (const name of Object.keys(flows!)) flows![name] = flows![name]! / lived;
  const weights = worldcoin.objectives["balanced"]!;
  const reward = Object.keys(weights).reduce((sum, name) => sum + weights[name]! * terms![name]!, 0);
  return { reward, terms: terms!, flows: flows!, end: s as State };
}

/**
 * Lives episodes by plain calls, observations one step late, without circuit breakers. Path i meets the same shocks under every
 * controller and every parameter. For tests; the compiled rollout is the fast way.
 */
export function livePaths(controller: PathController, options: PathOptions = {}): Path[] {
  const p = scenarioParams(options.scenario ?? "base", options.overrides);
  return Array.from({ length: options.paths ?? 100 }, (_, path) => livePath(controller, p, path, options));
}
