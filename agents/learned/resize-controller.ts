import { elementName } from "../../env/group.js";
import type { ElementGroup, World } from "../../env/world.js";
import type { LearnedController } from "./learned-controller.js";

/**
 * A controller whose network decides on each element of a group, for a world whose group has another size. It is handed back as it is
 * where the sizes are the same or either has no group; that everything else fits is for `whyUnfit` to say.
 */
export function resizeController(controller: LearnedController, { group, observations, actions }: World): LearnedController {
  const { structure, normalizer } = controller;
  const own = structure?.group;
  if (!structure || !own || !group || own.size === group.size || actions.kind === "discrete") return controller;
  const places = new Map(controller.observations.map(({ name }, i) => [name, i]));
  const firsts = firstNames(group, group.observations);
  const take = (values: readonly number[]) =>
    Object.keys(observations).map((name) => values[places.get(firsts.get(name) ?? name) ?? -1] ?? 0);
  return {
    ...controller,
    observations: Object.entries(observations).map(([name, spec]) => ({ name, ...spec })),
    actions: Object.entries(actions.fields).map(([name, spec]) => ({ name, ...spec })),
    normalizer: { ...normalizer, mean: take(normalizer.mean), scale: take(normalizer.scale) },
    structure: { ...structure, group: { ...own, size: group.size } },
  };
}

/** The first element's name of each field of each element. */
function firstNames({ size }: ElementGroup, fields: readonly string[]): ReadonlyMap<string, string> {
  const numbers = Array.from({ length: size }, (_, element) => element);
  return new Map(fields.flatMap((field) => numbers.map((k) => [elementName(field, k), elementName(field, 0)] as const)));
}

/** What a controller sees or moves, whatever the group's size: of an element's fields those of the first, with a star for its number. */
export function withoutSize<Field extends { readonly name: string }>(
  fields: readonly Field[],
  group: ElementGroup,
  ofElement: readonly string[],
): readonly Field[] {
  const firsts = firstNames(group, ofElement);
  return fields.flatMap((field) => {
    const first = firsts.get(field.name);
    if (first === undefined) return [field];
    return first === field.name ? [{ ...field, name: `${first.slice(0, -1)}*` }] : [];
  });
}
