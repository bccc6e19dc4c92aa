import { clamp } from "../../compiler/primitives.js";
import { uniform4 } from "../../core/random.js";
import { defineWorld } from "../../env/define-world.js";
import type { DrawKey, StateValues, Values } from "../../env/world.js";

const SOURCE = "Gymnasium 1.x, envs/classic_control/pendulum.py";
const USES = { clamp, uniform4, PI: Math.PI, TWO_PI: 2 * Math.PI };

/**
 * Pendulum-v1 of Gymnasium: swing up and hold, 200 steps, no termination. Dynamics, start distribution and reward are the
 * same; the angle is kept in [-pi, pi), which changes no observation or reward but keeps float32 exact.
 * Optimum: mean return -138.1 +- 0.5 (grid dynamic programming); zero torque -1218, random -1229.5.
 */
export const pendulum = defineWorld({
  id: "pendulum-v1",
  doc: "Pendulum-v1 of Gymnasium",
  state: {
    angle: { unit: "1", doc: "angle from upright, in [-pi, pi)" },
    speed: { unit: "1/s", doc: "angular speed" },
  },
  params: {
    gravity: { value: 10, low: 0, high: 20, unit: "m/s^2", source: SOURCE, doc: "gravity" },
    mass: { value: 1, low: 0.1, high: 10, unit: "kg", source: SOURCE, doc: "mass of the rod" },
    length: { value: 1, low: 0.1, high: 10, unit: "m", source: SOURCE, doc: "length of the rod" },
    dt: { value: 0.05, low: 0.01, high: 0.1, unit: "s", source: SOURCE, doc: "length of a step" },
    maxSpeed: { value: 8, low: 1, high: 8, unit: "1/s", source: SOURCE, doc: "the angular speed is limited to this" },
    speedWeight: { value: 0.1, low: 0, high: 1, unit: "s^2", source: SOURCE, doc: "weight of the speed's square" },
    torqueWeight: {
      value: 0.001,
      low: 0,
      high: 1,
      unit: "s^4*kg^-2*m^-4",
      source: SOURCE,
      doc: "weight of the torque's square",
    },
    startAngle: {
      value: Math.PI,
      low: 0,
      high: Math.PI,
      unit: "1",
      source: SOURCE,
      doc: "first angle is within this of upright",
    },
    startSpeed: { value: 1, low: 0, high: 8, unit: "1/s", source: SOURCE, doc: "first speed is within this of 0" },
  },
  varying: [],
  actions: {
    kind: "continuous",
    fields: { torque: { unit: "kg*m^2*s^-2", low: -2, high: 2, maxMove: 4, start: 0, doc: "torque on the joint" } },
  },
  shocks: {},
  flows: {
    angle: { unit: "1", doc: "angle that the action was taken in" },
    speed: { unit: "1/s", doc: "angular speed that the action was taken in" },
  },
  observations: {
    cos: { unit: "1", low: -1, high: 1, doc: "cosine of the angle", onChain: "none, a probe" },
    sin: { unit: "1", low: -1, high: 1, doc: "sine of the angle", onChain: "none, a probe" },
    speed: { unit: "1/s", low: -8, high: 8, doc: "angular speed", onChain: "none, a probe" },
  },
  terms: {
    angle: { unit: "1", doc: "minus the square of the angle" },
    speed: { unit: "1", doc: "minus 0.1 times the square of the speed" },
    torque: { unit: "1", doc: "minus 0.001 times the square of the torque" },
  },
  objectives: { balanced: { angle: 1, speed: 1, torque: 1 } },
  constraints: {},
  horizon: 200,
  observationDelay: 0,
  actionDelay: 0,
  scenarios: { base: { doc: "the only one", overrides: {} } },
  uses: USES,
  functions: { drawParams, reset, draw, step, observe, objective, costs, terminated },
});

function drawParams(_p: Values, _d: DrawKey): void {}

function reset(s: StateValues, p: Values, d: DrawKey, u: typeof USES): void {
  const x = u.uniform4(d.seed, d.episode, d.day, d.stream);
  s.angle = p.startAngle! * (2 * x.a - 1);
  s.speed = p.startSpeed! * (2 * x.b - 1);
}

function draw(_z: Values, _d: DrawKey): void {}

function step(s: StateValues, p: Values, a: Values, _z: Values, f: Values, u: typeof USES): void {
  f.angle = s.angle!;
  f.speed = s.speed!;
  const fall = ((3 * p.gravity!) / (2 * p.length!)) * Math.sin(f.angle);
  const push = (3 / (p.mass! * p.length! * p.length!)) * a.torque!;
  s.speed = u.clamp(f.speed + (fall + push) * p.dt!, -p.maxSpeed!, p.maxSpeed!, 0);
  const angle = f.angle + s.speed! * p.dt!;
  s.angle = angle - u.TWO_PI * Math.floor((angle + u.PI) / u.TWO_PI);
}

function observe(o: Values, s: StateValues, _p: Values, _z: Values, u: typeof USES): void {
  o.cos = u.clamp(Math.cos(s.angle!), -1, 1, 0);
  o.sin = u.clamp(Math.sin(s.angle!), -1, 1, 0);
  o.speed = u.clamp(s.speed!, -8, 8, 0);
}

function objective(r: Values, _s: StateValues, p: Values, a: Values, f: Values): void {
  r.angle = -(f.angle! * f.angle!);
  r.speed = -(p.speedWeight! * f.speed! * f.speed!);
  r.torque = -(p.torqueWeight! * a.torque! * a.torque!);
}

function costs(_k: Values, _s: StateValues, _p: Values, _a: Values, _f: Values): void {}

function terminated(_s: StateValues, _p: Values, _f: Values): number {
  return 0;
}
