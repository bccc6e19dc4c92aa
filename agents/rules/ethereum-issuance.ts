import { clamp } from "../../compiler/primitives.js";
import { ethereumRate } from "../../env/mechanisms/ethereum-issuance.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/** Ethereum's issuance: it grows with the square root of what is staked, so the yield of each staker falls as others join. */
export function ethereumIssuance(world: World): Rule {
  return defineRule(world, {
    id: "ethereum-issuance",
    doc: "issuance follows the root of the bonded share; all else held",
    state: {},
    params: {
      scale: {
        value: 166.3 / Math.sqrt(120.5e6),
        low: 0.005,
        high: 0.5,
        unit: "1/year",
        source: "Ethereum: 166.3 ETH a year times the root of the ETH staked; assumption: 120.5 M ETH in issue",
        doc: "issuance if everything were staked",
      },
      blind: actionParam(world, "issuance", { doc: "issuance while the bonded share is unreadable" }),
      ...bandEdges(world, "issuance"),
    },
    tunable: ["scale"],
    uses: { clamp, ethereumRate },
    reads: ["bondedRatio"],
    writes: ["issuance"],
    functions: {
      start() {},
      act(_c, o, p, a, u) {
        const bonded = u.clamp(o.bondedRatio, 0, 1, -1);
        const rate = u.clamp(u.ethereumRate(bonded, p.scale), p.low, p.high);
        a.issuance = bonded < 0 ? p.blind : rate;
      },
    },
  });
}
