import { hashOf } from "../core/digest.js";
import { actionFields } from "../env/lane/records.js";
import type { LaneOptions } from "../env/lane/uses.js";
import type { World } from "../env/world.js";
import { type RunningMoments, scaleOf } from "../models/normalizer.js";
import type { AgentPlan } from "../models/spec.js";
import type { LearnedController, PolicyNetwork } from "./learned.js";
import { type Polish, polishNetwork } from "./policy/polish.js";
import { unpackLayers } from "./policy-layers.js";
import { OBSERVATION_CLIP } from "./rollout/stages.js";

export interface TrainedPolicy {
  readonly world: World;
  readonly lane: LaneOptions;
  /** Name of the objective's weight preset. */
  readonly objective: string;
  readonly agent: AgentPlan;
  /** Control steps that a decision held for in training. */
  readonly decisionInterval: number;
  /** All parameters of the agent, padded. */
  readonly parameters: Float32Array;
  /** Found after training. */
  readonly polish?: Polish | null;
  /** Absent when observations were not normalised. */
  readonly moments?: RunningMoments | undefined;
}

/** The controller that a training run has made so far. */
export function learnedOfRun({
  world,
  lane,
  objective,
  agent,
  decisionInterval,
  parameters,
  polish,
  moments,
}: TrainedPolicy): LearnedController {
  const network: PolicyNetwork = {
    activation: agent.actor.spec.activation,
    layers: unpackLayers(agent.actor, parameters, agent.actorOffset),
  };
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
      mean: moments ? moments.mean.map(Math.fround) : observations.map(() => 0),
      scale: moments ? scaleOf(moments).map(Math.fround) : observations.map(() => 1),
      clip: OBSERVATION_CLIP,
    },
    network: polish ? polishNetwork(network, polish) : network,
    limits: lane.limits,
    decisionInterval: polish?.decisionInterval ?? decisionInterval,
    delays: { observation: world.observationDelay, action: world.actionDelay },
  };
}

/** Why a controller cannot act in a world, or undefined when it can: names, units and bands must be the same. */
export function whyUnfit(controller: LearnedController, world: World): string | undefined {
  if (controller.economy !== world.id) return `it is for economy ${controller.economy}, not ${world.id}`;
  const seen = controller.observations.map(({ name, unit }) => `${name} (${unit})`).join(", ");
  const shown = Object.entries(world.observations)
    .map(([name, { unit }]) => `${name} (${unit})`)
    .join(", ");
  if (seen !== shown) return `it observes ${seen}, but the economy shows ${shown}`;
  const controls = "count" in controller.actions ? ["choice"] : controller.actions.map(({ name }) => name);
  const wanted = Object.keys(actionFields(world));
  if (controls.join() !== wanted.join()) return `it controls ${controls.join(", ")}, but the economy has ${wanted.join(", ")}`;
  return undefined;
}
