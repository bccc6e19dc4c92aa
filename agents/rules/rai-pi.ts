import { clamp } from "../../compiler/primitives.js";
import { piOutput } from "../../env/mechanisms/rai-controller.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/**
 * RAI's PI controller: a price below the redemption price makes the redemption price grow, which makes debt dear and supply shrink.
 * Here the redemption rate is taken off issuance; the redemption price goes on from the price of the start.
 */
export function raiPi(world: World): Rule {
  return defineRule(world, {
    id: "rai-pi",
    doc: "a PI controller with leak and noise barrier sets a redemption rate, issuance is a base less that rate; all else held",
    state: {
      logPrice: { unit: "1", doc: "log of the price over that of the start" },
      redemption: { unit: "1", doc: "redemption price over the price of the start" },
      last: { unit: "1", doc: "error of the step before" },
      integral: { unit: "year", doc: "leaking integral of the error", scale: 0.01 },
    },
    params: raiPiParams(world),
    tunable: ["base", "kp", "ki", "keep", "barrier", "most"],
    uses: { clamp, piOutput },
    reads: ["priceChange"],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.logPrice = 0;
        c.redemption = 1;
        c.last = 0;
        c.integral = 0 * p.step;
      },
      act(c, o, p, a, u) {
        c.logPrice = u.clamp(c.logPrice + u.clamp(o.priceChange, -2, 2, 0), -20, 20, 0);
        const error = u.clamp(c.redemption - Math.exp(c.logPrice), -2, 2, 0);
        const least = (c.redemption * (1 - p.barrier)) / p.year;
        const pi = u.piOutput({ error, last: c.last, integral: c.integral }, p, { least, low: -p.most, high: p.most });
        c.last = error;
        c.integral = pi.integral;
        c.redemption = u.clamp(c.redemption * (1 + pi.out * p.step), 0.01, 100);
        a.issuance = u.clamp(p.base - pi.out, p.low, p.high);
      },
    },
  });
}

function raiPiParams(world: World) {
  const gain = (value: number, high: number, unit: string, doc: string) => ({
    value,
    low: -high,
    high,
    unit,
    source: "assumption: a fifth below the redemption price costs five points of issuance",
    doc,
  });
  return {
    base: actionParam(world, "issuance", { doc: "issuance at a redemption rate of 0" }),
    kp: gain(0.25, 4, "1/year", "proportional gain"),
    ki: gain(1, 50, "1/year^2", "integral gain"),
    keep: {
      value: 0.99 ** 24,
      low: 0.5,
      high: 0.9999,
      unit: "1",
      source: "RAI's tests: leak of 1 % an hour",
      doc: "share of the integral left after a step",
    },
    barrier: {
      value: 0.98,
      low: 0.5,
      high: 1,
      unit: "1",
      source: "assumption",
      doc: "noise barrier: an annual rate below 1 less this counts as none",
    },
    most: { value: 1, low: 0.01, high: 1, unit: "1/year", source: "assumption", doc: "largest redemption rate" },
    year: { value: 1, low: 1, high: 1, unit: "year", source: "definition", doc: "one year" },
    ...bandEdges(world, "issuance"),
    step: controlStep(world),
  };
}
