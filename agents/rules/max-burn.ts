import type { World } from "../../env/world.js";
import { actionField } from "./define-rule.js";
import { hold } from "./hold.js";
import type { Rule } from "./rule.js";

/** Degenerate on purpose: an objective that this rule wins rewards burning, not a working network. */
export function maxBurn(world: World): Rule {
  const doc = "degenerate: lowest issuance, highest fee, all of it burned, all else left where it is";
  const identity = { id: "max-burn", doc, source: "edge of the action band", tunable: false };
  actionField(world, "burnShare");
  return hold(world, identity, (role, { low, high, start }) => (role === undefined ? start : role === "issuance" ? low : high));
}
