import { clamp } from "../../compiler/primitives.js";
import { normal4 } from "../../core/normal.js";
import { uniform4 } from "../../core/random.js";
import { defineWorld } from "../../env/define-world.js";
import type { DrawKey, StateValues, Values } from "../../env/world.js";

const SOURCE = "probe with a closed form: dt = 0.1, Q = diag(1, 0.1), R = 0.01, noise covariance 1e-4 I, start covariance I";
const USES = { clamp, uniform4, normal4, TWO_PI: 2 * Math.PI };

/**
 * A mass on a line, pushed to rest at 0: a linear-quadratic regulator with two states.
 * With discount 0.99 the optimum is u = -(7.426194 x + 4.512169 v), mean discounted cost 6.541036 (see probes/riccati.ts).
 */
export const doubleIntegrator = defineWorld({
  id: "double-integrator-v1",
  doc: "a pushed mass with quadratic cost and a known optimum",
  state: {
    x: { unit: "m", doc: "position" },
    v: { unit: "m/s", doc: "speed" },
  },
  params: {
    dt: { value: 0.1, low: 0.01, high: 1, unit: "s", source: SOURCE, doc: "length of a step" },
    positionWeight: { value: 1, low: 0, high: 10, unit: "m^-2", source: SOURCE, doc: "weight of the position's square" },
    speedWeight: { value: 0.1, low: 0, high: 10, unit: "s^2*m^-2", source: SOURCE, doc: "weight of the speed's square" },
    pushWeight: { value: 0.01, low: 0, high: 1, unit: "s^4*m^-2", source: SOURCE, doc: "weight of the acceleration's square" },
    positionNoise: {
      value: 0.01,
      low: 0,
      high: 1,
      unit: "m",
      source: SOURCE,
      doc: "standard deviation of the position's noise",
    },
    speedNoise: { value: 0.01, low: 0, high: 1, unit: "m/s", source: SOURCE, doc: "standard deviation of the speed's noise" },
    positionStart: { value: 1, low: 0, high: 10, unit: "m", source: SOURCE, doc: "standard deviation of the first position" },
    speedStart: { value: 1, low: 0, high: 10, unit: "m/s", source: SOURCE, doc: "standard deviation of the first speed" },
  },
  varying: [],
  actions: {
    kind: "continuous",
    // The first optimal action has standard deviation 8.7: the band is at 5.7 of them.
    fields: { push: { unit: "m/s^2", low: -50, high: 50, maxMove: 100, start: 0, doc: "acceleration" } },
  },
  shocks: {
    position: { unit: "1", doc: "standard normal" },
    speed: { unit: "1", doc: "standard normal" },
  },
  flows: {
    x: { unit: "m", doc: "position that the action was taken in" },
    v: { unit: "m/s", doc: "speed that the action was taken in" },
  },
  observations: {
    x: { unit: "m", low: -1e5, high: 1e5, doc: "position", onChain: "none, a probe" },
    v: { unit: "m/s", low: -1e4, high: 1e4, doc: "speed", onChain: "none, a probe" },
  },
  terms: {
    position: { unit: "1", doc: "minus the weighted square of the position" },
    speed: { unit: "1", doc: "minus the weighted square of the speed" },
    push: { unit: "1", doc: "minus the weighted square of the acceleration" },
  },
  objectives: { balanced: { position: 1, speed: 1, push: 1 } },
  constraints: {},
  horizon: 500,
  observationDelay: 0,
  actionDelay: 0,
  scenarios: { base: { doc: "the only one", overrides: {} } },
  uses: USES,
  functions: { drawParams, reset, draw, step, observe, objective, costs, terminated },
});

function drawParams(_p: Values, _d: DrawKey): void {}

function reset(s: StateValues, p: Values, d: DrawKey, u: typeof USES): void {
  const n = u.normal4(d.seed, d.episode, d.day, d.stream, u);
  s.x = p.positionStart! * n.a;
  s.v = p.speedStart! * n.b;
}

function draw(z: Values, d: DrawKey, u: typeof USES): void {
  const n = u.normal4(d.seed, d.episode, d.day, d.stream, u);
  z.position = n.a;
  z.speed = n.b;
}

function step(s: StateValues, p: Values, a: Values, z: Values, f: Values): void {
  f.x = s.x!;
  f.v = s.v!;
  // The acceleration is held over the step, so the position moves by its half too: B = [dt^2 / 2, dt].
  s.x = f.x + p.dt! * f.v + 0.5 * p.dt! * p.dt! * a.push! + p.positionNoise! * z.position!;
  s.v = f.v + p.dt! * a.push! + p.speedNoise! * z.speed!;
}

function observe(o: Values, s: StateValues, _p: Values, _z: Values, u: typeof USES): void {
  o.x = u.clamp(s.x!, -1e5, 1e5, 0);
  o.v = u.clamp(s.v!, -1e4, 1e4, 0);
}

function objective(r: Values, _s: StateValues, p: Values, a: Values, f: Values): void {
  r.position = -(p.positionWeight! * f.x! * f.x!);
  r.speed = -(p.speedWeight! * f.v! * f.v!);
  r.push = -(p.pushWeight! * a.push! * a.push!);
}

function costs(_k: Values, _s: StateValues, _p: Values, _a: Values, _f: Values): void {}

function terminated(_s: StateValues, _p: Values, _f: Values): number {
  return 0;
}
