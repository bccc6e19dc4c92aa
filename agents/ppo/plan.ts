import { stream } from "../../core/random.js";
import type { AgentPlan } from "../../models/spec.js";
import { policyHead } from "../policy/head.js";
import { planPolicy } from "../policy/plan-policy.js";
import { buildPolicyPrograms } from "../rollout/policy-programs.js";
import { buildLanePrograms } from "../rollout/programs.js";
import type { LearnerOptions } from "./context.js";
import type { LearnerPrograms } from "./layout.js";
import type { PpoOptions } from "./options.js";
import { buildLossProgram, buildStepPrograms } from "./programs.js";

/** What a learner computes, whatever the device: the compiled stages and the networks between them. */
export function planLearning({ world, lane, ppo }: LearnerOptions): {
  readonly programs: LearnerPrograms;
  readonly agent: AgentPlan;
} {
  const head = policyHead(world);
  const programs = buildLanePrograms(world, lane, true);
  return {
    programs: {
      lane: programs,
      policy: buildPolicyPrograms(programs.records, head),
      step: buildStepPrograms(programs.records),
      loss: buildLossProgram(head, ppo),
    },
    agent: planPolicy(world, ppo),
  };
}

/** The control record of a training run, but for what changes from step to step. */
export function controlOf({ ppo, horizon }: LearnerOptions) {
  return {
    seed: ppo.seed,
    market: stream("market", "train"),
    scenario: stream("scenario", "train"),
    reset: stream("reset", "train"),
    policy: stream("policy", "train"),
    numLanes: ppo.numEnvs / ppo.marketGroup,
    randomise: 1,
    autoreset: 1,
    horizon,
  };
}

/** @param clock control steps of every lane so far */
export function noiseDay({ noiseHold, decisionInterval }: PpoOptions, clock: number): number {
  return Math.floor(clock / (noiseHold * decisionInterval));
}
