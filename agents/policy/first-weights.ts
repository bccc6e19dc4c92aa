import type { World } from "../../env/world.js";
import { initAgent } from "../../models/init.js";
import type { AgentPlan } from "../../models/spec.js";

/**
 * The untrained policy: it asks for what is in force at the start, so that learning departs from today's values, not from the middle.
 * @param random uniform numbers in [0, 1)
 */
export function firstWeights(agent: AgentPlan, world: World, logStd: number, random: () => number): Float32Array<ArrayBuffer> {
  const params = initAgent(agent, { actorHead: 0.01, criticHead: 1 }, logStd, random);
  const { actions } = world;
  if (actions.kind !== "continuous") return params;
  const head = agent.actor.layers.at(-1)!;
  for (const [i, { low, high, start }] of Object.values(actions.fields).entries()) {
    params[agent.actorOffset + head.bias + i] = (2 * (start - low)) / (high - low) - 1;
  }
  return params;
}

/** An untrained policy without exploration or a critic whose last layer is 0: its request is that of its base. */
export function baseWeights(agent: AgentPlan, world: World, random: () => number): Float32Array<ArrayBuffer> {
  const params = firstWeights(agent, world, 0, random).fill(0, agent.criticOffset);
  const last = agent.actor.layers.at(-1)!;
  return params.fill(0, last.weight, last.bias + last.paddedOutputs);
}
