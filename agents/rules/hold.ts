import type { ActionSpec, ParamSpec, World } from "../../env/world.js";
import type { Rule } from "../controller.js";
import { actionFields, defineRule } from "./define-rule.js";

interface Identity {
  readonly id: string;
  readonly doc: string;
  readonly economies: readonly string[];
  readonly source: string;
  readonly tunable: boolean;
}

/** A rule that requests the same actions every day, whatever it sees. `pick` chooses the value of each action. */
export function hold(world: World, identity: Identity, pick: (name: string, field: ActionSpec) => number): Rule {
  const fields = Object.entries(actionFields(world));
  const params: Record<string, ParamSpec> = {};
  for (const [name, field] of fields) {
    params[name] = {
      value: pick(name, field),
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
    economies: identity.economies,
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
