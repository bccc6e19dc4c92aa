import type { Rule } from "../agents/rules/rule.js";
import { ruleValues } from "../agents/rules/rule-values.js";
import type { RecordSpec } from "../compiler/schema.js";
import type { Economy } from "../env/economy.js";
import { zeroFields } from "../env/lane/plain.js";
import type { ActionSpec, Values } from "../env/world.js";
import { type Read, STREAMS } from "./lanes.js";

/** Writes the requested action for an observation, once a day. */
type Decide = (observation: Values, request: Values, day: number) => void;

interface PlainOptions {
  readonly params: Readonly<Record<string, number>>;
  readonly days: number;
  readonly paths: number;
  readonly seed: number;
  /** Steps of a day, as `params.stepDays` has it. */
  readonly stepsPerDay?: number;
  /** A controller with a memory of its own for each path. */
  readonly decider: () => Decide;
  /** Changes the shocks before a step; steps count from the start of the path. */
  readonly shake?: (z: Values, step: number, path: number) => void;
  /** After the last step of each day. */
  readonly onDay: (records: PlainRecords, day: number, path: number) => void;
}

export interface PlainRecords {
  readonly s: Values;
  readonly f: Values;
  readonly a: Values;
}

/**
 * Simulates paths by plain calls of the economy's functions, so that shocks can be changed and steps be shorter than a day. Decisions are
 * made once a day whatever the step, on the observation of the day before; no circuit breakers; ruined worlds live on.
 */
export function livePlain(economy: Economy, options: PlainOptions): void {
  for (let path = 0; path < options.paths; path++) livePath(economy, options, path);
}

function livePath(economy: Economy, options: PlainOptions, path: number): void {
  const { params: p, days, seed, stepsPerDay = 1 } = options;
  const { functions, uses } = economy;
  const actions = actionsOf(economy);
  const [s, z, f, o] = [economy.state, economy.shocks, economy.flows, economy.observations].map(
    (of) => zeroFields(of as RecordSpec) as Values,
  );
  const a: Values = Object.fromEntries(Object.entries(actions).map(([name, { start }]) => [name, start]));
  const request: Values = { ...a };
  a["mintLimit"] = Number.POSITIVE_INFINITY;
  a["burnLimit"] = Number.POSITIVE_INFINITY;
  const key = (step: number) => ({ seed, episode: path, day: step, stream: STREAMS.market });
  functions.reset(s!, p, { ...key(0), stream: STREAMS.reset }, uses);
  functions.draw(z!, key(0), uses);
  functions.observe(o!, s!, p, z!, uses);
  const decide = options.decider();
  for (let step = 0; step < days * stepsPerDay; step++) {
    const day = Math.floor(step / stepsPerDay);
    if (step % stepsPerDay === 0) {
      decide(o!, request, day);
      limitMoves(a, request, actions);
      functions.observe(o!, s!, p, z!, uses);
    }
    functions.draw(z!, key(step), uses);
    options.shake?.(z!, step, path);
    functions.step(s!, p, a, z!, f!, uses);
    if ((step + 1) % stepsPerDay === 0) options.onDay({ s: s!, f: f!, a }, day, path);
  }
}

function actionsOf({ actions }: Economy): Readonly<Record<string, ActionSpec>> {
  return actions.kind === "continuous" ? actions.fields : {};
}

function limitMoves(a: Values, request: Values, actions: Readonly<Record<string, ActionSpec>>): void {
  for (const [name, { low, high, maxMove }] of Object.entries(actions)) {
    const banded = Math.min(Math.max(request[name]!, low), high);
    a[name] = Math.min(Math.max(banded, a[name]! - maxMove), a[name]! + maxMove);
  }
}

/** A rule, by plain calls. */
export function ruleDecider(rule: Rule): () => Decide {
  const params = ruleValues(rule);
  return () => {
    const memory = zeroFields(rule.state) as Values;
    rule.functions.start(memory, params, rule.uses);
    return (observation, request) => rule.functions.act(memory, observation, params, request, rule.uses);
  };
}

/** Requests that sweep every band, each action with a period of its own. */
export function sweepDecider(economy: Economy): () => Decide {
  const actions = Object.entries(actionsOf(economy));
  return () => (_observation, request, day) => {
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
