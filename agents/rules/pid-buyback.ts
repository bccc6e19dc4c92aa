import { clamp } from "../../compiler/primitives.js";
import { buybackStep } from "../../env/mechanisms/pid-buyback.js";
import type { ParamSpec, World } from "../../env/world.js";
import { bandEdges, defineRule, stepDays } from "./define-rule.js";
import type { Rule } from "./rule.js";

const IDEA = "arXiv 2601.09961 (abstract); value: assumption";

/**
 * A treasury that buys back and burns by PID on the price against its own slow mean, and never touches what it owes. It keeps its own
 * books: income is what users pay, costs are a share of normal income, both in days of normal income.
 */
export function pidBuyback(world: World): Rule {
  const tuned = (value: number, low: number, high: number, unit: string, doc: string): ParamSpec => ({
    value,
    low,
    high,
    unit,
    source: IDEA,
    doc,
  });
  return defineRule(world, {
    id: "pid-buyback",
    doc: "the burn share buys back by PID while the price is below its slow mean and the treasury stays solvent; all else held",
    state: {
      logPrice: { unit: "1", doc: "log of the price over that of the start" },
      target: { unit: "1", doc: "slow mean of it" },
      reserve: { unit: "day", doc: "treasury, in days of normal income", scale: 30 },
      last: { unit: "1", doc: "error of the step before" },
      integral: { unit: "day", doc: "integral of the error" },
    },
    params: {
      kp: tuned(2, 0, 20, "1", "proportional gain: share of income per share that the price is below its target"),
      ki: tuned(0.01, 0, 1, "1/day", "integral gain"),
      kd: tuned(0, -20, 20, "day", "derivative gain"),
      memory: tuned(0.02, 0.002, 0.2, "1/day", "weight of a day in the slow mean of the price"),
      costs: tuned(0.3, 0, 1, "1", "costs as a share of normal income"),
      cover: tuned(30, 0, 180, "day", "days of normal income that are owed to others and stay untouched"),
      reserve: tuned(60, 0, 365, "day", "treasury at the start"),
      ...bandEdges(world, "burnShare"),
      stepDays: stepDays(world),
    },
    tunable: ["kp", "ki", "kd", "memory", "costs", "cover", "reserve"],
    uses: { clamp, buybackStep },
    reads: ["priceChange", "usage"],
    writes: ["burnShare"],
    functions: {
      start(c, p) {
        c.logPrice = 0;
        c.target = 0;
        c.reserve = p.reserve;
        c.last = 0;
        c.integral = 0 * p.stepDays;
      },
      act(c, o, p, a, u) {
        c.logPrice = u.clamp(c.logPrice + u.clamp(o.priceChange, -2, 2, 0), -20, 20, 0);
        c.target += p.memory * p.stepDays * (c.logPrice - c.target);
        const error = 1 - Math.exp(u.clamp(c.logPrice - c.target, -5, 1));
        const income = Math.exp(u.clamp(o.usage, -10, 5, -10)) * p.stepDays;
        const held = c.reserve + income - p.costs * p.stepDays;
        const state = { error, last: c.last, integral: c.integral, budget: income, free: held - p.cover };
        const moved = u.buybackStep(state, { kp: p.kp, ki: p.ki, kd: p.kd, step: p.stepDays });
        c.last = error;
        c.integral = u.clamp(moved.integral, -1000, 1000, 0);
        const share = u.clamp(moved.spend / income, p.low, p.high);
        c.reserve = u.clamp(held - share * income, 0, 10_000);
        a.burnShare = share;
      },
    },
  });
}
