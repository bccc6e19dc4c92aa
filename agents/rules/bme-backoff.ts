import { clamp } from "../../compiler/primitives.js";
import { backOffBlocks, mintHalted } from "../../env/mechanisms/burn-mint.js";
import type { World } from "../../env/world.js";
import { actionParam, bandEdges, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const CODE = "akash-network/node x/bme";

/**
 * Back-off and breaker of Akash's burn-mint vault, put on issuance: as the collateral ratio falls below 0.95 a mint epoch gets longer
 * by 10 % for each 0.1 %, at 0.90 minting halts, at 0.93 it goes on. On chain they hold back the minting of credits.
 */
export function bmeBackoff(world: World): Rule {
  const threshold = (value: number, source: string, doc: string) => ({ value, low: 0.5, high: 2.2, unit: "1", source, doc });
  return defineRule(world, {
    id: "bme-backoff",
    doc: "issuance divided by the back-off of the burn-mint vault, least while its breaker halts; all else held",
    state: { halted: { unit: "1", doc: "1 while minting is halted" } },
    params: {
      start: actionParam(world, "issuance", { doc: "issuance while the vault is healthy" }),
      warn: threshold(0.95, CODE, "collateral ratio below which epochs get longer"),
      halt: threshold(0.9, CODE, "collateral ratio at and below which minting halts"),
      restart: threshold(0.93, "AEP-76 draft", "collateral ratio at which it goes on"),
      ...bandEdges(world, "issuance"),
    },
    tunable: ["start", "warn", "halt", "restart"],
    uses: { clamp, backOffBlocks, mintHalted },
    reads: ["collateralRatio"],
    writes: ["issuance"],
    functions: {
      start(c) {
        c.halted = 0;
      },
      act(c, o, p, a, u) {
        // An unreadable ratio counts as 0: without an oracle both directions stop.
        const ratio = u.clamp(o.collateralRatio, 0, 3, 0);
        c.halted = u.mintHalted(c.halted, ratio, p.halt, p.restart);
        const factor = 10 / u.backOffBlocks(9500 + 10_000 * (ratio - p.warn));
        a.issuance = c.halted > 0.5 ? p.low : u.clamp(p.start * factor, p.low, p.high);
      },
    },
  });
}
