import type { World } from "../../env/world.js";
import { hold } from "./hold.js";
import type { Rule } from "./rule.js";

/** The best that a rule can do without looking: every action fixed; tuning finds the values. */
export function constant(world: World): Rule {
  const doc = "holds every action at a fixed value; starts from the values in force";
  const identity = { id: "constant", doc, source: `start value of ${world.id}`, tunable: true };
  return hold(world, identity, (_, { start }) => start);
}
