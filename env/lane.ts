import { clamp } from "../compiler/primitives.js";
import type { FieldSpec, RecordBinding, RecordSpec, Uses } from "../compiler/schema.js";
import { uniform4 } from "../core/random.js";
import type { BreakerLimits } from "./breakers.js";
import {
  breakerState,
  limitActions,
  limitSupply,
  recordSupply,
  resetBreakers,
  SUPPLY_WINDOW,
  watchDrawdown,
} from "./breakers.js";
import { isEconomy } from "./economy.js";
import type { Objective, Values, World } from "./world.js";

/**
 * One lane is one world. This file composes the functions of any world into one control step with delays, breakers,
 * objective, end of episode and same-step autoreset, as a plain function that runs as it stands and is compiled.
 */
export interface LaneOptions {
  readonly weights: Objective;
  readonly limits: BreakerLimits;
  /** Values of the parameters: preset and params file applied. Varying ones are the start values of each lane. */
  readonly params: Readonly<Record<string, number>>;
}

/** One value for all lanes. Ring positions advance by one each step; they are counters modulo the ring's length. */
export const CONTROL: RecordSpec = {
  seed: { unit: "1", type: "u32", doc: "seed of the run" },
  market: { unit: "1", type: "u32", doc: "first stream of the market's shocks" },
  scenario: { unit: "1", type: "u32", doc: "first stream of the parameters of an episode" },
  reset: { unit: "1", type: "u32", doc: "first stream of the initial state" },
  policy: { unit: "1", type: "u32", doc: "first stream of the policy's noise" },
  noiseDay: { unit: "1", type: "u32", doc: "day of the policy's noise: it is drawn anew when this changes" },
  numLanes: {
    unit: "1",
    type: "u32",
    doc: "markets lived through at a time, one per lane unless lanes share them; episode id = first id of the lane + numLanes x episodes finished",
  },
  randomise: { unit: "1", doc: "1: parameters of each episode are drawn; 0: they stay as given" },
  autoreset: { unit: "1", doc: "1: an ended episode is reset in the same step; 0: the lane goes on" },
  horizon: { unit: "1", doc: "control steps after which an episode is truncated" },
  supplySlot: { unit: "1", type: "index", doc: "step modulo 30" },
  actionSlot: { unit: "1", type: "index", doc: "step modulo the action delay" },
  observationSlot: { unit: "1", type: "index", doc: "step modulo the observation delay" },
};

/** The driver's own memory of a lane. */
export const LANE: RecordSpec = {
  episode: { unit: "1", type: "u32", doc: "episode id" },
  day: { unit: "1", type: "u32", doc: "control steps lived in this episode" },
  noise: { unit: "1", type: "u32", doc: "added to the streams of the policy's noise: lanes that share a market differ by it" },
  reward: { unit: "1", doc: "reward of the last step" },
  terminated: { unit: "1", doc: "1 when the last step ruined the world" },
  truncated: { unit: "1", doc: "1 when the last step was cut off by the horizon" },
  ended: { unit: "1", doc: "terminated or truncated" },
  return: { unit: "1", doc: "sum of rewards of the episode so far" },
  lastReturn: { unit: "1", doc: "sum of rewards of the last finished episode" },
  lastLength: { unit: "1", doc: "control steps of the last finished episode" },
};

type Fields = Record<string, FieldSpec>;

/** The records of a lane, in the order of {@link stepLane}'s and {@link resetLane}'s parameters. */
export interface LaneRecords {
  readonly c: RecordBinding;
  readonly l: RecordBinding;
  readonly s: RecordBinding;
  readonly p: RecordBinding;
  /** Requested action, in the action's units. */
  readonly q: RecordBinding;
  /** Applied action and, for a token, the day's mint and burn limits. */
  readonly a: RecordBinding;
  readonly z: RecordBinding;
  readonly f: RecordBinding;
  readonly r: RecordBinding;
  readonly k: RecordBinding;
  readonly b: RecordBinding;
  /** Rings of delayed actions and observations. */
  readonly h: RecordBinding;
  /** Observation of the next decision. */
  readonly o: RecordBinding;
  /** Last observation of an episode that ended in this step, before the reset. */
  readonly x: RecordBinding;
  /** Scratch: effective request and undelayed observation. */
  readonly e: RecordBinding;
  readonly n: RecordBinding;
  /** Hidden state for a critic, as it is next to `o` and `x`; empty unless a learner asks for it. */
  readonly v: RecordBinding;
  readonly w: RecordBinding;
}

export function actionFields(world: World): RecordSpec {
  if (world.actions.kind === "discrete") return { choice: { unit: "1", doc: world.actions.doc } };
  return mapFields(world.actions.fields, ({ unit, doc }) => ({ unit, doc }));
}

