import { NotFiniteError } from "../../learner/not-finite.js";
import { actionDeviations } from "../action-deviations.js";
import { type ErrorSums, explainedVariance } from "../explained-variance.js";
import type { PpoMetrics } from "../metrics.js";
import type { LearnerPrograms } from "../programs.js";
import type { PpoOptions } from "../settings.js";
import type { GpuLayout } from "./gpu-layout.js";

/** What an iteration leaves for the host. */
export interface IterationSums {
  /** Sums over the lanes, then how many of each row's numbers were not finite. */
  readonly sums: Float32Array;
  /** Sums over the updates. */
  readonly updateSums: Float32Array;
  readonly logStd: Float32Array;
}

interface Where {
  readonly programs: LearnerPrograms;
  readonly layout: GpuLayout;
  readonly ppo: PpoOptions;
}

/**
 * @throws NotFiniteError when a NaN or infinity turned up; what was learned before it is kept
 * @throws Error where the optimiser took other than all its steps, so that the device left out work
 */
export function readIteration(
  { programs, layout, ppo }: Where,
  { sums, updateSums, logStd }: IterationSums,
  at: { readonly iteration: number; readonly envSteps: number; readonly learningRate: number; readonly epochs: number },
): PpoMetrics {
  const { sumRows, lossNames, updateSums: words } = layout;
  checkFinite(programs, layout, sums, updateSums, at.iteration);
  const taken = updateSums[words.steps]!;
  const asked = at.epochs * ppo.numMinibatches;
  if (taken !== asked) throw new Error(`the GPU took ${taken} of ${asked} optimiser steps in iteration ${at.iteration}`);
  const decisions = ppo.numEnvs * ppo.numSteps;
  const steps = decisions * ppo.decisionInterval;
  const finished = sums[sumRows.finished]!;
  const mean = (row: number) => (finished > 0 ? sums[row]! / finished : null);
  const ofSamples = (name: string) =>
    at.epochs > 0 ? updateSums[words.lossSums + lossNames.indexOf(name)]! / (at.epochs * decisions) : 0;
  return {
    iteration: at.iteration,
    envSteps: at.envSteps,
    episodicReturn: mean(sumRows.lastReturn),
    episodeLength: mean(sumRows.lastLength),
    meanReward: sums[sumRows.rewardRaw]! / steps,
    costs: Object.fromEntries(Object.entries(sumRows.costs).map(([name, row]) => [name, sums[row]! / steps])),
    explainedVariance: explainedVariance(errorSums(sums, sumRows, decisions)),
    std: actionDeviations(programs.lane.records, logStd),
    policyLoss: ofSamples("policyLoss"),
    valueLoss: ofSamples("valueLoss"),
    entropy: ofSamples("entropy"),
    approxKl: ofSamples("approxKl"),
    clipFraction: ofSamples("clipFraction"),
    gradNorm: at.epochs > 0 ? updateSums[words.norm]! / (at.epochs * ppo.numMinibatches) : 0,
    learningRate: at.epochs > 0 ? at.learningRate : 0,
    epochs: at.epochs,
  };
}

function errorSums(sums: Float32Array, rows: GpuLayout["sumRows"], count: number): ErrorSums {
  return {
    count,
    sum: sums[rows.return]!,
    squares: sums[rows.returnSquares]!,
    errorSum: sums[rows.error]!,
    errorSquares: sums[rows.errorSquares]!,
  };
}

function checkFinite(
  { lane }: LearnerPrograms,
  { sumRows, numObservations, numInputs, updateSums: words }: GpuLayout,
  sums: Float32Array,
  updateSums: Float32Array,
  iteration: number,
): void {
  const { observation, hidden } = lane.records;
  const names = new Map<number, string>();
  for (const [i, name] of Object.keys(observation.fields).entries()) names.set(sumRows.inputs + i, `observation ${name}`);
  for (const [i, name] of Object.keys(hidden.fields).entries())
    names.set(sumRows.inputs + numObservations + i, `state ${name}`);
  for (const [name, row] of Object.entries(sumRows.costs)) names.set(row, `cost ${name}`);
  names.set(sumRows.rewardRaw, "reward").set(sumRows.return, "return").set(sumRows.state, "state");
  const isBad = (row: number) => sums[sumRows.size + row]! > 0 || !Number.isFinite(sums[row]!);
  const bad = Array.from({ length: sumRows.size }, (_, row) => row).filter(isBad);
  const named = bad.find((row) => names.has(row)) ?? bad[0];
  const badNorms = updateSums[words.badNorms]!;
  if (named === undefined && badNorms === 0) return;
  const what =
    named === undefined
      ? "the gradient norm"
      : `${names.get(named) ?? (named < 2 * numInputs ? "the square of an observation" : "a sum over the rollout")} of ${describeLanes(sums[sumRows.size + named]!)}`;
  throw new NotFiniteError(`${what} is not finite in iteration ${iteration}`);
}

const describeLanes = (lanes: number) => (lanes === 1 ? "1 lane" : `${lanes} lanes`);
