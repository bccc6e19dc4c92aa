import { clamp } from "../../compiler/primitives.js";
import { uniform4 } from "../../core/random.js";
import { defineWorld } from "../../env/define-world.js";
import type { DrawKey, StateValues, Values } from "../../env/world.js";
import { CART, hasFallen, moveCart, observeCart, placeCart } from "./cart.js";

const USES = { clamp, uniform4, placeCart, moveCart, observeCart, hasFallen };

const FORCED = {
  ...CART,
  varying: [],
  actions: {
    kind: "continuous",
    fields: {
      force: { unit: "kg*m*s^-2", low: -10, high: 10, maxMove: 20, start: 0, doc: "force on the cart, to the right" },
    },
  },
  shocks: {},
  flows: { alive: { unit: "1", doc: "1 in every step, also in the last" } },
  constraints: {},
  horizon: 500,
  observationDelay: 0,
  actionDelay: 0,
  scenarios: { base: { doc: "the only one", overrides: {} } },
  uses: USES,
} as const;

/** CartPole-v1 with any force from -10 to 10 N in place of one of the two. */
export const cartpoleForce = defineWorld({
  ...FORCED,
  id: "cartpole-force-v1",
  doc: "CartPole-v1 of Gymnasium with a continuous force",
  terms: { alive: { unit: "1", doc: "1 a step" } },
  objectives: { balanced: { alive: 1 } },
  functions: { drawParams, reset, draw, step, observe, objective: live, costs, terminated: end },
});

/**
 * The same cart to learn with for methods that follow derivatives: a reward of 1 a step and an end have none. In their place the pole is to
 * be upright and the cart in the middle, and no episode ends.
 */
export const cartpoleUpright = defineWorld({
  ...FORCED,
  id: "cartpole-force-v1",
  doc: "the cart of CartPole-v1 with a continuous force, scored by how far it is from upright and from the middle",
  terms: {
    angle: { unit: "1", doc: "minus the square of the angle, in limits" },
    position: { unit: "1", doc: "minus the square of the position, in limits" },
  },
  objectives: { balanced: { angle: 1, position: 0.1 } },
  functions: { drawParams, reset, draw, step, observe, objective: stayUpright, costs, terminated: never },
});

function drawParams(_p: Values, _d: DrawKey): void {}

function reset(s: StateValues, p: Values, d: DrawKey, u: typeof USES): void {
  u.placeCart(s, p, d, u);
}

function draw(_z: Values, _d: DrawKey): void {}

function step(s: StateValues, p: Values, a: Values, _z: Values, f: Values, u: typeof USES): void {
  u.moveCart(s, p, a.force!);
  f.alive = 1;
}

function observe(o: Values, s: StateValues, _p: Values, _z: Values, u: typeof USES): void {
  u.observeCart(o, s, u);
}

function live(r: Values, _s: StateValues, _p: Values, _a: Values, f: Values): void {
  r.alive = f.alive!;
}

function stayUpright(r: Values, s: StateValues, p: Values, _a: Values, _f: Values): void {
  const angle = s.angle! / p.angleLimit!;
  const position = s.position! / p.positionLimit!;
  r.angle = -(angle * angle);
  r.position = -(position * position);
}

function costs(_k: Values, _s: StateValues, _p: Values, _a: Values, _f: Values): void {}

function end(s: StateValues, p: Values, _f: Values, u: typeof USES): number {
  return u.hasFallen(s, p);
}

function never(_s: StateValues, _p: Values, _f: Values): number {
  return 0;
}
