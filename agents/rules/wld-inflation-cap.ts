import { clamp } from "../../compiler/primitives.js";
import type { World } from "../../env/world.js";
import { actionParam, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/**
 * WLD's idea of a cap on inflation, applied from the first day to what circulates instead of to what is minted: unlocks and grants
 * go first, the treasury releases what the cap leaves. The grant stays the table's.
 */
export function wldInflationCap(world: World): Rule {
  return defineRule(world, {
    id: "wld-inflation-cap",
    doc: "releases what a cap on the growth of the circulating supply leaves after unlocks and grants; table grant, fixed burn share",
    state: { release: { unit: "1/year", doc: "release requested last" } },
    params: {
      cap: {
        value: 0.25,
        low: 0.015,
        high: 1,
        unit: "1/year",
        source: "assumption: WLD.sol caps minting at 1.5 % a year; unlocks alone are some 15 % of what circulates",
        doc: "growth of the circulating supply allowed in a year",
      },
      speed: { value: 0.05, low: 0.005, high: 1, unit: "1", source: "assumption", doc: "share of the gap closed in a step" },
      grant: actionParam(world, "grant", { value: 1, source: "WLDGrant.sol", doc: "grant as a multiple of the table's" }),
      start: actionParam(world, "release", { doc: "release at the start" }),
      least: actionParam(world, "release", { value: 0, source: "edge of the action band", doc: "least release" }),
      most: actionParam(world, "release", { value: 1e9, source: "edge of the action band", doc: "most release" }),
      burnShare: actionParam(world, "burnShare", { doc: "share of protocol fees burned" }),
    },
    tunable: ["cap", "speed", "grant", "burnShare"],
    uses: { clamp },
    reads: ["netIssuance", "treasury"],
    writes: ["grant", "release", "burnShare"],
    functions: {
      start(c, p) {
        c.release = p.start;
      },
      act(c, o, p, a, u) {
        const gap = (p.cap - o.netIssuance) / Math.max(o.treasury, 0.05);
        c.release = u.clamp(c.release + p.speed * gap, p.least, p.most, c.release);
        a.grant = p.grant;
        a.release = c.release;
        a.burnShare = p.burnShare;
      },
    },
  });
}
