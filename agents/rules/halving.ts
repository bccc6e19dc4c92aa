import { halvingReward } from "../../env/mechanisms/halving.js";
import type { World } from "../../env/world.js";
import { actionParam, defineRule, stepDays } from "./define-rule.js";
import type { Rule } from "./rule.js";

/** Bitcoin's schedule: issuance halves at fixed dates, whatever happens. All else stays put. */
export function halving(world: World): Rule {
  return defineRule(world, {
    id: "halving",
    doc: "issuance halves every so many days, down to a floor; all else held",
    state: { day: { unit: "day", doc: "days since the start" } },
    params: {
      start: actionParam(world, "issuance", { doc: "issuance before the first halving" }),
      interval: {
        value: 180,
        low: 30,
        high: 1461,
        unit: "day",
        source: "assumption: Bitcoin's 210,000 blocks are 1,458 days, longer than an episode",
        doc: "days between halvings",
      },
      floor: actionParam(world, "issuance", { value: 0.01, source: "edge of the action band", doc: "lowest issuance" }),
      stepDays: stepDays(world),
    },
    tunable: ["start", "interval", "floor"],
    uses: { halvingReward },
    reads: [],
    writes: ["issuance"],
    functions: {
      start(c) {
        c.day = 0;
      },
      act(c, _o, p, a, u) {
        a.issuance = Math.max(p.floor, u.halvingReward(p.start, c.day, p.interval));
        c.day += p.stepDays;
      },
    },
  });
}
