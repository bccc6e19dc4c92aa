import { clamp } from "../../compiler/primitives.js";
import { nextDemandFee } from "../../env/mechanisms/demand-fee.js";
import type { World } from "../../env/world.js";
import { actionParam, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/** A fee that follows demand: it rises while the network is busier than its target and falls to win users while it is idle. */
export function demandFee(world: World): Rule {
  return defineRule(world, {
    id: "demand-fee",
    doc: "the fee rises above a target of utilisation and falls below it; all else held",
    state: { fee: { unit: "1", doc: "fee that the rule has arrived at" } },
    params: {
      target: { value: 0.65, low: 0.3, high: 0.95, unit: "1", source: "assumption", doc: "utilisation to hold" },
      speed: {
        value: 0.02,
        low: 0,
        high: 0.125,
        unit: "1",
        source: "assumption; EIP-1559 has 1/8 a block",
        doc: "largest relative move of the price in a day",
      },
      start: actionParam(world, "fee", { doc: "fee at the start" }),
      low: actionParam(world, "fee", { value: -0.3, source: "assumption", doc: "lowest fee" }),
      high: actionParam(world, "fee", { value: 0.6, source: "assumption", doc: "highest fee" }),
    },
    tunable: ["target", "speed", "start", "low", "high"],
    uses: { clamp, nextDemandFee },
    reads: ["utilizationSlow"],
    writes: ["fee"],
    functions: {
      start(c, p) {
        c.fee = p.start;
      },
      act(c, o, p, a, u) {
        c.fee = u.nextDemandFee({ fee: c.fee, utilization: o.utilizationSlow }, p, u);
        a.fee = c.fee;
      },
    },
  });
}
