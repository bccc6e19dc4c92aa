import { UserError } from "../core/errors.js";
import type { ElementGroup, World } from "./world.js";

/** What tells one number between a controller and a world from another. */
interface Field {
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  readonly maxMove?: number;
  readonly start?: number;
}

type Fields = Readonly<Record<string, Field>>;

export const elementName = (field: string, element: number): string => `${field}${element}`;

/** Names of one field of all elements. */
export const elementNames = ({ size }: Pick<ElementGroup, "size">, field: string): readonly string[] =>
  Array.from({ length: size }, (_, element) => elementName(field, element));

/**
 * The group of equal elements that a world declares; undefined without one.
 * @throws UserError `E_GROUP_UNEQUAL` when an element lacks a field or has another unit, band, largest move or start than the first
 */
export function groupOf({ id, group, observations, actions }: Pick<World, "id" | "group" | "observations" | "actions">) {
  if (!group) return undefined;
  const why = whyUnequal(group, observations, actions.kind === "continuous" ? actions.fields : {});
  if (why === undefined) return group;
  const hint = "give every element the same fields, or leave the group out";
  throw new UserError("E_GROUP_UNEQUAL", `the ${group.name} of ${id} are no group of equal elements: ${why}`, hint);
}

/** The first difference between the elements of a group, with both values; undefined where they are equal. */
export function whyUnequal(group: ElementGroup, observations: Fields, actions: Fields): string | undefined {
  if (!Number.isInteger(group.size) || group.size < 1) return `their size is ${group.size}, not a whole number above 0`;
  if (group.observations.length === 0) return "nothing of an element is observed";
  for (const [kind, names, fields] of [
    ["observation", group.observations, observations],
    ["action", group.actions, actions],
  ] as const) {
    for (const name of names) {
      const why = firstDifference(elementNames(group, name), fields, kind);
      if (why !== undefined) return why;
    }
  }
  return undefined;
}

const COMPARED = ["unit", "low", "high", "maxMove", "start"] as const;

function firstDifference(names: readonly string[], fields: Fields, kind: string): string | undefined {
  const missing = names.find((name) => !Object.hasOwn(fields, name));
  if (missing !== undefined) return `there is no ${kind} ${missing}`;
  const first = fields[names[0]!]!;
  for (const name of names.slice(1)) {
    const key = COMPARED.find((compared) => fields[name]![compared] !== first[compared]);
    if (key !== undefined) return `${key} of ${name} is ${fields[name]![key]}, but ${first[key]} of ${names[0]}`;
  }
  return undefined;
}
