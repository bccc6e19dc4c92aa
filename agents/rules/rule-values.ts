import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import type { ParamSpec, Values } from "../../env/world.js";
import type { Rule } from "./rule.js";

/** The rule's parameter values by name. */
export function ruleValues(rule: Rule): Values {
  return Object.fromEntries(Object.entries(rule.params).map(([name, { value }]) => [name, value]));
}

/** The values of its tunable parameters alone. */
export function tunableValues(rule: Rule): Values {
  return Object.fromEntries(rule.tunable.map((name) => [name, rule.params[name]!.value]));
}

/**
 * The same rule with other values of some parameters.
 * @throws UserError `E_RULE_PARAM` for an unknown name, a value that is no finite number, or one out of its range
 */
export function withParams(rule: Rule, values: Readonly<Record<string, number>>): Rule {
  const params: Record<string, ParamSpec> = { ...rule.params };
  for (const [name, value] of Object.entries(values)) {
    const spec = rule.params[name];
    if (!spec || !Object.hasOwn(rule.params, name)) {
      throw new UserError(
        "E_RULE_PARAM",
        `unknown parameter ${name} of rule ${rule.id}`,
        suggest(name, Object.keys(rule.params)),
      );
    }
    if (typeof value !== "number" || !(value >= spec.low && value <= spec.high)) {
      const message = `parameter ${name} of rule ${rule.id} is ${value}, allowed is ${spec.low} to ${spec.high} (${spec.unit})`;
      throw new UserError("E_RULE_PARAM", message, "give a number within the range");
    }
    params[name] = { ...spec, value };
  }
  return { ...rule, params };
}
