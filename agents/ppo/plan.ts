import type { AgentPlan } from "../../models/spec.js";
import { policyHead } from "../policy/head.js";
import { planPolicy } from "../policy/plan-policy.js";
import { trainingControl } from "../rollout/training-control.js";
import { buildTrainingPrograms } from "../rollout/training-programs.js";
import { buildLossProgram, type LearnerPrograms } from "./programs.js";
import type { LearnerOptions } from "./wasm/wasm-context.js";

/** What a learner computes, whatever the device: the compiled stages and the networks between them. */
export function planLearning({ world, lane, ppo }: LearnerOptions): {
  readonly programs: LearnerPrograms;
  readonly agent: AgentPlan;
} {
  const loss = buildLossProgram(policyHead(world), ppo);
  return { programs: { ...buildTrainingPrograms(world, lane), loss }, agent: planPolicy(world, ppo) };
}

export const learnerControl = ({ ppo, horizon }: LearnerOptions) => trainingControl({ ...ppo, horizon });
