import type { World } from "../../env/world.js";
import { actionParam, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

/**
 * What Worldcoin runs: the grant is the on-chain table's, whatever happens; release and burn share are fixed by the foundation. Source:
 * worldcoin-grants-contracts `src/WLDGrant.sol`; there is no burn in the protocol.
 */
export function wldTable(world: World): Rule {
  const table = { value: 1, low: 1, high: 1, source: "WLDGrant.sol", doc: "grant as a multiple of the table's" };
  return defineRule(world, {
    id: "wld-table",
    doc: "the grant table as it is in force; release and burn share fixed",
    state: {},
    params: {
      grant: actionParam(world, "grant", table),
      release: actionParam(world, "release", { doc: "share of the treasury released in a year" }),
      burnShare: actionParam(world, "burnShare", { doc: "share of protocol fees burned" }),
    },
    tunable: ["release", "burnShare"],
    uses: {},
    reads: [],
    writes: ["grant", "release", "burnShare"],
    functions: {
      start() {},
      act(_c, _o, p, a) {
        a.grant = p.grant;
        a.release = p.release;
        a.burnShare = p.burnShare;
      },
    },
  });
}
