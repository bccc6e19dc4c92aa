import type { Uses } from "../../compiler/schema.js";
import { divideUnits, parseUnit } from "../../compiler/trace/units.js";
import { UserError } from "../../core/errors.js";
import { ACTION_ROLES, OBSERVATION_ROLES } from "../../env/roles.js";
import type { ParamSpec, Values, World } from "../../env/world.js";
import { actionFields, type BoundField, isPlain } from "./role-fields.js";
import type { Rule } from "./rule.js";

type Bound = Readonly<Record<string, BoundField>>;

/**
 * The rule behind a translation: it sees and sets roles, the world's fields are read and written.
 * @param seen fields of the observations it reads, by role
 * @param set  fields of the actions it writes, by role
 * @param held names of the parameters at which other actions are held, by action
 */
export function throughRoles(rule: Rule, world: World, seen: Bound, set: Bound, held: Readonly<Record<string, string>>): Rule {
  const reading = translation("seen", seen, OBSERVATION_ROLES, world.observations);
  const writing = translation("set", set, ACTION_ROLES, actionFields(world));
  const uses: RoleUses = {
    own: rule.uses,
    begin: rule.functions.start,
    decide: rule.functions.act,
    see: reading.none ? asItIs : seeRoles,
    open: writing.none ? asItIs : openRoles,
    close: writing.none ? leave : closeRoles,
    seen: reading.renamed,
    seenScaled: reading.scaled,
    set: writing.renamed,
    setScaled: writing.scaled,
    held,
  };
  return {
    ...rule,
    params: { ...rule.params, ...reading.params, ...writing.params },
    // Names of fields are constants to the compiler just as numbers are.
    uses,
    // They are only called with the uses above.
    functions: { start: startInRoles, act: actInRoles } as Rule["functions"],
  };
}

/** A type, not an interface: that one would not be a record of uses to TypeScript. */
type RoleUses = {
  readonly own: Uses;
  readonly begin: Rule["functions"]["start"];
  readonly decide: Rule["functions"]["act"];
  readonly see: (o: Values, p: Values, u: RoleUses) => Values;
  readonly open: (a: Values) => Values;
  readonly close: (a: Values, set: Values, p: Values, u: RoleUses) => void;
  readonly seen: Readonly<Record<string, string>>;
  readonly seenScaled: Translation["scaled"];
  readonly set: Readonly<Record<string, string>>;
  readonly setScaled: Translation["scaled"];
  readonly held: Readonly<Record<string, string>>;
};

interface Translation {
  /** Nothing to translate: the rule may have the world's own record. */
  readonly none: boolean;
  /** Field by role, for those of the same unit and size. */
  readonly renamed: Readonly<Record<string, string>>;
  readonly scaled: Readonly<Record<string, { readonly field: string; readonly scale: string; readonly offset: string }>>;
  /** Scales and offsets, with their units. */
  readonly params: Readonly<Record<string, ParamSpec>>;
}

type Units = Readonly<Record<string, { readonly unit: string }>>;

function translation(prefix: string, fields: Bound, roles: Units, own: Units): Translation {
  const entries = Object.entries(fields);
  const isScaled = ([name, { field, scale, offset }]: [string, BoundField]): boolean =>
    scale !== 1 || offset !== 0 || (name in roles && own[field]!.unit !== roles[name]!.unit);
  const renamed = entries.filter((entry) => !isScaled(entry)).map(([name, { field }]) => [name, field] as const);
  const scaled = entries.filter(isScaled);
  const none = entries.every(([name, bound]) => isPlain(name, bound));
  const stray = none ? undefined : entries.find(([name]) => !(name in roles))?.[0];
  if (stray !== undefined)
    throw new UserError(
      "E_RULE_WORLD",
      `a rule mixes the field ${stray} with roles that have other names`,
      "use roles or fields alone",
    );
  const params: Record<string, ParamSpec> = {};
  for (const [name, { field, scale, offset }] of scaled) {
    const { unit } = roles[name]!;
    const perField = divideUnits(parseUnit(unit), parseUnit(own[field]!.unit)).text;
    const source = "roles of the economy";
    const fixed = (value: number, of: string, doc: string) => ({ value, low: value, high: value, unit: of, source, doc });
    params[`${prefix}.${name}.scale`] = fixed(scale, perField, `${name} per unit of ${field}`);
    params[`${prefix}.${name}.offset`] = fixed(offset, unit, `${name} where ${field} is 0`);
  }
  const keys = (name: string, field: string) => ({
    field,
    scale: `${prefix}.${name}.scale`,
    offset: `${prefix}.${name}.offset`,
  });
  return {
    none,
    renamed: Object.fromEntries(renamed),
    scaled: Object.fromEntries(scaled.map(([name, { field }]) => [name, keys(name, field)])),
    params,
  };
}

function startInRoles(c: Values, p: Values, u: RoleUses): void {
  u.begin(c, p, u.own);
}

function actInRoles(c: Values, o: Values, p: Values, a: Values, u: RoleUses): void {
  const set = u.open(a);
  u.decide(c, u.see(o, p, u), p, set, u.own);
  u.close(a, set, p, u);
  for (const k in u.held) a[k] = p[u.held[k]!]!;
}

function asItIs(record: Values): Values {
  return record;
}

function leave(): void {}

/** All of `OBSERVATION_ROLES`; those that the rule does not read stay at 0. */
export function seeRoles(o: Values, p: Values, u: Pick<RoleUses, "seen" | "seenScaled">): Values {
  const seen: Values = {
    utilization: 0,
    utilizationSlow: 0,
    usage: 0,
    bondedRatio: 0,
    collateralRatio: 0,
    priceChange: 0,
    drawdown: 0,
    netIssuance: 0,
    issuance: 0,
  };
  for (const k in u.seen) seen[k] = o[u.seen[k]!]!;
  for (const k in u.seenScaled) seen[k] = p[u.seenScaled[k]!.offset]! + p[u.seenScaled[k]!.scale]! * o[u.seenScaled[k]!.field]!;
  return seen;
}

/** All of `ACTION_ROLES`. */
export function openRoles(): Values {
  return { issuance: 0, burnShare: 0, fee: 0 };
}

function closeRoles(a: Values, set: Values, p: Values, u: RoleUses): void {
  for (const k in u.set) a[u.set[k]!] = set[k]!;
  for (const k in u.setScaled) a[u.setScaled[k]!.field] = (set[k]! - p[u.setScaled[k]!.offset]!) / p[u.setScaled[k]!.scale]!;
}