/** @param forCritic keep the world's hidden state beside the observations */
export function laneRecords(world: World, params: Readonly<Record<string, number>>, forCritic = false): LaneRecords {
  const hidden = forCritic ? Object.fromEntries((world.hidden ?? []).map((name) => [name, world.state[name]!])) : {};
  const actions = actionFields(world);
  const observations = mapFields(world.observations, ({ unit, doc }) => ({ unit, doc }));
  const token = isEconomy(world) ? world.token.symbol : "token";
  const scale = world.flows["supply"]?.scale ?? 1;
  const limits: Fields = isEconomy(world)
    ? {
        mintLimit: { unit: token, doc: "most tokens that may be minted in this step", scale: 0.01 * scale },
        burnLimit: { unit: token, doc: "most tokens that may be burned in this step", scale: 0.01 * scale },
      }
    : {};
  const constants = Object.fromEntries(
    Object.entries(world.params)
      .filter(([name]) => !world.varying.includes(name))
      .map(([name, { unit }]) => [name, { value: params[name]!, unit }]),
  );
  const lane = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "lane", fields });
  const scratch = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "scratch", fields });
  return {
    c: { name: "c", kind: "uniform", fields: CONTROL },
    l: lane("l", LANE),
    s: lane("s", world.state),
    p: {
      ...lane(
        "p",
        mapFields(world.params, ({ unit, doc }) => ({ unit, doc })),
      ),
      constants,
    },
    q: lane("q", actions),
    a: lane("a", { ...actions, ...limits }),
    z: scratch("z", world.shocks),
    f: lane("f", world.flows),
    r: lane("r", world.terms),
    k: lane(
      "k",
      mapFields(world.constraints, ({ unit, doc }) => ({ unit, doc })),
    ),
    b: lane("b", breakerState(token, scale)),
    h: lane("h", {
      ...ring("action.", actions, world.actionDelay),
      ...ring("observation.", observations, world.observationDelay),
    }),
    o: lane("o", observations),
    x: lane("x", observations),
    e: scratch("e", actions),
    n: scratch("n", observations),
    v: lane("v", hidden),
    w: lane("w", hidden),
  };
}

function ring(prefix: string, fields: RecordSpec, delay: number): RecordSpec {
  if (delay === 0) return {};
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [prefix + name, { ...field, length: delay }]));
}

function mapFields<Spec>(fields: Readonly<Record<string, Spec>>, map: (spec: Spec) => FieldSpec): RecordSpec {
  return Object.fromEntries(Object.entries(fields).map(([name, spec]) => [name, map(spec)]));
}

/** Helpers and constants of the driver; the world's own are the group `uses`, its functions the group `world`. */
export function laneUses(world: World, options: LaneOptions): Uses {
  const fields = world.actions.kind === "continuous" ? world.actions.fields : {};
  return {
    clamp,
    uniform4,
    limitActions,
    limitSupply,
    recordSupply,
    watchDrawdown,
    resetBreakers,
    world: { ...world.functions, ...(isEconomy(world) ? { account: world.account } : {}) },
    uses: world.uses,
    hasToken: isEconomy(world) ? 1 : 0,
    discrete: world.actions.kind === "discrete" ? 1 : 0,
    actionDelay: world.actionDelay,
    observationDelay: world.observationDelay,
    SUPPLY_WINDOW,
    limits: { ...options.limits },
    weights: options.weights,
    actions: Object.fromEntries(
      Object.entries(fields).map(([name, { low, high, maxMove, start }]) => [name, { low, high, maxMove, start }]),
    ),
    observe: observeDelayed,
    resetWorld,
  };
}

export function laneUseUnits(world: World): Record<string, string> {
  const units: Record<string, string> = {};
  for (const [name, unit] of Object.entries(world.useUnits ?? {})) units[`uses.${name}`] = unit;
  if (world.actions.kind === "continuous") {
    for (const [name, { unit }] of Object.entries(world.actions.fields)) {
      for (const key of ["low", "high", "maxMove", "start"]) units[`actions.${name}.${key}`] = unit;
    }
  }
  return units;
}

// The compiler checks the bodies below field by field; TypeScript sees records of numbers and rings.
type Lane = Record<
  "episode" | "day" | "reward" | "terminated" | "truncated" | "ended" | "return" | "lastReturn" | "lastLength",
  number
>;
type Control = Readonly<Record<keyof typeof CONTROL, number>>;
type Rings = Record<string, number[]>;
// biome-ignore lint/suspicious/noExplicitAny: groups of helpers with many signatures, checked by the compiler
type LaneUses = any;

