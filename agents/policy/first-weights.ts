import type { World } from "../../env/world.js";
import { initAgent } from "../../models/init.js";
import type { AgentPlan } from "../../models/spec.js";
import { NO_STRUCTURE, policyPlaces, worldShape } from "../learned/structure.js";

const INITIAL_GAINS = { actorHead: 0.01, criticHead: 1 };

/**
 * The untrained policy: it asks for what is in force at the start, so that learning departs from today's values, not from the middle.
 * @param random uniform numbers in [0, 1)
 */
export function firstWeights(
  agent: AgentPlan,
  world: World,
  logStd: number,
  random: () => number,
  structure = NO_STRUCTURE,
): Float32Array<ArrayBuffer> {
  const params = initAgent(agent, INITIAL_GAINS, logStd, random);
  const { actions } = world;
  if (actions.kind !== "continuous") return params;
  const head = agent.actor.layers.at(-1)!;
  const { outputs, numOutputs } = policyPlaces(worldShape(world), structure);
  for (const [i, { low, high, start }] of Object.values(actions.fields).entries()) {
    params[agent.actorOffset + head.bias + (outputs[i]! % numOutputs)] = (2 * (start - low)) / (high - low) - 1;
  }
  return params;
}

/** An untrained policy without exploration or a critic whose last layer is 0: its request is that of its base. */
export function baseWeights(agent: AgentPlan, random: () => number): Float32Array<ArrayBuffer> {
  const params = initAgent(agent, INITIAL_GAINS, 0, random).fill(0, agent.criticOffset);
  const last = agent.actor.layers.at(-1)!;
  return params.fill(0, last.weight, last.bias + last.paddedOutputs);
}
