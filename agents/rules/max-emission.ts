import type { World } from "../../env/world.js";
import type { Rule } from "../controller.js";
import { hold } from "./hold.js";

/** Degenerate on purpose: an objective that this rule wins rewards printing. */
export function maxEmission(world: World): Rule {
  const doc = "degenerate: highest issuance, no burn, fee left where it is";
  const identity = { id: "max-emission", doc, economies: ["akash"], source: "edge of the action band", tunable: false };
  return hold(world, identity, (name, field) => (name === "issuance" ? field.high : name === "fee" ? field.start : field.low));
}