/** One control step of one lane. See {@link LaneRecords} for the records. */
export function stepLane(
  c: Control,
  l: Lane,
  s: Values,
  p: Values,
  q: Values,
  a: Values,
  z: Values,
  f: Values,
  r: Values,
  k: Values,
  b: LaneUses,
  h: Rings,
  o: Values,
  x: Values,
  e: Values,
  n: Values,
  v: Values,
  w: Values,
  u: LaneUses,
): void {
  for (const j in q) {
    e[j] = q[j]!;
    if (u.actionDelay > 0) {
      e[j] = h[`action.${j}`]![c["actionSlot"]!]!;
      h[`action.${j}`]![c["actionSlot"]!] = q[j]!;
    }
  }
  if (u.discrete > 0) a["choice"] = e["choice"]!;
  else u.limitActions(a, e, b, u);
  if (u.hasToken > 0) u.limitSupply(a, b, c, u);

  u.world.draw(z, { seed: c["seed"]!, episode: l.episode, day: l.day, stream: c["market"]! }, u.uses);
  u.world.step(s, p, a, z, f, u.uses);
  u.world.objective(r, s, p, a, f, u.uses);
  u.world.costs(k, s, p, a, f, u.uses);
  if (u.hasToken > 0) {
    u.recordSupply(b, f, c);
    u.watchDrawdown(b, f, u);
  }

  let reward = 0;
  for (const term in r) reward += u.weights[term] * r[term]!;
  l.reward = reward;
  l.day = (l.day + 1) >>> 0;
  l.terminated = u.world.terminated(s, p, f, u.uses);
  l.truncated = l.terminated < 0.5 && l.day >= c["horizon"]! ? 1 : 0;
  l.ended = l.terminated + l.truncated;
  l.return = l.return + reward;

  u.world.observe(n, s, p, z, u.uses);
  u.observe(c, h, o, n, u);
  for (const name in v) v[name] = s[name]!;
  if (l.ended > 0.5 && c["autoreset"]! > 0.5) {
    for (const name in o) x[name] = o[name]!;
    for (const name in w) w[name] = v[name]!;
    l.lastReturn = l.return;
    l.lastLength = l.day;
    l.episode = (l.episode + c["numLanes"]!) >>> 0;
    u.resetWorld(c, l, s, p, a, z, f, b, h, o, n, u);
    for (const name in v) v[name] = s[name]!;
  }
}

/** Puts a lane at the start of the episode `l.episode`. Same records as {@link stepLane}. */
export function resetLane(
  c: Control,
  l: Lane,
  s: Values,
  p: Values,
  q: Values,
  a: Values,
  z: Values,
  f: Values,
  r: Values,
  k: Values,
  b: LaneUses,
  h: Rings,
  o: Values,
  x: Values,
  e: Values,
  n: Values,
  v: Values,
  w: Values,
  u: LaneUses,
): void {
  for (const j in q) q[j] = u.discrete > 0 ? 0 : u.actions[j].start;
  for (const j in e) e[j] = q[j]!;
  for (const term in r) r[term] = 0;
  for (const name in k) k[name] = 0;
  for (const name in f) f[name] = 0;
  for (const name in x) x[name] = 0;
  l.reward = 0;
  l.terminated = 0;
  l.truncated = 0;
  l.ended = 0;
  l.lastReturn = 0;
  l.lastLength = 0;
  u.resetWorld(c, l, s, p, a, z, f, b, h, o, n, u);
  for (const name in v) {
    v[name] = s[name]!;
    w[name] = 0;
  }
}

function resetWorld(
  c: Control,
  l: Lane,
  s: Values,
  p: Values,
  a: Values,
  z: Values,
  f: Values,
  b: LaneUses,
  h: Rings,
  o: Values,
  n: Values,
  u: LaneUses,
): void {
  l.day = 0;
  l.return = 0;
  if (c["randomise"]! > 0.5) {
    u.world.drawParams(p, { seed: c["seed"]!, episode: l.episode, day: 0, stream: c["scenario"]! }, u.uses);
  }
  const key = { seed: c["seed"]!, episode: l.episode, day: 0, stream: c["reset"]! };
  u.world.reset(s, p, key, u.uses);
  for (const j in a) {
    if (j !== "mintLimit" && j !== "burnLimit") {
      a[j] = u.discrete > 0 ? 0 : u.actions[j].start;
      if (u.actionDelay > 0) for (let i = 0; i < u.actionDelay; i++) h[`action.${j}`]![i] = a[j]!;
    } else {
      a[j] = 0;
    }
  }
  if (u.hasToken > 0) {
    u.world.account(f, s, p, u.uses);
    u.resetBreakers(b, f, u);
  }
  // The shocks of a reset only serve the noise of the first observation.
  u.world.draw(z, { seed: key.seed, episode: key.episode, day: 0, stream: (key.stream + 1024) >>> 0 }, u.uses);
  u.world.observe(n, s, p, z, u.uses);
  for (const name in o) {
    o[name] = n[name]!;
    if (u.observationDelay > 0) for (let i = 0; i < u.observationDelay; i++) h[`observation.${name}`]![i] = n[name]!;
  }
}

/** The observation that reaches the controller: the one of `observationDelay` steps ago. */
function observeDelayed(c: Control, h: Rings, o: Values, n: Values, u: LaneUses): void {
  for (const name in o) {
    if (u.observationDelay > 0) {
      o[name] = h[`observation.${name}`]![c["observationSlot"]!]!;
      h[`observation.${name}`]![c["observationSlot"]!] = n[name]!;
    } else {
      o[name] = n[name]!;
    }
  }
}
