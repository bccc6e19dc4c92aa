import { UserError } from "../../core/errors.js";
import { ACTION_ROLES, OBSERVATION_ROLES, type RoleField } from "../../env/roles.js";
import type { ActionSpec, World } from "../../env/world.js";

/** The field that plays a role in a world: role = offset + scale x field. */
export type BoundField = Required<RoleField>;

type Units = Readonly<Record<string, { readonly unit: string }>>;

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

/**
 * The control that plays a role, or the one of that name where `name` is no role.
 * @throws UserError `E_WORLD_ROLES` when the world's declaration of it is wrong
 */
export function boundAction(world: World, name: string): BoundField | undefined {
  return bind(world, "action", name, actionFields(world), ACTION_ROLES, world.roles?.actions ?? {});
}

/** The observation that plays a role, or the one of that name where `name` is no role. Errors as above. */
export function boundObservation(world: World, name: string): BoundField | undefined {
  return bind(world, "observation", name, world.observations, OBSERVATION_ROLES, world.roles?.observations ?? {});
}

/** Whether a rule can use the field as it is. */
export function isPlain(name: string, { field, scale, offset }: BoundField): boolean {
  return field === name && scale === 1 && offset === 0;
}

/** The band of a role in the role's own unit. */
export function roleBand(world: World, name: string): ActionSpec | undefined {
  const bound = boundAction(world, name);
  if (!bound) return undefined;
  const spec = actionFields(world)[bound.field]!;
  if (isPlain(name, bound)) return spec;
  const { scale, offset } = bound;
  const ends = [offset + scale * spec.low, offset + scale * spec.high];
  const unit = roleUnit(ACTION_ROLES, name) ?? spec.unit;
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const start = Math.min(high, Math.max(low, offset + scale * spec.start));
  return { unit, low, high, maxMove: Math.abs(scale) * spec.maxMove, start, doc: spec.doc };
}

/** The role that a control plays, if any. */
export function findRole(world: World, field: string): string | undefined {
  return Object.keys(ACTION_ROLES).find((role) => boundAction(world, role)?.field === field);
}

function bind(
  world: World,
  kind: string,
  name: string,
  fields: Units,
  roles: Units,
  declared: Readonly<Record<string, RoleField | false>>,
): BoundField | undefined {
  const given = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (given === false) return undefined;
  if (given) return checked(world, kind, name, fields, given, declared);
  const unit = roleUnit(roles, name);
  const fits = Object.hasOwn(fields, name) && (unit === undefined || fields[name]!.unit === unit);
  return fits ? { field: name, scale: 1, offset: 0 } : undefined;
}

function checked(
  world: World,
  kind: string,
  name: string,
  fields: Units,
  given: RoleField,
  declared: Readonly<Record<string, RoleField | false>>,
): BoundField {
  const { field, scale = 1, offset = 0 } = given;
  const wrong = (what: string) =>
    new UserError("E_WORLD_ROLES", `${world.id} gives the ${kind} role ${name} to ${what}`, "fix its roles");
  if (!Object.hasOwn(fields, field)) throw wrong(`${field}, which is no ${kind} of it`);
  if (!Number.isFinite(scale) || scale === 0) throw wrong(`${field} at scale ${scale}, it must be a number other than 0`);
  const twice = Object.entries(declared).find(([other, bound]) => other !== name && bound && bound.field === field)?.[0];
  if (kind === "action" && twice !== undefined) throw wrong(`${field}, which plays ${twice} already`);
  if (!Number.isFinite(offset)) throw wrong(`${field} at offset ${offset}, it must be a number`);
  return { field, scale, offset };
}

function roleUnit(roles: Units, name: string): string | undefined {
  return Object.hasOwn(roles, name) ? roles[name]!.unit : undefined;
}
