import type { ActionSpec, ParamSpec, World } from "../../env/world.js";
import { defineRule } from "./define-rule.js";
import { actionFields, boundAction, findRole } from "./role-fields.js";
import type { Rule } from "./rule.js";

interface Identity {
  readonly id: string;
  readonly doc: string;
  readonly source: string;
  readonly tunable: boolean;
}

/** Values of an action: where the role that it plays is lowest and highest, and in force. */
type Choice = Readonly<Record<"low" | "high" | "start", number>>;

/**
 * A rule that requests the same actions every day, whatever it sees. `pick` chooses the value of each action by the role it plays,
 * undefined for an action without one.
 */
export function hold(world: World, identity: Identity, pick: (role: string | undefined, of: Choice) => number): Rule {
  const fields = Object.entries(actionFields(world));
  const params: Record<string, ParamSpec> = {};
  for (const [name, field] of fields) {
    params[name] = {
      value: pick(findRole(world, name), heldChoice(world, name, field)),
      low: field.low,
      high: field.high,
      unit: field.unit,
      source: identity.source,
      doc: `requested every day: ${field.doc}`,
    };
  }
  return defineRule(world, {
    id: identity.id,
    doc: identity.doc,
    state: {},
    params,
    tunable: identity.tunable ? fields.map(([name]) => name) : [],
    uses: {},
    reads: [] as string[],
    writes: [] as string[],
    functions: {
      start() {},
      act(_c, _o, p, a) {
        for (const k in a) a[k] = p[k]!;
      },
    },
  });
}

function heldChoice(world: World, name: string, { low, high, start }: ActionSpec): Choice {
  const role = findRole(world, name);
  const falling = role !== undefined && boundAction(world, role)!.scale < 0;
  return falling ? { low: high, high: low, start } : { low, high, start };
}
