import type { World } from "../../env/world.js";
import { actionField } from "./define-rule.js";
import { hold } from "./hold.js";
import type { Rule } from "./rule.js";

/** Bittensor as it is: all that the schedule allows, shares by moving price, chain buys with what is left over. */
export function taoProtocol(world: World): Rule {
  const doc = "Bittensor's own rule: full emission by the chain's shares; nothing recycled, nothing burned";
  const source = "opentensor/subtensor coinbase: no such control, all at the protocol's values";
  const identity = { id: "tao-protocol", doc, source, tunable: false };
  actionField(world, "recycleShare");
  return hold(world, identity, (_role, { start }) => start);
}
