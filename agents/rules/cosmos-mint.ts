import { clamp } from "../../compiler/primitives.js";
import { cosmosInflation } from "../../env/mechanisms/cosmos-mint.js";
import type { World } from "../../env/world.js";
import { actionParam, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "cosmos-sdk x/mint default";

/** The rule that most Cosmos chains run: issuance follows the bonded share; all else stays put. */
export function cosmosMint(world: World): Rule {
  return defineRule(world, {
    id: "cosmos-mint",
    doc: "issuance by the Cosmos x/mint rule on the bonded share; all else held",
    state: { rate: { unit: "1/year", doc: "inflation of the minter" } },
    params: {
      start: actionParam(world, "issuance", { doc: "inflation at the start" }),
      goal: { value: 0.67, low: 0.3, high: 0.9, unit: "1", source: SOURCE, doc: "bonded share that the rule steers to" },
      rateChange: {
        value: 0.13,
        low: 0,
        high: 2,
        unit: "1/year^2",
        source: SOURCE,
        doc: "largest change of inflation in a year",
      },
      min: actionParam(world, "issuance", { value: 0.07, high: 0.1, source: SOURCE, doc: "lowest inflation" }),
      max: actionParam(world, "issuance", { value: 0.2, low: 0.02, source: SOURCE, doc: "highest inflation" }),
      step: controlStep(world),
    },
    tunable: ["start", "goal", "rateChange", "min", "max"],
    uses: { clamp, cosmosInflation },
    reads: ["bondedRatio"],
    writes: ["issuance"],
    functions: {
      start(c, p, u) {
        c.rate = u.clamp(p.start, p.min, p.max);
      },
      act(c, o, p, a, u) {
        c.rate = u.cosmosInflation({ rate: c.rate, bonded: o.bondedRatio }, p, u);
        a.issuance = c.rate;
      },
    },
  });
}
