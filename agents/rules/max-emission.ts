import type { World } from "../../env/world.js";
import { actionField } from "./define-rule.js";
import { hold } from "./hold.js";
import type { Rule } from "./rule.js";

/** Degenerate on purpose: an objective that this rule wins rewards printing. */
export function maxEmission(world: World): Rule {
  const doc = "degenerate: highest issuance, no burn, all else left where it is";
  const identity = { id: "max-emission", doc, source: "edge of the action band", tunable: false };
  actionField(world, "issuance");
  return hold(world, identity, (role, { low, high, start }) =>
    role === "issuance" ? high : role === "burnShare" ? low : start,
  );
}
