import type { World } from "../../env/world.js";
import { type AgentPlan, planAgent } from "../../models/spec.js";
import { networkInputs } from "../learned/places.js";
import { NO_STRUCTURE, type PolicyStructure, policyPlaces, worldShape } from "../learned/structure.js";
import { policyHead } from "./head.js";

/** Actor, critic and free parameters of a policy for `world`, as they lie in memory and in checkpoints. */
export function planPolicy(
  world: World,
  network: { readonly hidden: readonly number[]; readonly activation: "tanh" | "relu" },
  structure: PolicyStructure = NO_STRUCTURE,
): AgentPlan {
  const head = policyHead(world);
  const { hidden, activation } = network;
  const places = policyPlaces(worldShape(world), structure);
  const shape = { hidden, activation };
  return planAgent(
    { ...shape, inputs: networkInputs(places), outputs: structure.group ? places.numOutputs : head.numOutputs },
    { ...shape, inputs: Object.keys(world.observations).length + (world.hidden?.length ?? 0), outputs: 1 },
    head.numFree,
  );
}
