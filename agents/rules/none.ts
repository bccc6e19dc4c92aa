import type { World } from "../../env/world.js";
import type { Rule } from "../controller.js";
import { hold } from "./hold.js";

/** Doing as little as the band allows: least issuance, no burn, the fee left where it is. */
export function none(world: World): Rule {
  const doc = "lowest issuance, no burn, fee left where it is";
  const identity = { id: "none", doc, economies: ["akash"], source: "lowest intervention the band allows", tunable: false };
  return hold(world, identity, (name, field) => (name === "fee" ? field.start : field.low));
}
