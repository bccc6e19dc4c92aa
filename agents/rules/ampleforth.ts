import { clamp } from "../../compiler/primitives.js";
import { AMPLEFORTH, rebaseCurve } from "../../env/mechanisms/ampleforth-rebase.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/**
 * Ampleforth's rebase curve on the price against its target. A real rebase scales every balance by up to 7.7 % a day; here the curve
 * moves issuance and burn share within their bands: its upper limit is most issuance and least burn, its lower limit the reverse.
 */
export function ampleforth(world: World): Rule {
  const issuance = bandEdges(world, "issuance");
  const burn = bandEdges(world, "burnShare");
  return defineRule(world, {
    id: "ampleforth",
    doc: "issuance up and burn down while the price is above its target by 2.5 %, the reverse below; all else held",
    state: { logPrice: { unit: "1", doc: "log of the price over that of the start" } },
    params: {
      target: {
        value: 0,
        low: -2,
        high: 2,
        unit: "1",
        source: "assumption: the price of the start",
        doc: "log of the target over the price of the start",
      },
      strength: {
        value: 1,
        low: 0,
        high: 1,
        unit: "1",
        source: "definition",
        doc: "share of the way to the edge of the band that the curve's limit goes",
      },
      issuance: actionParam(world, "issuance", { doc: "issuance at the target" }),
      burnShare: actionParam(world, "burnShare", { doc: "burn share at the target" }),
      lowIssuance: issuance.low,
      highIssuance: issuance.high,
      lowBurn: burn.low,
      highBurn: burn.high,
    },
    tunable: ["target", "strength", "issuance", "burnShare"],
    uses: { clamp, rebaseCurve, AMPLEFORTH },
    reads: ["priceChange"],
    writes: ["issuance", "burnShare"],
    functions: {
      start(c) {
        c.logPrice = 0;
      },
      act(c, o, p, a, u) {
        c.logPrice = u.clamp(c.logPrice + u.clamp(o.priceChange, -2, 2, 0), -20, 20, 0);
        const change = u.rebaseCurve(Math.exp(c.logPrice - p.target), u);
        const up = (p.strength * Math.max(0, change)) / u.AMPLEFORTH.UP;
        const down = (p.strength * Math.max(0, -change)) / u.AMPLEFORTH.DOWN;
        const minted = p.issuance + up * (p.highIssuance - p.issuance) - down * (p.issuance - p.lowIssuance);
        const burned = p.burnShare + down * (p.highBurn - p.burnShare) - up * (p.burnShare - p.lowBurn);
        a.issuance = u.clamp(minted, p.lowIssuance, p.highIssuance);
        a.burnShare = u.clamp(burned, p.lowBurn, p.highBurn);
      },
    },
  });
}
