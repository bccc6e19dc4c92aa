import { clamp } from "../../compiler/primitives.js";
import type { World } from "../../env/world.js";
import { actionParam, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/**
 * The 50/80 % rule: issuance shrinks by a factor below 50 % utilisation and grows by one above 80 %. No chain runs it.
 * It cuts the subsidy of providers when demand is low, so it is pro-cyclical.
 */
export function seedUtilization(world: World): Rule {
  const issuance = (value: number, doc: string) =>
    actionParam(world, "issuance", { value, source: "lowest and highest of the chain's issuance bands", doc });
  return defineRule(world, {
    id: "seed-utilization",
    doc: "issuance times 1-k below 50 % utilisation, times 1+k above 80 %; all else held",
    state: { rate: { unit: "1/year", doc: "issuance that the rule has arrived at" } },
    params: {
      start: actionParam(world, "issuance", { doc: "issuance at the start" }),
      low: {
        value: 0.5,
        low: 0.2,
        high: 0.7,
        unit: "1",
        source: "definition of the rule",
        doc: "utilisation below which issuance shrinks",
      },
      high: {
        value: 0.8,
        low: 0.6,
        high: 0.95,
        unit: "1",
        source: "definition of the rule",
        doc: "utilisation above which issuance grows",
      },
      k: { value: 0.02, low: 0, high: 0.1, unit: "1", source: "assumption", doc: "relative change of issuance in a day" },
      min: issuance(0.04, "lowest issuance"),
      max: issuance(0.2, "highest issuance"),
    },
    tunable: ["start", "low", "high", "k", "min", "max"],
    uses: { clamp },
    reads: ["utilization"],
    writes: ["issuance"],
    functions: {
      start(c, p, u) {
        c.rate = u.clamp(p.start, p.min, p.max);
      },
      act(c, o, p, a, u) {
        const factor = o.utilization < p.low ? 1 - p.k : o.utilization > p.high ? 1 + p.k : 1;
        c.rate = u.clamp(c.rate * factor, p.min, p.max);
        a.issuance = c.rate;
      },
    },
  });
}
