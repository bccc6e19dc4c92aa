import { clamp } from "../../compiler/primitives.js";
import { MINT_PERIOD_CAP, MINT_PERIOD_DAYS } from "../../env/mechanisms/inflation-cap.js";
import type { World } from "../../env/world.js";
import { bandEdges, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "worldcoin-token WLD.sol";

/** WLD after its fifteen years: all that the contract allows, 0.124 % of the supply at the start of each period of 30.4 days. */
export function wldMintCap(world: World): Rule {
  return defineRule(world, {
    id: "wld-mint-cap",
    doc: "issues what WLD's cap allows, a share of each period's first supply, evenly; all else held",
    state: {
      grown: { unit: "1", doc: "supply over that at the start of the period" },
      left: { unit: "year", doc: "what is left of the period", scale: 0.1 },
    },
    params: {
      cap: { value: MINT_PERIOD_CAP, low: 0, high: 0.02, unit: "1", source: SOURCE, doc: "growth allowed in a period" },
      period: {
        value: MINT_PERIOD_DAYS / 365,
        low: 0.01,
        high: 1,
        unit: "year",
        source: SOURCE,
        doc: "length of a period",
      },
      ...bandEdges(world, "issuance"),
      step: controlStep(world),
    },
    tunable: ["cap"],
    uses: { clamp },
    reads: ["netIssuance"],
    writes: ["issuance"],
    functions: {
      start(c, p) {
        c.grown = 1;
        c.left = p.period;
      },
      act(c, o, p, a, u) {
        const rate = u.clamp(p.cap / p.period / c.grown, p.low, p.high);
        a.issuance = rate;
        c.grown = u.clamp(c.grown * (1 + u.clamp(o.netIssuance, -p.high, p.high, rate) * p.step), 0.5, 2);
        c.left -= p.step;
        const over = c.left < 0.5 * p.step;
        c.grown = over ? 1 : c.grown;
        c.left = over ? c.left + p.period : c.left;
      },
    },
  });
}
