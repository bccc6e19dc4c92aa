import { clamp } from "../../compiler/primitives.js";
import { cappedIssuance, POLKADOT_TWO_YEARS } from "../../env/mechanisms/polkadot-inflation.js";
import type { World } from "../../env/world.js";
import { bandEdges, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "Polkadot, referendum 1710";

/** Polkadot since March 2026: each two years issue 26.28 % of what was left to the cap when they began, evenly. */
export function polkadotCapped(world: World): Rule {
  return defineRule(world, {
    id: "polkadot-capped",
    doc: "each two years issue a fixed share of what is left to a cap; all else held",
    state: {
      supply: { unit: "1", doc: "supply over that of the start" },
      yearly: { unit: "1/year", doc: "tokens a year in this period, over the supply at the start" },
      left: { unit: "year", doc: "what is left of the period" },
    },
    params: {
      cap: {
        value: 1.2545,
        low: 1.01,
        high: 5,
        unit: "1",
        source: `${SOURCE}: 2.1 B DOT, and 56 M in its first year, so 1.674 B in issue`,
        doc: "largest supply, over that of the start",
      },
      share: {
        value: POLKADOT_TWO_YEARS / 2,
        low: 0,
        high: 0.5,
        unit: "1/year",
        source: SOURCE,
        doc: "share of what is left that a year issues",
      },
      period: { value: 2, low: 0.25, high: 4, unit: "year", source: SOURCE, doc: "length of a period" },
      ...bandEdges(world, "issuance"),
      step: controlStep(world),
    },
    tunable: ["cap", "share", "period"],
    uses: { clamp, cappedIssuance },
    reads: ["netIssuance"],
    writes: ["issuance"],
    functions: {
      start(c, p, u) {
        c.supply = 1;
        c.yearly = u.cappedIssuance(1, p.cap, p.share);
        c.left = p.period;
      },
      act(c, o, p, a, u) {
        const rate = u.clamp(c.yearly / c.supply, p.low, p.high);
        a.issuance = rate;
        c.supply = u.clamp(c.supply * (1 + u.clamp(o.netIssuance, -p.high, p.high, rate) * p.step), 0.01, 100);
        c.left -= p.step;
        // Half a step: sums of steps miss the period by rounding.
        const over = c.left < 0.5 * p.step;
        c.yearly = over ? u.cappedIssuance(c.supply, p.cap, p.share) : c.yearly;
        c.left = over ? p.period : c.left;
      },
    },
  });
}
