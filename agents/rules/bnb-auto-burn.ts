import { clamp } from "../../compiler/primitives.js";
import { autoBurnFactor } from "../../env/mechanisms/bnb-auto-burn.js";
import type { World } from "../../env/world.js";
import { actionField, actionParam, bandEdges, defineRule, stepDays } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "BNB auto-burn";

/**
 * BNB's auto-burn: each quarter burns less the higher its mean price was, by 1 / (price + K). Here the curve moves the burned share of
 * fees; the real burn comes out of the issuer's own holding.
 */
export function bnbAutoBurn(world: World): Rule {
  const { start, low, high } = actionField(world, "burnShare");
  return defineRule(world, {
    id: "bnb-auto-burn",
    doc: "each quarter's burn share falls with the mean price of the quarter before; all else held",
    state: {
      logPrice: { unit: "1", doc: "log of the price over that of the start" },
      sum: { unit: "day", doc: "price over that of the start, times days of this quarter", scale: 30 },
      days: { unit: "day", doc: "days of this quarter", scale: 30 },
      share: { unit: "1", doc: "burn share in force" },
    },
    params: {
      base: actionParam(world, "burnShare", {
        value: start > low ? start : (low + high) / 2,
        source: `start value of ${world.id}, or the middle of its band where that is none`,
        doc: "burn share at the price of the start",
      }),
      k: {
        value: 1000 / 600,
        low: 0.05,
        high: 20,
        unit: "1",
        source: `${SOURCE}: K = 1000 at a price of about 600`,
        doc: "K over the price of the start",
      },
      quarter: { value: 91, low: 7, high: 365, unit: "day", source: SOURCE, doc: "days between decisions" },
      ...bandEdges(world, "burnShare"),
      stepDays: stepDays(world),
    },
    tunable: ["base", "k", "quarter"],
    uses: { clamp, autoBurnFactor },
    reads: ["priceChange"],
    writes: ["burnShare"],
    functions: {
      start(c, p) {
        c.logPrice = 0;
        c.sum = 0 * p.stepDays;
        c.days = 0 * p.stepDays;
        c.share = p.base;
      },
      act(c, o, p, a, u) {
        c.logPrice = u.clamp(c.logPrice + u.clamp(o.priceChange, -2, 2, 0), -20, 20, 0);
        c.sum += Math.exp(c.logPrice) * p.stepDays;
        c.days += p.stepDays;
        const over = c.days > p.quarter - 0.5 * p.stepDays;
        const next = u.clamp(p.base * u.autoBurnFactor(c.sum / c.days, 1, p.k), p.low, p.high);
        c.share = over ? next : c.share;
        c.sum = over ? 0 : c.sum;
        c.days = over ? 0 : c.days;
        a.burnShare = c.share;
      },
    },
  });
}
