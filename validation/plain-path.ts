import type { Rule } from "../agents/rules/rule.js";
import { ruleValues } from "../agents/rules/rule-values.js";
import type { Economy } from "../env/economy.js";
import { zeroFields } from "../env/lane/plain.js";
import type { ActionSpec, Values } from "../env/world.js";
import type { Read } from "./lanes.js";

/**
 * Writes the requested action, in its own units, for an observation; what it leaves alone stays as it is in force. Decisions count from
 * 0; `memory` is the controller's own, empty at the start of a path.
 */
export type PathController = (o: Values, a: Values, decision: number, memory: Values) => void;

export interface PlainOptions {
  /** Values of all parameters; a step has `stepDays` of them. */
  readonly params: Values;
  readonly steps: number;
  /** Steps from one decision to the next; 1 unless given. */
  readonly stepsPerDecision?: number;
  readonly controller: PathController;
  readonly seed: number;
  readonly episode: number;
  /** First streams of the random numbers. */
  readonly streams: { readonly market: number; readonly reset: number };
  /** What the breakers leave to mint and burn in a step; without end unless given. */
  readonly limits?: Readonly<Record<string, number>> | undefined;
  /** Changes the state after the reset. */
  readonly prepare?: ((s: Values) => void) | undefined;
  /** Changes the shocks before each step. */
  readonly shake?: ((z: Values, step: number) => void) | undefined;
}

/** The world after a step: state, flows and the action in force. The same records at every step. */
export interface PlainRecords {
  readonly s: Values;
  readonly f: Values;
  readonly a: Values;
}

/**
 * One path by plain calls of the economy's functions, step by step, so that shocks can be changed and steps be shorter than a day.
 * Observations are one decision late; no circuit breakers; a ruined world goes on. Episodes of equal number meet the same shocks under
 * every controller and every parameter.
 */
export function* plainPath(economy: Economy, options: PlainOptions): Generator<PlainRecords & { readonly step: number }> {
  const { params: p, steps, stepsPerDecision = 1, controller, seed, episode, streams } = options;
  const { functions, uses } = economy;
  const moved = p["stepDays"]! * stepsPerDecision;
  const s = emptyState(economy);
  const a: Values = { ...startAction(economy), ...options.limits };
  const [z, f, o, memory]: [Values, Values, Values, Values] = [{}, {}, {}, {}];
  const key = (day: number) => ({ seed, episode, day, stream: streams.market });
  functions.reset(s, p, { ...key(0), stream: streams.reset }, uses);
  options.prepare?.(s);
  economy.account(f, s, p, uses);
  functions.draw(z, key(0), uses);
  functions.observe(o, s, p, z, uses);
  for (let step = 0; step < steps; step++) {
    if (step % stepsPerDecision === 0) {
      const request = { ...a };
      controller(o, request, step / stepsPerDecision, memory);
      limitMoves(economy, a, request, moved);
      // What the next decision sees is the state before this step: one decision late.
      functions.observe(o, s, p, z, uses);
    }
    functions.draw(z, key(step), uses);
    options.shake?.(z, step);
    functions.step(s, p, a, z, f, uses);
    yield { s, f, a, step };
  }
}

/** A state as `reset` wants it: with room for its arrays. What `reset` forgets is NaN. */
export function emptyState({ state }: Economy): Values {
  const room = (length: number): number | number[] => new Array<number>(length).fill(Number.NaN);
  const fields = Object.entries(state).map(([name, { length }]) => [name, length === undefined ? Number.NaN : room(length)]);
  return Object.fromEntries(fields) as Values;
}

/** The action that is in force at the start, with limits that do not bind. */
export function startAction(economy: Economy): Values {
  const starts = Object.fromEntries(Object.entries(fieldsOf(economy)).map(([name, { start }]) => [name, start]));
  return { ...starts, mintLimit: Number.POSITIVE_INFINITY, burnLimit: Number.POSITIVE_INFINITY };
}

function fieldsOf({ actions }: Economy): Readonly<Record<string, ActionSpec>> {
  return actions.kind === "continuous" ? actions.fields : {};
}

/** The band and the largest move in so many days; the circuit breakers proper are the environment's. */
function limitMoves(economy: Economy, a: Values, request: Values, days: number): void {
  for (const [name, { low, high, maxMove }] of Object.entries(fieldsOf(economy))) {
    const banded = Math.min(Math.max(request[name]!, low), high);
    a[name] = Math.min(Math.max(banded, a[name]! - maxMove * days), a[name]! + maxMove * days);
  }
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

/** A rule with the values of its parameters. */
export function playRule(rule: Rule): PathController {
  const params = ruleValues(rule);
  return (observation, request, decision, memory) => {
    if (decision === 0) {
      Object.assign(memory, zeroFields(rule.state));
      rule.functions.start(memory, params, rule.uses);
    }
    rule.functions.act(memory, observation, params, request, rule.uses);
  };
}

/** Requests that sweep every band, each action with a period of its own. */
export function sweepBands(economy: Economy): PathController {
  const actions = Object.entries(fieldsOf(economy));
  return (_observation, request, day) => {
    for (const [i, [name, { low, high }]] of actions.entries()) {
      request[name] = low + (high - low) * (0.5 + 0.5 * Math.sin((2 * Math.PI * day) / (40 + 17 * i)));
    }
  };
}

/** The same way of reading as on the compiled lanes. */
export function readPlain({ s, f, a }: PlainRecords): Read {
  const from = (record: string, values: Values) => (name: string, element?: number) => {
    const value: number | readonly number[] | undefined = values[name];
    if (value === undefined) throw new Error(`internal: no ${record}.${name}`);
    return typeof value === "number" ? value : (value as readonly number[])[element ?? 0]!;
  };
  return { s: from("s", s), f: from("f", f), a: from("a", a) };
}
