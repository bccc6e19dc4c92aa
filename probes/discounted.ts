import type { RecordSpec, Uses } from "../compiler/schema.js";
import { defineWorld } from "../env/define-world.js";
import type { DrawKey, StateValues, Values, World, WorldFunctions } from "../env/world.js";

interface Discounted {
  readonly inner: WorldFunctions;
  readonly uses: Uses;
  readonly GAMMA: number;
}

/**
 * The same world with its objective discounted by `gamma` from the start of the episode: then the plain sum of rewards, which
 * a simulator reports, is the discounted return. For evaluation only.
 */
export function discountedWorld(world: World, gamma: number): World {
  const discount = { unit: "1", doc: "gamma to the power of the steps lived" };
  const state: RecordSpec = { ...world.state, discount };
  const flows: RecordSpec = { ...world.flows, discount };
  return defineWorld({
    ...world,
    doc: `${world.doc}, discounted by ${gamma}`,
    state,
    flows,
    uses: { inner: { ...world.functions }, uses: world.uses, GAMMA: gamma },
    useUnits: Object.fromEntries(Object.entries(world.useUnits ?? {}).map(([name, unit]) => [`uses.${name}`, unit])),
    functions: { drawParams, reset, draw, step, observe, objective, costs, terminated },
  });
}

function drawParams(p: Values, d: DrawKey, u: Discounted): void {
  u.inner.drawParams(p, d, u.uses);
}

function reset(s: StateValues, p: Values, d: DrawKey, u: Discounted): void {
  s.discount = 1;
  u.inner.reset(s, p, d, u.uses);
}

function draw(z: Values, d: DrawKey, u: Discounted): void {
  u.inner.draw(z, d, u.uses);
}

function step(s: StateValues, p: Values, a: Values, z: Values, f: Values, u: Discounted): void {
  f.discount = s.discount!;
  s.discount = s.discount! * u.GAMMA;
  u.inner.step(s, p, a, z, f, u.uses);
}

function observe(o: Values, s: StateValues, p: Values, z: Values, u: Discounted): void {
  u.inner.observe(o, s, p, z, u.uses);
}

function objective(r: Values, s: StateValues, p: Values, a: Values, f: Values, u: Discounted): void {
  u.inner.objective(r, s, p, a, f, u.uses);
  for (const term in r) r[term] = r[term]! * f.discount!;
}

function costs(k: Values, s: StateValues, p: Values, a: Values, f: Values, u: Discounted): void {
  u.inner.costs(k, s, p, a, f, u.uses);
}

function terminated(s: StateValues, p: Values, f: Values, u: Discounted): number {
  return u.inner.terminated(s, p, f, u.uses);
}
