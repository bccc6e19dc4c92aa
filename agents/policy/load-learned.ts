import { hashOf } from "../../core/digest.js";
import { isEconomy } from "../../env/economy.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { inverseDeviations, OBSERVATION_CLIP, type RunningMoments } from "../../models/normalizer.js";
import type { AgentPlan } from "../../models/spec.js";
import type { LearnedController, PolicyNetwork } from "../learned/learned-controller.js";
import { unpackLayers } from "../learned/policy-layers.js";
import { poolElements } from "../learned/pool-elements.js";
import { hasStructure, NO_STRUCTURE, type PolicyStructure } from "../learned/structure.js";

interface TrainedPolicy {
  readonly world: World;
  readonly lane: LaneOptions;
  /** Name of the objective's weight preset. */
  readonly objective: string;
  readonly agent: AgentPlan;
  /** Control steps that a decision held for in training. */
  readonly decisionInterval: number;
  /** All parameters of the agent, padded. */
  readonly parameters: Float32Array;
  readonly structure?: PolicyStructure;
  /** Absent when observations were not normalised. */
  readonly moments?: RunningMoments | undefined;
}

/** The controller that a training run has made so far. */
export function loadLearned({
  world,
  lane,
  objective,
  agent,
  decisionInterval,
  parameters,
  structure = NO_STRUCTURE,
  moments,
}: TrainedPolicy): LearnedController {
  const network = networkOf(agent, parameters);
  const pooled = moments && poolElements(moments, Object.keys(world.observations), structure.group);
  const observations = Object.entries(world.observations);
  return {
    economy: world.id,
    paramsHash: hashOf(lane.params),
    objective: { name: objective, weights: lane.weights },
    observations: observations.map(([name, spec]) => ({ name, ...spec })),
    actions:
      world.actions.kind === "continuous"
        ? Object.entries(world.actions.fields).map(([name, spec]) => ({ name, ...spec }))
        : { count: world.actions.count },
    // Rounded to float32, as the device has them: then a replay in float64 sees the very same network inputs.
    normalizer: {
      mean: pooled ? pooled.mean.map(Math.fround) : observations.map(() => 0),
      scale: pooled ? inverseDeviations(pooled).map(Math.fround) : observations.map(() => 1),
      clip: OBSERVATION_CLIP,
    },
    network,
    ...(hasStructure(structure) ? { structure } : {}),
    limits: lane.limits,
    decisionInterval,
    stepDays: lane.params["stepDays"] ?? null,
    decimals: isEconomy(world) ? world.token.decimals : null,
    delays: { observation: world.observationDelay, action: world.actionDelay },
  };
}

/** The policy's network out of all parameters of the agent. */
export const networkOf = (agent: AgentPlan, parameters: Float32Array): PolicyNetwork => ({
  activation: agent.actor.spec.activation,
  layers: unpackLayers(agent.actor, parameters, agent.actorOffset),
});
