import { clamp } from "../../compiler/primitives.js";
import { uniform4 } from "../../core/random.js";
import { defineWorld } from "../../env/define-world.js";
import type { DrawKey, StateValues, Values } from "../../env/world.js";
import { CART, hasFallen, moveCart, observeCart, placeCart } from "./cart.js";

const USES = { clamp, uniform4, placeCart, moveCart, observeCart, hasFallen };

/**
 * CartPole-v1 of Gymnasium: keep the pole up for 500 steps, reward 1 a step. Dynamics (explicit Euler), start distribution,
 * end and reward are the same. Random play lives 22.3 steps, the linear rule 0.1 x + 0.3 x' + 3 angle + spin > 0 lives 500.
 */
export const cartpole = defineWorld({
  id: "cartpole-v1",
  doc: "CartPole-v1 of Gymnasium",
  ...CART,
  varying: [],
  actions: { kind: "discrete", count: 2, doc: "0 pushes the cart to the left, 1 to the right" },
  shocks: {},
  flows: { alive: { unit: "1", doc: "1 in every step, also in the last" } },
  terms: { alive: { unit: "1", doc: "1 a step" } },
  objectives: { balanced: { alive: 1 } },
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
  u.placeCart(s, p, d, u);
}

function draw(_z: Values, _d: DrawKey): void {}

function step(s: StateValues, p: Values, a: Values, _z: Values, f: Values, u: typeof USES): void {
  u.moveCart(s, p, a.choice! > 0.5 ? p.force! : -p.force!);
  f.alive = 1;
}

function observe(o: Values, s: StateValues, _p: Values, _z: Values, u: typeof USES): void {
  u.observeCart(o, s, u);
}

function objective(r: Values, _s: StateValues, _p: Values, _a: Values, f: Values): void {
  r.alive = f.alive!;
}

function costs(_k: Values, _s: StateValues, _p: Values, _a: Values, _f: Values): void {}

function terminated(s: StateValues, p: Values, _f: Values, u: typeof USES): number {
  return u.hasFallen(s, p);
}
