import { clamp } from "../../compiler/primitives.js";
import type { World } from "../../env/world.js";
import { actionParam, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const own = (value: number, low: number, high: number, unit: string, doc: string) => ({
  value,
  low,
  high,
  unit,
  source: "assumption",
  doc,
});

/**
 * A treasury that thinks in dollars: the grant follows a dollar value through a mean of the price, less is released while the price is
 * down, and fees are burned while the treasury is rich. Nobody runs it; it is the simple feedback that the table does not have.
 */
export function wldTreasury(world: World): Rule {
  return defineRule(world, {
    id: "wld-treasury",
    doc: "grant of a fixed dollar value, release that leans on trend and drawdown, burn while the treasury is rich",
    state: { value: { unit: "USD/human", doc: "slow mean of the table grant in dollars" } },
    params: {
      dollars: own(1.3, 0.2, 6, "USD/human", "monthly grant aimed at"),
      memory: own(0.13, 0.005, 1, "1", "weight of a step in the mean"),
      release: actionParam(world, "release", { doc: "share of the treasury released in a year when nothing trends" }),
      trendGain: own(0, -40, 40, "day/year", "release added per unit of daily trend"),
      drawdownGain: own(0.02, -0.5, 0.5, "1/year", "release withheld per unit of log drawdown"),
      releaseLeast: actionParam(world, "release", { value: 0, source: "edge of the action band", doc: "least release" }),
      releaseMost: actionParam(world, "release", { value: 1e9, source: "edge of the action band", doc: "most release" }),
      grantLeast: actionParam(world, "grant", { value: 0, source: "edge of the action band", doc: "least grant" }),
      grantMost: actionParam(world, "grant", { value: 1e9, source: "edge of the action band", doc: "most grant" }),
      rich: own(0.1, 0, 2, "1", "treasury over circulating supply from which on fees are burned"),
      burnRich: actionParam(world, "burnShare", { value: 0.65, source: "assumption", doc: "burn share of a rich treasury" }),
      burnPoor: actionParam(world, "burnShare", { value: 0, source: "assumption", doc: "burn share of a poor treasury" }),
    },
    tunable: ["dollars", "memory", "release", "trendGain", "drawdownGain", "rich", "burnRich", "burnPoor"],
    uses: { clamp },
    reads: ["grantValue", "trend", "drawdown", "treasury"],
    writes: ["grant", "release", "burnShare"],
    functions: {
      start(c, p) {
        c.value = p.dollars;
      },
      act(c, o, p, a, u) {
        const seen = u.clamp(o.grantValue, 0, 100, c.value);
        c.value = c.value + p.memory * (seen - c.value);
        a.grant = u.clamp(p.dollars / Math.max(c.value, 0.001), p.grantLeast, p.grantMost);
        const leaning = p.release + p.trendGain * o.trend - p.drawdownGain * o.drawdown;
        a.release = u.clamp(leaning, p.releaseLeast, p.releaseMost, p.release);
        a.burnShare = o.treasury > p.rich ? p.burnRich : p.burnPoor;
      },
    },
  });
}
