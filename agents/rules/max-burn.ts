import type { World } from "../../env/world.js";
import type { Rule } from "../controller.js";
import { hold } from "./hold.js";

/** Degenerate on purpose: an objective that this rule wins rewards burning, not a working network. */
export function maxBurn(world: World): Rule {
  const doc = "degenerate: lowest issuance, highest fee, all of it burned";
  const identity = { id: "max-burn", doc, economies: ["akash"], source: "edge of the action band", tunable: false };
  return hold(world, identity, (name, field) => (name === "issuance" ? field.low : field.high));
}
