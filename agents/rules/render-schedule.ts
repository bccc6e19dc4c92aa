import { RENDER_DAMPING, renderDamping } from "../../env/mechanisms/render-schedule.js";
import type { World } from "../../env/world.js";
import { actionParam, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/**
 * What Render runs: a fixed emission by the year of the schedule, 95 % of payments burned, list prices without a demand fee. What the
 * scheduler does is not public; its weights stay where they are.
 */
export function renderSchedule(world: World): Rule {
  return defineRule(world, {
    id: "render-schedule",
    doc: "emission by the year schedule with its damping, 95 % of payments burned, no demand fee",
    state: { years: { unit: "year", doc: "years since the start" } },
    params: {
      start: actionParam(world, "issuance", { doc: "emission of a launch year" }),
      firstYear: {
        value: 3,
        low: 1,
        high: 100,
        unit: "1",
        source: "RNP-022: 2026 is year 3",
        doc: "year of the schedule at the start; from the sixth on each year is damped",
      },
      damping: {
        value: RENDER_DAMPING,
        low: 0.5,
        high: 1,
        unit: "1",
        source: "RNP-001",
        doc: "emission of a year over the year before",
      },
      burnShare: actionParam(world, "burnShare", {
        value: 0.95,
        source: "RNP-006: all but a fee of 5 %",
        doc: "burn share, fixed",
      }),
      fee: actionParam(world, "fee", { value: 0, source: "list prices are fixed by tier", doc: "demand fee, fixed" }),
      weightPrice: actionParam(world, "weightPrice", { doc: "weight of price, fixed" }),
      weightLatency: actionParam(world, "weightLatency", { doc: "weight of waiting time, fixed" }),
      weightReliability: actionParam(world, "weightReliability", { doc: "weight of reliability, fixed" }),
      step: controlStep(world),
      year: { value: 1, low: 1, high: 1, unit: "year", source: "definition", doc: "a year" },
    },
    tunable: ["start", "burnShare", "fee", "weightPrice", "weightLatency", "weightReliability"],
    uses: { renderDamping },
    reads: [],
    writes: ["issuance", "burnShare", "fee", "weightPrice", "weightLatency", "weightReliability"],
    functions: {
      start(c) {
        c.years = 0;
      },
      act(c, _o, p, a, u) {
        a.issuance = p.start * u.renderDamping(p.firstYear + c.years / p.year, p.damping);
        a.burnShare = p.burnShare;
        a.fee = p.fee;
        a.weightPrice = p.weightPrice;
        a.weightLatency = p.weightLatency;
        a.weightReliability = p.weightReliability;
        c.years = c.years + p.step;
      },
    },
  });
}
