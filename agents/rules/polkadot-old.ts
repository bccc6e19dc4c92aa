import { clamp } from "../../compiler/primitives.js";
import { rewardCurve } from "../../env/mechanisms/polkadot-inflation.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const CURVE = "polkadot-sdk reward-fn; value unverified";

/** Polkadot until 2024: issuance peaks where the ideal share is staked and falls off steeply beyond it. */
export function polkadotOld(world: World): Rule {
  const share = (value: number, low: number, high: number, doc: string) => ({
    value,
    low,
    high,
    unit: "1",
    source: CURVE,
    doc,
  });
  return defineRule(world, {
    id: "polkadot-old",
    doc: "issuance by Polkadot's old reward curve on the bonded share; all else held",
    state: {},
    params: {
      min: actionParam(world, "issuance", { value: 0.025, source: CURVE, doc: "issuance where nothing is staked" }),
      max: actionParam(world, "issuance", { value: 0.1, source: CURVE, doc: "issuance at the ideal share" }),
      ideal: share(0.6, 0.2, 0.95, "ideal bonded share"),
      falloff: share(0.05, 0.01, 0.5, "excess over the ideal that halves the reward"),
      blind: actionParam(world, "issuance", { doc: "issuance while the bonded share is unreadable" }),
      ...bandEdges(world, "issuance"),
    },
    tunable: ["min", "max", "ideal", "falloff"],
    uses: { clamp, rewardCurve },
    reads: ["bondedRatio"],
    writes: ["issuance"],
    functions: {
      start() {},
      act(_c, o, p, a, u) {
        const bonded = u.clamp(o.bondedRatio, 0, 1, -1);
        const rate = p.min + (p.max - p.min) * u.rewardCurve(Math.max(0, bonded), p.ideal, p.falloff);
        a.issuance = bonded < 0 ? p.blind : u.clamp(rate, p.low, p.high);
      },
    },
  });
}
