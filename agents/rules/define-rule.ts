import type { FieldSpec, Uses } from "../../compiler/schema.js";
import { UserError } from "../../core/errors.js";
import type { ActionSpec, ParamSpec, World } from "../../env/world.js";
import { actionFields, type BoundField, boundAction, boundObservation, isPlain, roleBand } from "./role-fields.js";
import type { Rule } from "./rule.js";
import { throughRoles } from "./through-roles.js";

type Named<K extends string> = Record<K, number>;

/** A rule with the names of its records known, so that a misspelt field does not typecheck. */
interface RuleDefinition<C extends string, P extends string, O extends string, A extends string, U extends Uses> {
  readonly id: string;
  readonly doc: string;
  readonly state: Readonly<Record<C, FieldSpec>>;
  readonly params: Readonly<Record<P, ParamSpec>>;
  readonly tunable: readonly NoInfer<P>[];
  /** See {@link Rule}. */
  readonly firstSteps?: Readonly<Record<string, number>>;
  readonly uses: U;
  /** Roles of observations (or plain names) that `act` reads. */
  readonly reads: readonly O[];
  /**
   * Roles of actions (or plain names) that `act` writes. The world's other actions are held at parameters of their names.
   * None at all: `act` loops over the actions itself.
   */
  readonly writes: readonly A[];
  /** Values at which actions are held, by role or name; else their start values. */
  readonly held?: HeldAt;
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
 * Makes a rule for `world`: finds the fields that play the roles the rule reads and writes, and holds all other actions still.
 * @throws UserError `E_RULE_WORLD` when nothing in the world plays one of the roles
 */
export function defineRule<
  const C extends string,
  const P extends string,
  const O extends string,
  const A extends string,
  const U extends Uses,
>(world: World, definition: RuleDefinition<C, P, O, A, U>): Rule {
  const { reads, writes, held: at = {}, ...rest } = definition;
  // Names are checked by the type above and by the look-ups below; from here on the records are plain records of numbers.
  const rule = rest as unknown as Rule;
  const misfit = (what: string) =>
    new UserError("E_RULE_WORLD", `rule ${rule.id} does not fit ${world.id}: ${what}`, "choose a rule made for this economy");
  const seen = lookUp(reads, (name) => boundObservation(world, name), "observation", misfit);
  const set = lookUp(writes, (name) => boundAction(world, name), "action", misfit);
  if (writes.length === 0) return rule;
  const { still, holding } = holdOthers(rule, world, set, at);
  const plain = [seen, set].every((fields) => Object.entries(fields).every(([name, bound]) => isPlain(name, bound)));
  return plain && Object.keys(still).length === 0 ? rule : throughRoles(holding, world, seen, set, still);
}

type Bound = Readonly<Record<string, BoundField>>;
type HeldAt = Readonly<Record<string, { readonly value: number; readonly source: string }>>;

/** The rule with a parameter for each action that it does not set, and the names of those parameters by action. */
function holdOthers(rule: Rule, world: World, set: Bound, at: HeldAt): { still: Record<string, string>; holding: Rule } {
  const names = Object.keys(actionFields(world));
  const levers = new Set(Object.values(set).map(({ field }) => field));
  const first = names.findIndex((name) => levers.has(name));
  const still: Record<string, string> = {};
  for (const name of names) if (!levers.has(name)) still[name] = name in rule.params ? `hold.${name}` : name;
  const held = Object.fromEntries(Object.entries(still).map(([name, key]) => [key, heldParam(world, name, at)]));
  const keys = (before: boolean) => Object.keys(still).filter((name) => names.indexOf(name) < first === before);
  // In the order of the actions, the rule's own parameters in the place of the first action that it sets.
  const tunable = [...keys(true).map((name) => still[name]!), ...rule.tunable, ...keys(false).map((name) => still[name]!)];
  const params = { ...rule.params, ...held };
  return { still, holding: { ...rule, params, tunable: rule.tunable.length > 0 ? tunable : [] } };
}

function lookUp(
  names: readonly string[],
  find: (name: string) => BoundField | undefined,
  kind: string,
  misfit: (what: string) => UserError,
): Bound {
  const found: [string, BoundField][] = [];
  for (const name of names) {
    const bound = find(name);
    if (!bound) throw misfit(`no ${kind} ${name}`);
    found.push([name, bound]);
  }
  return Object.fromEntries(found);
}

function heldParam(world: World, name: string, at: HeldAt): ParamSpec {
  const { low, high, unit, start, doc } = actionFields(world)[name]!;
  const base = { value: start, low, high, unit, source: `start value of ${world.id}`, doc: `${doc}; held` };
  const role = Object.keys(at).find((key) => boundAction(world, key)?.field === name);
  if (role === undefined) return base;
  const { scale, offset } = boundAction(world, role)!;
  const value = (at[role]!.value - offset) / scale;
  return { ...base, value: Math.min(high, Math.max(low, value)), source: at[role]!.source };
}

/** The action of that role or name, in the role's unit. */
export function actionField(world: World, name: string): ActionSpec {
  const field = roleBand(world, name);
  if (field) return field;
  throw new UserError("E_RULE_WORLD", `${world.id} has no action ${name}`, "choose a rule made for this economy");
}

/**
 * A parameter that is a value of the action `name`: its unit and band, and unless given its start value. What is given is limited to
 * the band.
 */
export function actionParam(
  world: World,
  name: string,
  given: { value?: number; low?: number; high?: number; source?: string; doc: string },
): ParamSpec {
  const field = actionField(world, name);
  const within = (x: number) => Math.min(field.high, Math.max(field.low, x));
  const [from, to] = [within(given.low ?? field.low), within(given.high ?? field.high)];
  const [low, high] = from < to ? [from, to] : [field.low, field.high];
  return {
    value: Math.min(high, Math.max(low, given.value ?? field.start)),
    low,
    high,
    unit: field.unit,
    source: given.source ?? `start value of ${world.id}`,
    doc: given.doc,
  };
}

/** The edges of the band of an action, for rules that stay within it; not tunable. */
export function bandEdges(world: World, name: string): { readonly low: ParamSpec; readonly high: ParamSpec } {
  const { low, high, unit } = actionField(world, name);
  const edge = (value: number, doc: string): ParamSpec => ({
    value,
    low: value,
    high: value,
    unit,
    source: "edge of the action band",
    doc: `${doc} ${name}`,
  });
  return { low: edge(low, "lowest"), high: edge(high, "highest") };
}

/** Days in a control step of the world. */
export function stepDays(world: World): ParamSpec {
  const days = world.params["stepDays"]?.value ?? 1;
  return {
    value: days,
    low: days,
    high: days,
    unit: "day",
    source: `definition of ${world.id}`,
    doc: "length of a control step",
  };
}

/** Length of a control step in years, for rules whose formula is in annual terms. */
export function controlStep(world: World): ParamSpec {
  const years = stepDays(world).value / 365;
  return {
    value: years,
    low: years,
    high: years,
    unit: "year",
    source: "definition",
    doc: "length of a control step",
  };
}
