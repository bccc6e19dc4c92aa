import { clamp } from "../../compiler/primitives.js";
import { decayedRate } from "../../env/mechanisms/akash-decay.js";
import { effectiveYears } from "../../env/mechanisms/filecoin-reward.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "specs-actors reward";

/**
 * Filecoin's minting: 30 % decays by the clock, 70 % by an effective time that goes on only as fast as the network's use keeps up with
 * a growing baseline. A network that lags mints less and keeps it for later. Use is what users pay; Filecoin counts storage.
 */
export function filecoinBaseline(world: World): Rule {
  return defineRule(world, {
    id: "filecoin-baseline",
    doc: "issuance decays with an effective time that stalls while usage is below a growing baseline; all else held",
    state: {
      years: { unit: "1", doc: "years since the start" },
      cumulated: { unit: "1", doc: "sum of min(usage, baseline), in years of the first baseline" },
      effective: { unit: "1", doc: "effective time, years" },
    },
    params: filecoinBaselineParams(world),
    tunable: ["start", "simple", "halfLife", "growth", "meets"],
    uses: { clamp, decayedRate, effectiveYears },
    reads: ["usage"],
    writes: ["issuance"],
    functions: {
      start(c) {
        c.years = 0;
        c.cumulated = 0;
        c.effective = 0;
      },
      act(c, o, p, a, u) {
        const step = p.step / p.year;
        const power = p.meets * Math.exp(u.clamp(o.usage, -10, 5, -10));
        c.cumulated += Math.min(power, Math.exp(p.growth * c.years)) * step;
        const effective = u.effectiveYears(c.cumulated, p.growth);
        // What the passing of effective time mints, over a step of the clock.
        const speed = u.clamp((effective - c.effective) / step, 0, 1);
        const byUse = speed * u.decayedRate(p.start, p.halfLife, effective);
        const byClock = u.decayedRate(p.start, p.halfLife, c.years);
        a.issuance = u.clamp(p.simple * byClock + (1 - p.simple) * byUse, p.low, p.high);
        c.years += step;
        c.effective = effective;
      },
    },
  });
}

function filecoinBaselineParams(world: World) {
  const one = { low: 1, high: 1, value: 1, source: "definition" };
  return {
    start: actionParam(world, "issuance", { doc: "issuance at the start, while usage meets the baseline" }),
    simple: { value: 0.3, low: 0, high: 1, unit: "1", source: SOURCE, doc: "share of issuance that decays by the clock" },
    halfLife: { value: 6, low: 0.25, high: 20, unit: "1", source: SOURCE, doc: "years until issuance halves" },
    growth: {
      value: Math.LN2,
      low: 0.01,
      high: 1.5,
      unit: "1",
      source: `${SOURCE}: doubles in a year`,
      doc: "growth of the baseline in a year, as a logarithm",
    },
    meets: {
      value: 1,
      low: 0.2,
      high: 5,
      unit: "1",
      source: "assumption",
      doc: "usage at its reference, over the baseline at the start",
    },
    year: { ...one, unit: "year", doc: "one year" },
    ...bandEdges(world, "issuance"),
    step: controlStep(world),
  };
}
