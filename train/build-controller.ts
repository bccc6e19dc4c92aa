import { findAlgorithm } from "../agents/algorithms.js";
import type { LearnedController } from "../agents/learned/learned-controller.js";
import type { PolicyState } from "../agents/learner/state.js";
import { loadLearned } from "../agents/policy/load-learned.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import type { LaneOptions } from "../env/lane/uses.js";
import type { World } from "../env/world.js";
import type { AgentPlan } from "../models/spec.js";
import type { TrainConfig } from "./config.js";

/** What a policy was trained for. */
export interface PolicySetting {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly config: TrainConfig;
}

const structureOf = (world: World, config: TrainConfig) => findAlgorithm(config.algorithm).structure(config, world);

/** The policy that a configuration trains, as it lies in memory and in checkpoints. */
export const planTrained = (world: World, config: TrainConfig): AgentPlan =>
  planPolicy(world, config, structureOf(world, config));

/** The deterministic controller of a state that {@link train} hands out. */
export function buildController(
  { world, lane, config }: PolicySetting,
  { params, observationMoments }: PolicyState,
): LearnedController {
  return loadLearned({
    world,
    lane,
    objective: config.objective ?? Object.keys(world.objectives)[0] ?? "",
    agent: planTrained(world, config),
    structure: structureOf(world, config),
    decisionInterval: config.decisionInterval,
    parameters: params,
    moments: config.normalizeObservation ? observationMoments : undefined,
  });
}
