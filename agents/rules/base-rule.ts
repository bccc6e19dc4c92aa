import type { World } from "../../env/world.js";
import type { BaseRule } from "../policy/structure.js";
import { makeRule } from "./registry.js";
import type { Rule } from "./rule.js";
import { withParams } from "./rule-values.js";

/**
 * The rule that a policy with structure adds its output to.
 * @throws UserError where it is no rule of `world` or a value is none of its parameters
 */
export function makeBaseRule({ rule, values }: BaseRule, world: World): Rule {
  return withParams(makeRule(rule, world), values);
}
