import type { World } from "../../env/world.js";
import type { AgentPlan } from "../../models/spec.js";
import type { LearnerRun } from "../learner/algorithm.js";
import { type LearnerState, momentsShape, packMoments, type StateShape, unpackMoments } from "../learner/state.js";
import { planPolicy } from "../policy/plan-policy.js";
import { planLanes } from "../rollout/rollout-layout.js";
import { buildTrainingPrograms } from "../rollout/training-programs.js";
import type { PpoSettings } from "./settings.js";
import type { PpoState } from "./state.js";

/** PPO's state as plain counters and arrays. */
export function packPpo(state: PpoState): LearnerState {
  const { iteration, envSteps, params, observationMoments, clock, updates, firstMoment, secondMoment, lanes } = state;
  const moments = { ...packMoments("hidden", state.hiddenMoments), ...packMoments("gain", state.gainMoments) };
  return {
    iteration,
    envSteps,
    params,
    observationMoments,
    counters: { clock, updates },
    tensors: { firstMoment, secondMoment, lanes, ...moments },
  };
}

/** The inverse of {@link packPpo}, of a state that has the shape {@link ppoShape}. */
export function unpackPpo({ iteration, envSteps, params, observationMoments, counters, tensors }: LearnerState): PpoState {
  return {
    iteration,
    envSteps,
    params,
    observationMoments,
    clock: counters["clock"]!,
    updates: counters["updates"]!,
    hiddenMoments: unpackMoments(tensors, "hidden"),
    gainMoments: unpackMoments(tensors, "gain"),
    firstMoment: Float32Array.from(tensors["firstMoment"]!),
    secondMoment: Float32Array.from(tensors["secondMoment"]!),
    lanes: Uint32Array.from(tensors["lanes"]!),
  };
}

export function ppoShape({ world, lane, settings }: LearnerRun<PpoSettings>): StateShape {
  const { parameterCount }: AgentPlan = planPolicy(world, settings);
  const lanes = planLanes(buildTrainingPrograms(world, lane), settings.numEnvs);
  return {
    counters: ["clock", "updates"],
    tensors: {
      firstMoment: { type: "f32", length: parameterCount, range: "finite" },
      secondMoment: { type: "f32", length: parameterCount, range: "not negative" },
      lanes: { type: "u32", length: lanes.bytes / 4 },
      ...momentsShape("hidden", numHidden(world)),
      ...momentsShape("gain", 2),
    },
  };
}

const numHidden = (world: World): number => world.hidden?.length ?? 0;

/** Every counter follows from the iterations, but for updates that `targetKl` left out. */
export function whyImpossible(state: LearnerState, { settings, horizon, steps }: LearnerRun<PpoSettings>): string | undefined {
  const { numEnvs, numSteps, decisionInterval, updateEpochs, numMinibatches } = settings;
  const { iteration, envSteps, counters } = state;
  const perIteration = numEnvs * numSteps * decisionInterval;
  const planned = Math.ceil(steps / perIteration);
  const expected = { envSteps: iteration * perIteration, clock: iteration * numSteps * decisionInterval };
  if (iteration > planned) return `iteration is ${iteration}, but the run has ${planned}`;
  if (envSteps !== expected.envSteps) return `envSteps is ${envSteps}, but ${iteration} iterations make ${expected.envSteps}`;
  if (counters["clock"] !== expected.clock)
    return `clock is ${counters["clock"]}, but ${iteration} iterations make ${expected.clock}`;
  const updates = iteration * updateEpochs * numMinibatches;
  if (counters["updates"]! > updates)
    return `updates is ${counters["updates"]}, but ${iteration} iterations make at most ${updates}`;
  return undefined;
}
