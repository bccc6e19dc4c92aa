import { clamp } from "../../compiler/primitives.js";
import type { FieldSpec } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";
import { defineWorld } from "../../env/define-world.js";
import type { ActionSpec, DrawKey, ObservationSpec, Values, World } from "../../env/world.js";

const usesOf = (size: number) => ({
  clamp,
  uniform4,
  SLOTS: Object.fromEntries(Array.from({ length: size }, (_, i) => [i, i])) as Readonly<Record<string, number>>,
  K: size,
});

type TankUses = ReturnType<typeof usesOf>;

/** Equal leaking tanks over one basin: each is pumped by itself, all are drained alike, and levels should be even. */
export function tanks(size: number): World {
  const each = <Field>(field: (i: number) => readonly [string, Field]) =>
    Object.fromEntries(Array.from({ length: size }, (_, i) => field(i)));
  return defineWorld({
    id: size === 3 ? "tanks-v1" : `tanks-v1@${size}`,
    doc: "leaking tanks over one basin",
    state: { level: { unit: "1", doc: "levels", length: size }, basin: { unit: "1", doc: "level of the basin" } },
    params: { leak: { value: 0.1, low: 0.01, high: 0.5, unit: "1", source: "assumption", doc: "share that leaks in a step" } },
    varying: [],
    actions: {
      kind: "continuous",
      fields: {
        drain: { unit: "1", low: 0, high: 0.5, maxMove: 0.5, start: 0.1, doc: "share that is drained from all" },
        ...each<ActionSpec>((i) => [`pump${i}`, { unit: "1", low: 0, high: 1, maxMove: 1, start: 0.3, doc: "inflow" }]),
      },
    },
    group: { name: "tanks", size, observations: ["level", "flow"], actions: ["pump"] },
    shocks: each<FieldSpec>((i) => [`rain${i}`, { unit: "1", doc: "inflow that nobody controls" }]),
    flows: { unevenness: { unit: "1", doc: "sum of the squares of levels less 1" } },
    observations: {
      basin: { unit: "1", low: 0, high: 100, doc: "level of the basin", onChain: "none" },
      ...each<ObservationSpec>((i) => [`level${i}`, { unit: "1", low: 0, high: 10, doc: "level", onChain: "none" }]),
      ...each<ObservationSpec>((i) => [`flow${i}`, { unit: "1", low: 0, high: 10, doc: "what leaks", onChain: "none" }]),
    },
    terms: { even: { unit: "1", doc: "minus the unevenness" }, basin: { unit: "1", doc: "minus the square of the basin" } },
    objectives: { balanced: { even: 1, basin: 0.1 } },
    constraints: {},
    horizon: 60,
    observationDelay: 0,
    actionDelay: 0,
    scenarios: { base: { doc: "the only one", overrides: {} } },
    uses: usesOf(size),
    functions: { drawParams, reset, draw, step, observe, objective, costs, terminated },
  });
}

type Tanks = { readonly level: number[]; basin: number };

function drawParams(_p: Values, _d: DrawKey): void {}

function reset(s: Tanks, _p: Values, d: DrawKey, u: TankUses): void {
  for (const k in u.SLOTS) s.level[u.SLOTS[k]!] = 2 * u.uniform4(d.seed, d.episode, d.day, d.stream + u.SLOTS[k]!).a;
  s.basin = 1;
}

function draw(z: Values, d: DrawKey, u: TankUses): void {
  for (const k in u.SLOTS) z[`rain${k}`] = u.uniform4(d.seed, d.episode, d.day, d.stream + u.SLOTS[k]!).a;
}

function step(s: Tanks, p: Values, a: Values, z: Values, f: Values, u: TankUses): void {
  let unevenness = 0;
  let lost = 0;
  for (const k in u.SLOTS) {
    const level = s.level[u.SLOTS[k]!]!;
    const gone = level * (p["leak"]! + a["drain"]!);
    s.level[u.SLOTS[k]!] = level - gone + 0.5 * a[`pump${k}`]! + 0.2 * z[`rain${k}`]!;
    unevenness += (s.level[u.SLOTS[k]!]! - 1) * (s.level[u.SLOTS[k]!]! - 1);
    lost += gone;
  }
  s.basin = 0.8 * s.basin + lost / u.K;
  f["unevenness"] = unevenness / u.K;
}

function observe(o: Values, s: Tanks, p: Values, _z: Values, u: TankUses): void {
  o["basin"] = u.clamp(s.basin, 0, 100);
  for (const k in u.SLOTS) {
    o[`level${k}`] = u.clamp(s.level[u.SLOTS[k]!]!, 0, 10);
    o[`flow${k}`] = u.clamp(p["leak"]! * s.level[u.SLOTS[k]!]!, 0, 10);
  }
}

function objective(r: Values, s: Tanks, _p: Values, _a: Values, f: Values): void {
  r["even"] = -f["unevenness"]!;
  r["basin"] = -(s.basin * s.basin);
}

function costs(_k: Values, _s: Tanks, _p: Values, _a: Values, _f: Values): void {}

function terminated(_s: Tanks, _p: Values, _f: Values): number {
  return 0;
}
