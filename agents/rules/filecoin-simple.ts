import { decayedRate } from "../../env/mechanisms/akash-decay.js";
import type { World } from "../../env/world.js";
import { actionParam, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/** Filecoin's simple minting: exponential decay that halves in six years. */
export function filecoinSimple(world: World): Rule {
  return defineRule(world, {
    id: "filecoin-simple",
    doc: "issuance decays without steps, by half in six years, down to a floor; all else held",
    state: { years: { unit: "year", doc: "years since the start" } },
    params: {
      start: actionParam(world, "issuance", { doc: "issuance at the start" }),
      halfLife: {
        value: 6,
        low: 0.25,
        high: 20,
        unit: "year",
        source: "specs-actors reward",
        doc: "years until issuance halves",
      },
      floor: actionParam(world, "issuance", { value: 0, source: "edge of the action band", doc: "lowest issuance" }),
      step: controlStep(world),
    },
    tunable: ["start", "halfLife", "floor"],
    uses: { decayedRate },
    reads: [],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.years = 0 * p.step;
      },
      act(c, _o, p, a, u) {
        a.issuance = Math.max(p.floor, u.decayedRate(p.start, p.halfLife, c.years));
        c.years += p.step;
      },
    },
  });
}
