import { clamp } from "../../compiler/primitives.js";
import type { World } from "../../env/world.js";
import { defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";
import { findSubnets } from "./subnets.js";

/** Emission leans towards subnets whose quality is above the mean of all, before the market has found out. */
export function subnetQuality(world: World): Rule {
  const { slots, count, names } = findSubnets(world, "subnet-quality");
  const tilt = { low: 0, high: 4, unit: "1", source: "assumption" };
  return defineRule(world, {
    id: "subnet-quality",
    doc: "tilts each subnet's emission by its smoothed quality over the mean of all subnets; recycle and burn shares fixed",
    state: Object.fromEntries(names("seen").map((name) => [name, { unit: "1", doc: `smoothed quality: ${name}` }])),
    params: {
      gain: { value: 1.2, ...tilt, doc: "tilt per unit of relative quality" },
      memory: {
        value: 0.1,
        low: 0.01,
        high: 1,
        unit: "1",
        source: "assumption",
        doc: "weight of a day in the smoothed quality",
      },
    },
    tunable: ["gain", "memory"],
    uses: { clamp, SLOTS: slots, EACH: 1 / count },
    reads: names("quality"),
    writes: names("tilt"),
    functions: {
      start(c, _p, u) {
        for (const k in u.SLOTS) c[`seen${k}`] = 1;
      },
      act(c, o, p, a, u) {
        let mean = 0;
        for (const k in u.SLOTS) {
          c[`seen${k}`] = c[`seen${k}`]! + p.memory * (o[`quality${k}`]! - c[`seen${k}`]!);
          mean += u.EACH * c[`seen${k}`]!;
        }
        for (const k in u.SLOTS) {
          a[`tilt${k}`] = u.clamp(1 + p.gain * (c[`seen${k}`]! / Math.max(mean, 0.01) - 1), 0.5, 2);
        }
      },
    },
  });
}
