import { clamp } from "../../compiler/primitives.js";
import { normal4 } from "../../core/normal.js";
import { uniform4 } from "../../core/random.js";
import { defineWorld } from "../../env/define-world.js";
import type { DrawKey, StateValues, Values } from "../../env/world.js";

const SOURCE = "probe with a closed form: a = b = q = r = 1, noise variance 0.01, start variance 1";
const USES = { clamp, uniform4, normal4, TWO_PI: 2 * Math.PI };

/**
 * Scalar linear-quadratic regulator: x' = a x + b u + noise, cost q x^2 + r u^2, which a policy must learn to control as u = -K x.
 * With discount 0.95 the optimum is K = 0.6037..., mean discounted cost 1.908441 (see probes/riccati.ts).
 */
export const lqr = defineWorld({
  id: "lqr-v1",
  doc: "scalar linear-quadratic regulator with a known optimum",
  state: { x: { unit: "1", doc: "state" } },
  params: {
    a: { value: 1, low: 0.5, high: 1.5, unit: "1", source: SOURCE, doc: "gain of the state" },
    b: { value: 1, low: 0.5, high: 1.5, unit: "1", source: SOURCE, doc: "gain of the action" },
    q: { value: 1, low: 0, high: 10, unit: "1", source: SOURCE, doc: "weight of the state's square" },
    r: { value: 1, low: 0, high: 10, unit: "1", source: SOURCE, doc: "weight of the action's square" },
    noise: { value: 0.1, low: 0, high: 1, unit: "1", source: SOURCE, doc: "standard deviation of the noise in a step" },
    start: { value: 1, low: 0, high: 10, unit: "1", source: SOURCE, doc: "standard deviation of the first state" },
  },
  varying: [],
  actions: {
    kind: "continuous",
    // The optimal action has standard deviation 0.6 at the start: the band does not bind in 100,000 episodes.
    fields: { push: { unit: "1", low: -4, high: 4, maxMove: 8, start: 0, doc: "u" } },
  },
  shocks: { noise: { unit: "1", doc: "standard normal" } },
  flows: { before: { unit: "1", doc: "state that the action was taken in" } },
  observations: { x: { unit: "1", low: -1000, high: 1000, doc: "state", onChain: "none, a probe" } },
  terms: {
    state: { unit: "1", doc: "minus the weighted square of the state" },
    action: { unit: "1", doc: "minus the weighted square of the action" },
  },
  objectives: { balanced: { state: 1, action: 1 } },
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
  const n = u.normal4(d.seed, d.episode, d.day, d.stream, u);
  s.x = p.start! * n.a;
}

function draw(z: Values, d: DrawKey, u: typeof USES): void {
  const n = u.normal4(d.seed, d.episode, d.day, d.stream, u);
  z.noise = n.a;
}

function step(s: StateValues, p: Values, a: Values, z: Values, f: Values): void {
  f.before = s.x!;
  s.x = p.a! * s.x! + p.b! * a.push! + p.noise! * z.noise!;
}

function observe(o: Values, s: StateValues, _p: Values, _z: Values, u: typeof USES): void {
  o.x = u.clamp(s.x!, -1000, 1000, 0);
}

function objective(r: Values, _s: StateValues, p: Values, a: Values, f: Values): void {
  r.state = -(p.q! * f.before! * f.before!);
  r.action = -(p.r! * a.push! * a.push!);
}

function costs(_k: Values, _s: StateValues, _p: Values, _a: Values, _f: Values): void {}

function terminated(_s: StateValues, _p: Values, _f: Values): number {
  return 0;
}
