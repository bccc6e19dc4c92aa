import { clamp } from "../compiler/primitives.js";
import type { Uses } from "../compiler/schema.js";
import { uniform4 } from "../core/random.js";
import type { BreakerLimits } from "./breakers.js";
import { limitActions, limitSupply, recordSupply, resetBreakers, SUPPLY_WINDOW, watchDrawdown } from "./breakers.js";
import { isEconomy } from "./economy.js";
import type { CONTROL } from "./lane-records.js";
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

/** One control step of one lane. See `LaneRecords` of lane-records.ts for the records. */
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
