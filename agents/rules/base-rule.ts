import type { World } from "../../env/world.js";
import { makeRule } from "./registry.js";
import type { Rule } from "./rule.js";
import { withParams } from "./rule-values.js";

interface BaseRule {
  readonly rule: string;
  readonly values: Readonly<Record<string, number>>;
}

/**
 * The rule that a policy with structure adds its output to.
 * @param base its id, and values of some of its parameters
 * @throws UserError where it is no rule of `world` or a value is none of its parameters
 */
export function makeBaseRule({ rule, values }: BaseRule, world: World): Rule {
  return withParams(makeRule(rule, world), values);
}
