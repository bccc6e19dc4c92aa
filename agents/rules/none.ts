import type { World } from "../../env/world.js";
import { hold } from "./hold.js";
import type { Rule } from "./rule.js";

/** Doing as little as the band allows: least issuance, no burn, all else left where it is. */
export function none(world: World): Rule {
  const doc = "lowest issuance, no burn, all else left where it is";
  const identity = { id: "none", doc, source: "lowest intervention the band allows", tunable: false };
  return hold(world, identity, (role, { low, start }) => (role === "issuance" || role === "burnShare" ? low : start));
}
