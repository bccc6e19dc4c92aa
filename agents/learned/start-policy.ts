import { zeroFields } from "../../env/lane/plain.js";
import { forward } from "./act-learned.js";
import { isControls, type LearnedController, type PolicyNetwork } from "./learned-controller.js";
import type { Places } from "./places.js";
import {
  addToBase,
  type Memory,
  type PolicyShape,
  type PolicyStructure,
  policyMemory,
  policyPlaces,
  readInput,
  startMemory,
  structureUses,
} from "./structure.js";

/** What a controller's input and output are made of. */
export function controllerShape({ observations, actions }: Pick<LearnedController, "observations" | "actions">): PolicyShape {
  const controls = isControls(actions) ? actions : [];
  return {
    observations: observations.map(({ name }) => name),
    bands: Object.fromEntries(controls.map(({ name, low, high, start }) => [name, { low, high, start }])),
  };
}

/**
 * One episode's decisions of a policy with structure in float64.
 * @returns requested actions in their own units, in the order of the controller's, from a raw observation, the base's request and, in
 * a replay, what was requested in the step before: it takes the place of the policy's own last request
 */
export function startPolicy(
  controller: LearnedController,
  structure: PolicyStructure,
): (observation: ArrayLike<number>, base?: readonly number[], last?: readonly number[]) => readonly number[] {
  const { normalizer, network, decisionInterval } = controller;
  const observations = controller.observations.map(({ name }) => name);
  const controls = isControls(controller.actions) ? controller.actions : [];
  const shape = controllerShape(controller);
  const places = policyPlaces(shape, structure);
  const uses = structureUses(shape, structure, normalizer.clip);
  // The record has the fields that the functions use with this structure.
  const memory = zeroFields(policyMemory(shape, structure)) as Memory & Record<string, number | number[]>;
  let output: { readonly mean: readonly number[] } = { mean: [] };
  let step = 0;
  startMemory({ memory }, uses);
  return (raw, base, last) => {
    if (last && structure.lastRequest)
      for (const [i, { low, high }] of controls.entries()) memory.last[i] = (2 * (last[i]! - low)) / (high - low) - 1;
    if (step % decisionInterval === 0) {
      const input = { x: [] as number[] };
      const observation = Object.fromEntries(observations.map((name, i) => [name, raw[i]!]));
      readInput({ observation, normalizer, memory, input }, uses);
      output = { mean: forwardElements(network, input.x, places) };
    }
    step++;
    const requested = Object.fromEntries(controls.map(({ name }, i) => [name, base?.[i] ?? 0]));
    addToBase({ output, memory, requested }, uses);
    return Object.values(requested);
  };
}

/** The outputs of the network for each element of a group, or its outputs alone. */
function forwardElements(network: PolicyNetwork, row: readonly number[], places: Places): readonly number[] {
  const { numElements, numContext, numOwn, ownAt } = places;
  const context = row.slice(0, numContext);
  return Array.from({ length: numElements }, (_, element) => {
    const own = row.slice(ownAt + element * numOwn, ownAt + (element + 1) * numOwn);
    return forward(network, [...context, ...own]);
  }).flat();
}
