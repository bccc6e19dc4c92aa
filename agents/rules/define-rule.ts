import type { FieldSpec, Uses } from "../../compiler/schema.js";
import { UserError } from "../../core/errors.js";
import type { ActionSpec, ParamSpec, World } from "../../env/world.js";
import type { Rule } from "../controller.js";

type Named<K extends string> = Record<K, number>;

/** A rule with the names of its records known, so that a misspelt field does not typecheck. */
interface RuleDefinition<C extends string, P extends string, O extends string, A extends string, U extends Uses> {
  readonly id: string;
  readonly doc: string;
  readonly state: Readonly<Record<C, FieldSpec>>;
  readonly params: Readonly<Record<P, ParamSpec>>;
  readonly tunable: readonly NoInfer<P>[];
  readonly uses: U;
  readonly economies: readonly string[];
  /** Observations that `act` reads by name. */
  readonly reads: readonly O[];
  /** Actions that `act` writes by name. */
  readonly writes: readonly A[];
  readonly functions: {
    readonly start: (c: Named<NoInfer<C>>, p: Named<NoInfer<P>>, u: NoInfer<U>) => void;
    readonly act: (
      c: Named<NoInfer<C>>,
      o: Named<NoInfer<O>>,
      p: Named<NoInfer<P>>,
      a: Named<NoInfer<A>>,
      u: NoInfer<U>,
    ) => void;
  };
}

/**
 * Makes a rule for `world`.
 * @throws UserError `E_RULE_WORLD` when the world lacks an observation or action that the rule names, or has an action
 * that the rule leaves unset
 */
export function defineRule<
  const C extends string,
  const P extends string,
  const O extends string,
  const A extends string,
  const U extends Uses,
>(world: World, definition: RuleDefinition<C, P, O, A, U>): Rule {
  const { reads, writes, ...rule } = definition;
  const actions = Object.keys(actionFields(world));
  const misfit = (what: string) =>
    new UserError("E_RULE_WORLD", `rule ${rule.id} does not fit ${world.id}: ${what}`, "choose a rule made for this economy");
  for (const name of reads) if (!(name in world.observations)) throw misfit(`no observation ${name}`);
  for (const name of writes) if (!actions.includes(name)) throw misfit(`no action ${name}`);
  const unset = writes.length > 0 ? actions.filter((name) => !writes.includes(name as A)) : [];
  if (unset.length > 0) throw misfit(`it does not set ${unset.join(", ")}`);
  // The records' names were checked above; from here on they are plain records of numbers.
  return rule as unknown as Rule;
}

/**
 * The bounded controls of a world.
 * @throws UserError `E_RULE_WORLD` when its actions are discrete
 */
export function actionFields(world: World): Readonly<Record<string, ActionSpec>> {
  if (world.actions.kind === "continuous") return world.actions.fields;
  throw new UserError(
    "E_RULE_WORLD",
    `${world.id} has discrete actions, fixed rules need continuous ones`,
    "choose another economy",
  );
}

/** The action of that name. */
export function actionField(world: World, name: string): ActionSpec {
  const field = actionFields(world)[name];
  if (field) return field;
  throw new UserError("E_RULE_WORLD", `${world.id} has no action ${name}`, "choose a rule made for this economy");
}

/** A parameter that is a value of the action `name`: its unit and band, and unless given its start value. */
export function actionParam(
  world: World,
  name: string,
  given: { value?: number; low?: number; high?: number; source?: string; doc: string },
): ParamSpec {
  const field = actionField(world, name);
  return {
    value: given.value ?? field.start,
    low: given.low ?? field.low,
    high: given.high ?? field.high,
    unit: field.unit,
    source: given.source ?? `start value of ${world.id}`,
    doc: given.doc,
  };
}

/** Length of a control step in years, for rules whose formula is in annual terms. */
export const CONTROL_STEP: ParamSpec = {
  value: 1 / 365,
  low: 1 / 365,
  high: 1 / 365,
  unit: "year",
  source: "definition",
  doc: "length of a control step: one day",
};
