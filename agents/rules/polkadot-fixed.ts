import { clamp } from "../../compiler/primitives.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/** Polkadot from November 2024 to March 2026: the same number of tokens every year, a falling share of a growing supply. */
export function polkadotFixed(world: World): Rule {
  return defineRule(world, {
    id: "polkadot-fixed",
    doc: "the same number of tokens every year; all else held",
    state: { supply: { unit: "1", doc: "supply over that of the start" } },
    params: {
      yearly: actionParam(world, "issuance", {
        value: 0.08,
        source: "Polkadot: 120,063,259 DOT a year; assumption: of a supply of 1.5 B",
        doc: "tokens a year over the supply at the start",
      }),
      ...bandEdges(world, "issuance"),
      step: controlStep(world),
    },
    tunable: ["yearly"],
    uses: { clamp },
    reads: ["netIssuance"],
    writes: ["issuance"],
    functions: {
      start(c) {
        c.supply = 1;
      },
      act(c, o, p, a, u) {
        const rate = u.clamp(p.yearly / c.supply, p.low, p.high);
        a.issuance = rate;
        c.supply = u.clamp(c.supply * (1 + u.clamp(o.netIssuance, -p.high, p.high, rate) * p.step), 0.01, 100);
      },
    },
  });
}
