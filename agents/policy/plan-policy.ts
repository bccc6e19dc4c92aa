import type { World } from "../../env/world.js";
import { type AgentPlan, planAgent } from "../../models/spec.js";
import { policyHead } from "./head.js";

/** Actor, critic and free parameters of a policy for `world`, as they lie in memory and in checkpoints. */
export function planPolicy(
  world: World,
  network: { readonly hidden: readonly number[]; readonly activation: "tanh" | "relu" },
): AgentPlan {
  const head = policyHead(world);
  const { hidden, activation } = network;
  const shape = { inputs: Object.keys(world.observations).length, hidden, activation };
  return planAgent(
    { ...shape, outputs: head.numOutputs },
    { ...shape, inputs: shape.inputs + (world.hidden?.length ?? 0), outputs: 1 },
    head.numFree,
  );
}
