import { elementNames } from "../../env/group.js";
import type { ElementGroup } from "../../env/world.js";
import type { RunningMoments } from "../../models/normalizer.js";

/** Moments in which every element of a group has those of all of them together, so that none is told by its scale. */
export function poolElements(
  moments: RunningMoments,
  names: readonly string[],
  group: ElementGroup | undefined,
): RunningMoments {
  if (!group) return moments;
  const { count } = moments;
  const mean = [...moments.mean];
  const deviations = [...moments.deviations];
  for (const field of group.observations) {
    const places = elementNames(group, field).map((name) => names.indexOf(name));
    const middle = places.reduce((sum, i) => sum + moments.mean[i]!, 0) / group.size;
    const spread = places.reduce((sum, i) => sum + moments.deviations[i]! + count * (moments.mean[i]! - middle) ** 2, 0);
    for (const i of places) {
      mean[i] = middle;
      deviations[i] = spread / group.size;
    }
  }
  return { count, mean, deviations };
}
