import { clamp } from "../../compiler/primitives.js";
import { GRANT_CONSTANTS, tableGrant } from "../../env/mechanisms/grants.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, defineRule, stepDays } from "./define-rule.js";
import type { Rule } from "./rule.js";

/** Worldcoin's grants: a table written into the contract in 2024, whatever happens. Here its shape is that of issuance. */
export function wldGrants(world: World): Rule {
  return defineRule(world, {
    id: "wld-grants",
    doc: "issuance falls month by month as the grant table does; all else held",
    state: { days: { unit: "day", doc: "days since the table's first month", scale: 1000 } },
    params: {
      start: actionParam(world, "issuance", { doc: "issuance at the start" }),
      month: {
        value: 17,
        low: 0,
        high: 49,
        unit: "1",
        source: "assumption: January 2026",
        doc: "months of the table that have passed at the start",
      },
      monthDays: { value: 365.25 / 12, low: 30, high: 31, unit: "day", source: "definition", doc: "length of a month" },
      after: {
        value: 0.37,
        low: 0,
        high: 6.18,
        unit: "1",
        source: "assumption: the last grant goes on; the contract pays nothing",
        doc: "grant beyond the table, WLD",
      },
      ...bandEdges(world, "issuance"),
      stepDays: stepDays(world),
    },
    tunable: ["start", "month"],
    uses: { clamp, tableGrant, ...GRANT_CONSTANTS, DAY: 1 },
    reads: [],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.days = (Math.floor(p.month) + 0.01) * p.monthDays;
      },
      act(c, _o, p, a, u) {
        const first = u.tableGrant(Math.floor(p.month), p.after, u);
        const now = u.tableGrant(Math.floor(c.days / p.monthDays), p.after, u);
        a.issuance = u.clamp((p.start * now) / first, p.low, p.high);
        c.days += p.stepDays;
      },
    },
  });
}
