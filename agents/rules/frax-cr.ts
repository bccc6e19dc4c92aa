import { clamp } from "../../compiler/primitives.js";
import { collateralStep } from "../../env/mechanisms/frax-collateral.js";
import type { World } from "../../env/world.js";
import { actionField, bandEdges, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "frax-solidity Frax.sol";

/**
 * Frax v1: a target collateral ratio that falls in small steps while the price is above its band and rises while it is below. Tokens
 * may be issued without backing to the extent that the ratio is below 1: here 1 is least issuance, 0 most.
 */
export function fraxCr(world: World): Rule {
  return defineRule(world, {
    id: "frax-cr",
    doc: "a collateral ratio walks against the price in steps; issuance is what it leaves unbacked; all else held",
    state: {
      ratio: { unit: "1", doc: "target collateral ratio" },
      logPrice: { unit: "1", doc: "log of the price over that of the start" },
    },
    params: fraxCrParams(world),
    tunable: ["ratio", "move", "width", "target"],
    uses: { clamp, collateralStep },
    reads: ["priceChange"],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.ratio = p.ratio;
        c.logPrice = 0;
      },
      act(c, o, p, a, u) {
        c.logPrice = u.clamp(c.logPrice + u.clamp(o.priceChange, -2, 2, 0), -20, 20, 0);
        c.ratio = u.collateralStep(c.ratio, Math.exp(c.logPrice - p.target), p.move, p.width);
        a.issuance = u.clamp(p.low + (1 - c.ratio) * (p.high - p.low), p.low, p.high);
      },
    },
  });
}

function fraxCrParams(world: World) {
  const { low, high, start } = actionField(world, "issuance");
  return {
    ratio: {
      value: 1 - (start - low) / (high - low),
      low: 0,
      high: 1,
      unit: "1",
      source: `start value of ${world.id}; Frax itself began at 1`,
      doc: "collateral ratio at the start",
    },
    move: {
      value: 24 * 0.0025,
      low: 0.0005,
      high: 0.06,
      unit: "1",
      source: `${SOURCE}: 0.25 points an hour`,
      doc: "change of the ratio in a control step",
    },
    width: {
      value: 0.005,
      low: 0.001,
      high: 0.3,
      unit: "1",
      source: SOURCE,
      doc: "distance of the price from its target that is tolerated",
    },
    target: {
      value: 0,
      low: -2,
      high: 2,
      unit: "1",
      source: "assumption: the price of the start",
      doc: "log of the target over the price of the start",
    },
    ...bandEdges(world, "issuance"),
  };
}
