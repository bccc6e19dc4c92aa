import { taperedRate } from "../../env/mechanisms/solana-inflation.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "solana-sdk inflation";

/** Solana's schedule: inflation falls by 15 % a year to a floor, and half of the fees are burned. */
export function solana(world: World): Rule {
  return defineRule(world, {
    id: "solana",
    doc: "issuance falls by a fixed share a year to a floor; half of the fees burned where the economy burns, all else held",
    state: { years: { unit: "year", doc: "years since the schedule began", scale: 10 } },
    params: {
      initial: actionParam(world, "issuance", { value: 0.08, source: SOURCE, doc: "inflation in year 0" }),
      taper: { value: 0.15, low: 0, high: 0.9, unit: "1", source: SOURCE, doc: "share by which it falls in a year" },
      terminal: actionParam(world, "issuance", { value: 0.015, source: SOURCE, doc: "lowest inflation" }),
      age: {
        value: 0,
        low: 0,
        high: 12,
        unit: "year",
        source: "definition",
        doc: "years since the schedule began, at the start",
      },
      year: { value: 1, low: 1, high: 1, unit: "year", source: "definition", doc: "one year" },
      ...bandEdges(world, "issuance"),
      step: controlStep(world),
    },
    tunable: ["initial", "taper", "terminal", "age"],
    uses: { taperedRate },
    reads: [],
    writes: ["issuance"],
    held: { burnShare: { value: 0.5, source: "Solana: half of the base fee" } },
    functions: {
      start(c, p) {
        c.years = p.age;
      },
      act(c, _o, p, a, u) {
        a.issuance = Math.max(p.low, u.taperedRate(p.initial, p.terminal, p.taper, c.years / p.year));
        c.years += p.step;
      },
    },
  });
}
