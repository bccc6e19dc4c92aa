import { clamp } from "../../compiler/primitives.js";
import type { World } from "../../env/world.js";
import { actionField, actionParam, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "EIP-1559";

/**
 * Base fee after one step of EIP-1559: up by at most `1/denominator` of itself when utilisation is above the target, down
 * by at most that when below. NaN leaves it unchanged.
 * Source: ethereum/EIPs EIPS/eip-1559.md, without its integer rounding.
 */
export function eip1559BaseFee(
  base: number,
  utilization: number,
  target: number,
  denominator: number,
  u: { readonly clamp: typeof clamp },
): number {
  return base * (1 + u.clamp((utilization - target) / target, -1, 1, 0) / denominator);
}

/** A base fee that is burned and follows utilisation, and a fixed tip that is not; all else stays put. */
export function eip1559Burn(world: World): Rule {
  const fee = actionField(world, "fee");
  return defineRule(world, {
    id: "eip1559-burn",
    doc: "the base fee moves with utilisation against its target by up to 1/8 and is burned, a fixed tip is not; all else held",
    state: { base: { unit: fee.unit, doc: "base fee" } },
    params: {
      start: actionParam(world, "fee", {
        value: fee.start / 2,
        low: 0.005,
        source: "assumption: half of the fee in force",
        doc: "base fee at the start",
      }),
      tip: actionParam(world, "fee", {
        value: fee.start / 2,
        low: 0.001,
        source: "assumption: half of the fee in force",
        doc: "part of the fee that is not burned",
      }),
      target: { value: 0.5, low: 0.3, high: 0.9, unit: "1", source: SOURCE, doc: "utilisation at which the base fee rests" },
      denominator: {
        value: 8,
        low: 8,
        high: 400,
        unit: "1",
        source: SOURCE,
        doc: "the base fee changes by at most 1/denominator in a step",
      },
      min: actionParam(world, "fee", {
        value: 0.005,
        low: 0.001,
        source: "assumption: a base fee of 0 could not rise again",
        doc: "lowest base fee",
      }),
      max: actionParam(world, "fee", {
        value: fee.high,
        low: 0.01,
        source: "edge of the action band",
        doc: "highest fee, tip included",
      }),
    },
    tunable: ["start", "tip", "target", "denominator", "min", "max"],
    uses: { clamp, eip1559BaseFee },
    reads: ["utilization"],
    writes: ["burnShare", "fee"],
    functions: {
      start(c, p, u) {
        c.base = u.clamp(p.start, p.min, p.max);
      },
      act(c, o, p, a, u) {
        c.base = u.clamp(u.eip1559BaseFee(c.base, o.utilization, p.target, p.denominator, u), p.min, p.max);
        a.fee = Math.min(c.base + p.tip, p.max);
        a.burnShare = c.base / (c.base + p.tip);
      },
    },
  });
}
