import { APG } from "./apg/algorithm.js";
import { ES } from "./es/algorithm.js";
import type { Algorithm } from "./learner/algorithm.js";
import { PPO } from "./ppo/algorithm.js";
import { RANDOM_SEARCH } from "./random-search/algorithm.js";
import { RECIPE } from "./recipe/algorithm.js";

/** Everything that trains a policy; the first is the default. Each is a folder. */
export const ALGORITHMS: readonly Algorithm[] = [RECIPE, PPO, APG, ES, RANDOM_SEARCH];

/** @param id of the list, as a checked configuration names it */
export function findAlgorithm(id: string): Algorithm {
  const found = ALGORITHMS.find((algorithm) => algorithm.id === id);
  if (!found) throw new Error(`internal: no algorithm ${id}`);
  return found;
}
