import { clamp } from "../../compiler/primitives.js";
import type { World } from "../../env/world.js";
import { defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";
import { findSubnets } from "./subnets.js";

/**
 * Taoflow, Bittensor's rule from late 2025 to mid 2026: emission by the moving average of each subnet's net inflow of stake, in place
 * of its price. The inflow is read off the pool: price over moving price tells the flow of the last month per TAO in the pool. Within
 * the band of the tilts, so a subnet that loses stake keeps some emission, where the chain gave it none.
 */
export function taoFlow(world: World): Rule {
  const { slots, count, names } = findSubnets(world, "tao-flow");
  return defineRule(world, {
    id: "tao-flow",
    doc: "emission by the net inflow of stake, within the band of the tilts; recycle and burn shares fixed",
    state: {},
    params: {
      cutoff: {
        value: 0,
        low: -1,
        high: 1,
        unit: "1",
        source: "opentensor/subtensor coinbase/subnet_emissions.rs: 0 by default",
        doc: "inflow, in even shares, below which a subnet gets nothing",
      },
    },
    tunable: ["cutoff"],
    uses: { clamp, SLOTS: slots, K: count },
    reads: [...names("share"), ...names("trend")],
    writes: names("tilt"),
    functions: {
      start() {},
      act(_c, o, p, a, u) {
        let total = 0;
        for (const k in u.SLOTS) total += Math.max(0, o[`share${k}`]! * o[`trend${k}`]! - p.cutoff);
        for (const k in u.SLOTS) {
          const flow = Math.max(0, o[`share${k}`]! * o[`trend${k}`]! - p.cutoff);
          const wanted = (u.K * flow) / Math.max(total, 1e-9);
          // As on the chain: without any inflow the prices decide.
          a[`tilt${k}`] = total > 1e-6 ? u.clamp(wanted / Math.max(o[`share${k}`]!, 0.01), 0.5, 2) : 1;
        }
      },
    },
  });
}
