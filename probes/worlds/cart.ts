import type { uniform4 } from "../../core/random.js";
import type { DrawKey, StateValues, Values } from "../../env/world.js";

const SOURCE = "Gymnasium 1.x, envs/classic_control/cartpole.py";

/** The cart with its pole, whatever pushes it. Dynamics (explicit Euler) and start distribution are those of CartPole-v1 of Gymnasium. */
export const CART = {
  state: {
    position: { unit: "m", doc: "position of the cart" },
    speed: { unit: "m/s", doc: "speed of the cart" },
    angle: { unit: "1", doc: "angle of the pole from upright" },
    spin: { unit: "1/s", doc: "angular speed of the pole" },
  },
  params: {
    gravity: { value: 9.8, low: 0, high: 20, unit: "m/s^2", source: SOURCE, doc: "gravity" },
    cartMass: { value: 1, low: 0.1, high: 10, unit: "kg", source: SOURCE, doc: "mass of the cart" },
    poleMass: { value: 0.1, low: 0.01, high: 1, unit: "kg", source: SOURCE, doc: "mass of the pole" },
    halfLength: { value: 0.5, low: 0.1, high: 2, unit: "m", source: SOURCE, doc: "half of the pole's length" },
    force: { value: 10, low: 1, high: 20, unit: "kg*m*s^-2", source: SOURCE, doc: "force on the cart, to the left or right" },
    dt: { value: 0.02, low: 0.001, high: 0.1, unit: "s", source: SOURCE, doc: "length of a step" },
    positionLimit: { value: 2.4, low: 1, high: 4.8, unit: "m", source: SOURCE, doc: "the episode ends beyond" },
    angleLimit: {
      value: (12 * 2 * Math.PI) / 360,
      low: 0.1,
      high: 0.4,
      unit: "1",
      source: SOURCE,
      doc: "the episode ends beyond (12 degrees)",
    },
    startPosition: { value: 0.05, low: 0, high: 0.1, unit: "m", source: SOURCE, doc: "first position is within this of 0" },
    startSpeed: { value: 0.05, low: 0, high: 0.1, unit: "m/s", source: SOURCE, doc: "first speed is within this of 0" },
    startAngle: { value: 0.05, low: 0, high: 0.1, unit: "1", source: SOURCE, doc: "first angle is within this of upright" },
    startSpin: { value: 0.05, low: 0, high: 0.1, unit: "1/s", source: SOURCE, doc: "first angular speed is within this of 0" },
  },
  observations: {
    position: { unit: "m", low: -4.8, high: 4.8, doc: "position of the cart", onChain: "none, a probe" },
    // Unbounded in Gymnasium; within the track no force reaches 20.
    speed: { unit: "m/s", low: -20, high: 20, doc: "speed of the cart", onChain: "none, a probe" },
    angle: { unit: "1", low: -0.42, high: 0.42, doc: "angle of the pole", onChain: "none, a probe" },
    spin: { unit: "1/s", low: -20, high: 20, doc: "angular speed of the pole", onChain: "none, a probe" },
  },
} as const;

export function placeCart(s: StateValues, p: Values, d: DrawKey, u: { readonly uniform4: typeof uniform4 }): void {
  const x = u.uniform4(d.seed, d.episode, d.day, d.stream);
  s.position = p.startPosition! * (2 * x.a - 1);
  s.speed = p.startSpeed! * (2 * x.b - 1);
  s.angle = p.startAngle! * (2 * x.c - 1);
  s.spin = p.startSpin! * (2 * x.d - 1);
}

/** @param force on the cart, to the right */
export function moveCart(s: StateValues, p: Values, force: number): void {
  const mass = p.cartMass! + p.poleMass!;
  const cos = Math.cos(s.angle!);
  const sin = Math.sin(s.angle!);
  const pull = (force + p.poleMass! * p.halfLength! * s.spin! * s.spin! * sin) / mass;
  const twist = (p.gravity! * sin - cos * pull) / (p.halfLength! * (4 / 3 - (p.poleMass! * cos * cos) / mass));
  const thrust = pull - (p.poleMass! * p.halfLength! * twist * cos) / mass;
  s.position = s.position! + p.dt! * s.speed!;
  s.speed = s.speed! + p.dt! * thrust;
  s.angle = s.angle! + p.dt! * s.spin!;
  s.spin = s.spin! + p.dt! * twist;
}

export function observeCart(
  o: Values,
  s: StateValues,
  u: { clamp(x: number, low: number, high: number, fallback: number): number },
): void {
  o.position = u.clamp(s.position!, -4.8, 4.8, 0);
  o.speed = u.clamp(s.speed!, -20, 20, 0);
  o.angle = u.clamp(s.angle!, -0.42, 0.42, 0);
  o.spin = u.clamp(s.spin!, -20, 20, 0);
}

/** 1 where the pole has fallen or the cart has left the track. */
export function hasFallen(s: StateValues, p: Values): number {
  return Math.abs(s.position!) > p.positionLimit! || Math.abs(s.angle!) > p.angleLimit! ? 1 : 0;
}
