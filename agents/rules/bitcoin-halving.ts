import { halvingReward } from "../../env/mechanisms/halving.js";
import type { World } from "../../env/world.js";
import { actionParam, defineRule, stepDays } from "./define-rule.js";
import type { Rule } from "./rule.js";

/** Bitcoin's own schedule: issuance halves every 210,000 blocks, four years less three days, whatever happens. */
export function bitcoinHalving(world: World): Rule {
  return defineRule(world, {
    id: "bitcoin-halving",
    doc: "issuance halves every 1,458 days, down to a floor; all else held",
    state: { age: { unit: "day", doc: "days since the last halving before the start", scale: 1000 } },
    params: {
      start: actionParam(world, "issuance", { doc: "issuance at the start" }),
      interval: {
        value: 210_000 / 144,
        low: 210_000 / 144,
        high: 210_000 / 144,
        unit: "day",
        source: "Bitcoin: 210,000 blocks of 10 minutes",
        doc: "days between halvings",
      },
      age: {
        value: 1276,
        low: 0,
        high: 1458,
        unit: "day",
        source: "assumption: puts a halving into the middle of a year",
        doc: "days since the last halving, at the start",
      },
      floor: actionParam(world, "issuance", { value: 0, source: "edge of the action band", doc: "lowest issuance" }),
      stepDays: stepDays(world),
    },
    tunable: ["start", "age", "floor"],
    uses: { halvingReward },
    reads: [],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.age = p.age;
      },
      act(c, _o, p, a, u) {
        a.issuance = Math.max(p.floor, u.halvingReward(p.start, c.age, p.interval));
        c.age += p.stepDays;
      },
    },
  });
}
