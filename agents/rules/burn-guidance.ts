import { clamp } from "../../compiler/primitives.js";
import { guidedReward } from "../../env/mechanisms/node-guidance.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, defineRule, stepDays } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "RNP-020 (voted down)";

/**
 * The forward guidance of Render's RNP-020 for any economy, without its count of nodes and hours: once a quarter, emission moves towards last quarter's burns times their growth times a node factor, in
 * steps that may grow while the direction stays. Burns are its own issuance less what the supply shows.
 */
export function burnGuidance(world: World): Rule {
  return defineRule(world, {
    id: "burn-guidance",
    doc: "each quarter issuance moves towards the burns of the quarter before, with a dead band and a growing step; all else held",
    state: {
      reward: { unit: "1/year", doc: "issuance in force" },
      sum: { unit: "day/year", doc: "burns of this quarter times days", scale: 3 },
      days: { unit: "day", doc: "days of this quarter", scale: 30 },
      before: { unit: "1/year", doc: "burns of the quarter before, 0 in the first" },
      cap: { unit: "1", doc: "largest share by which the next move may change it" },
      direction: { unit: "1", doc: "direction of the last move" },
    },
    params: {
      start: actionParam(world, "issuance", { doc: "issuance at the start" }),
      nodes: { value: 1.576, low: 0.2, high: 10, unit: "1", source: SOURCE, doc: "node factor" },
      quarter: { value: 91, low: 7, high: 365, unit: "day", source: SOURCE, doc: "days between decisions" },
      none: { value: 0, low: 0, high: 0, unit: "1/year", source: "definition", doc: "no burns" },
      ...bandEdges(world, "issuance"),
      stepDays: stepDays(world),
    },
    tunable: ["start", "nodes", "quarter"],
    uses: { clamp, guidedReward },
    reads: ["netIssuance"],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.reward = p.start;
        c.sum = p.none * p.stepDays;
        c.days = 0 * p.stepDays;
        c.before = p.none;
        c.cap = 0.1;
        c.direction = 0;
      },
      act(c, o, p, a, u) {
        const burned = Math.max(p.none, c.reward - u.clamp(o.netIssuance, -p.high, c.reward, c.reward));
        c.sum += burned * p.stepDays;
        c.days += p.stepDays;
        const over = c.days > p.quarter - 0.5 * p.stepDays;
        const burns = c.sum / c.days;
        // Growth counts from the second quarter on; twice as much is the most that is believed.
        const growth = c.before > p.none ? u.clamp(burns / c.before, 0, 2, 1) : 1;
        const guided = u.guidedReward(c.reward, burns * growth * p.nodes, c.cap, c.direction, u);
        c.reward = over ? u.clamp(guided.reward, p.low, p.high) : c.reward;
        c.cap = over ? guided.cap : c.cap;
        c.direction = over ? guided.direction : c.direction;
        c.before = over ? burns : c.before;
        c.sum = over ? p.none * p.stepDays : c.sum;
        c.days = over ? 0 : c.days;
        a.issuance = c.reward;
      },
    },
  });
}
