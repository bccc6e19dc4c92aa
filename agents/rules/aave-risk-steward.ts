import { clamp } from "../../compiler/primitives.js";
import { stewardMove } from "../../env/mechanisms/risk-steward.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, defineRule, stepDays } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "aave-v3-risk-stewards, caps of the automated steward";

/**
 * Aave's risk steward: whoever decides, a parameter changes at most every few days and by at most a share of itself. What it wants is
 * ours: less issuance the further the price is below its peak.
 */
export function aaveRiskSteward(world: World): Rule {
  return defineRule(world, {
    id: "aave-risk-steward",
    doc: "issuance falls with the drawdown of the price, at most every few days and by a limited share; all else held",
    state: {
      issuance: { unit: "1/year", doc: "issuance in force" },
      waited: { unit: "day", doc: "days since the last change", scale: 3 },
    },
    params: {
      start: actionParam(world, "issuance", { doc: "issuance at the start" }),
      calm: actionParam(world, "issuance", { doc: "issuance wanted at the peak of the price" }),
      gain: {
        value: 0.5,
        low: -2,
        high: 4,
        unit: "1",
        source: "assumption",
        doc: "share of issuance that goes with each unit of log drawdown",
      },
      delay: { value: 3, low: 1, high: 30, unit: "day", source: SOURCE, doc: "days between two changes" },
      change: { value: 0.3, low: 0.01, high: 1, unit: "1", source: SOURCE, doc: "largest change, of the value in force" },
      ...bandEdges(world, "issuance"),
      stepDays: stepDays(world),
    },
    tunable: ["start", "calm", "gain", "delay", "change"],
    uses: { clamp, stewardMove },
    reads: ["drawdown"],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.issuance = p.start;
        c.waited = p.delay;
      },
      act(c, o, p, a, u) {
        const wanted = p.calm * Math.exp(-p.gain * u.clamp(o.drawdown, 0, 10, 0));
        const moved = u.stewardMove(c.issuance, u.clamp(wanted, p.low, p.high), p.change * c.issuance, u);
        const free = c.waited > p.delay - 0.5 * p.stepDays;
        const next = free ? u.clamp(moved, p.low, p.high) : c.issuance;
        c.waited = next === c.issuance ? c.waited + p.stepDays : p.stepDays;
        // Longer waits all mean the same.
        c.waited = Math.min(c.waited, p.delay + p.stepDays);
        c.issuance = next;
        a.issuance = next;
      },
    },
  });
}
