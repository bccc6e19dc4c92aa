import { clamp } from "../../compiler/primitives.js";
import { decayedRate } from "../../env/mechanisms/akash-decay.js";
import { cosmosInflation } from "../../env/mechanisms/cosmos-mint.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const DECAY = "akash-network/node x/inflation";
const MINT = "cosmos-sdk x/mint default";

/** Akash's decay rule of 2021, since removed: the Cosmos step, kept within 5 % of an ideal that halves in two years. */
export function akashDecay(world: World): Rule {
  return defineRule(world, {
    id: "akash-decay",
    doc: "Cosmos mint within a narrow band around an exponential decay; all else held",
    state: {
      years: { unit: "year", doc: "years since the start" },
      rate: { unit: "1/year", doc: "inflation of the minter" },
    },
    params: {
      start: actionParam(world, "issuance", { doc: "ideal inflation at the start" }),
      halfLife: { value: 2, low: 0.25, high: 20, unit: "year", source: DECAY, doc: "years until the ideal halves" },
      spread: { value: 0.05, low: 0, high: 1, unit: "1", source: DECAY, doc: "distance from the ideal that is allowed, of it" },
      goal: { value: 0.67, low: 0.3, high: 0.9, unit: "1", source: MINT, doc: "bonded share that the rule steers to" },
      rateChange: {
        value: 0.13,
        low: 0,
        high: 2,
        unit: "1/year^2",
        source: MINT,
        doc: "largest change of inflation in a year",
      },
      ...bandEdges(world, "issuance"),
      step: controlStep(world),
    },
    tunable: ["start", "halfLife", "spread", "goal", "rateChange"],
    uses: { clamp, decayedRate, cosmosInflation },
    reads: ["bondedRatio"],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.years = 0 * p.step;
        c.rate = p.start;
      },
      act(c, o, p, a, u) {
        const ideal = u.decayedRate(p.start, p.halfLife, c.years);
        const min = ideal * (1 - p.spread);
        const max = ideal * (1 + p.spread);
        const minter = { goal: p.goal, rateChange: p.rateChange, min, max, step: p.step };
        c.rate = u.cosmosInflation({ rate: c.rate, bonded: o.bondedRatio }, minter, u);
        a.issuance = u.clamp(c.rate, p.low, p.high);
        c.years += p.step;
      },
    },
  });
}
