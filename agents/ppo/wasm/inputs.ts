import { inverseDeviations } from "../../../models/normalizer.js";
import { writeControl } from "../../rollout/control.js";
import type { RolloutMoments } from "../../rollout/moments.js";
import { noiseDay } from "../../rollout/training-control.js";
import { learnerControl } from "../plan.js";
import type { LearnerContext } from "./wasm-context.js";

/** The control records of a rollout's steps. @param clock control steps of every lane so far */
export function writeControls({ options, layout, programs, placed }: LearnerContext, clock: number): void {
  const control = learnerControl(options);
  const { numSteps, decisionInterval } = options.ppo;
  for (let step = 0; step < numSteps * decisionInterval; step++) {
    const address = layout.control + step * layout.controlBytes;
    const values = { ...control, noiseDay: noiseDay(options.ppo, clock + step) };
    writeControl(placed.buffer, address, programs.lane.records.control, values, clock + step, options.world);
  }
}

/** The statistics of the iterations before; frozen while this one runs. */
export function writeScaling(
  context: LearnerContext,
  { observationMoments, hiddenMoments, gainMoments }: RolloutMoments,
): void {
  const { ppo } = context.options;
  const { normalizer, scaling } = context.layout;
  const mean = [...observationMoments.mean, ...hiddenMoments.mean];
  const values = ppo.normalizeObservation
    ? [...mean, ...inverseDeviations(observationMoments), ...inverseDeviations(hiddenMoments)]
    : [...mean.map(() => 0), ...mean.map(() => 1)];
  context.f32(normalizer, values.length).set(values);
  const rewardScale = ppo.normalizeReward ? inverseDeviations(gainMoments)[0]! : 1;
  const rewardMean = ppo.centerReward ? gainMoments.mean[1]! : 0;
  context.f32(scaling, 5).set([rewardScale, rewardMean, ppo.clipReward, ppo.gamma, ppo.gamma ** ppo.decisionInterval]);
}
