import { clamp } from "../../compiler/primitives.js";
import { halvingFactor } from "../../env/mechanisms/tao-emission.js";
import type { World } from "../../env/world.js";
import { bandEdges, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/**
 * Bittensor's schedule: emission halves each time half of what was left to the cap has been issued. It counts what is in issue, so
 * less net issuance (recycling, burns) delays the halving.
 */
export function taoEmission(world: World): Rule {
  return defineRule(world, {
    id: "tao-emission",
    doc: "a fixed number of tokens that halves with what is left to the cap; all else held",
    state: { issued: { unit: "1", doc: "share of the cap that is in issue" } },
    params: {
      emission: {
        value: (7200 * 365) / 21e6,
        low: 0,
        high: 1,
        unit: "1/year",
        source: "Bittensor: 7,200 blocks a day of 1 TAO, cap 21 M",
        doc: "share of the cap that a year emits before the first halving",
      },
      issued: {
        value: 0.51,
        low: 0.05,
        high: 0.99,
        unit: "1",
        source: "Bittensor: 10.7 M of 21 M TAO in early 2026",
        doc: "share of the cap that is in issue at the start",
      },
      ...bandEdges(world, "issuance"),
      step: controlStep(world),
    },
    tunable: ["emission", "issued"],
    uses: { clamp, halvingFactor },
    reads: ["netIssuance"],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.issued = p.issued;
      },
      act(c, o, p, a, u) {
        const rate = u.clamp((p.emission * u.halvingFactor(c.issued, 30)) / c.issued, p.low, p.high);
        a.issuance = rate;
        c.issued = u.clamp(c.issued * (1 + u.clamp(o.netIssuance, -p.high, p.high, rate) * p.step), 0.01, 1);
      },
    },
  });
}
