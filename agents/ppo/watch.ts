import type { IterationMetrics, TrainWarning } from "../learner/learner.js";
import type { PpoSettings } from "./settings.js";

/** KL of one update above which the policy is another one afterwards; a `targetKl` may be exceeded this many times. */
const MAX_KL = 0.5;
const MAX_TIMES_TARGET = 10;
/** Above this share the clipping stops nearly every sample from teaching anything. */
const MAX_CLIP_FRACTION = 0.8;
/** Deviation of the exploration in -1..1 action units, and entropy of a choice, below which nothing new is tried. */
const MIN_STD = 1e-3;
const MIN_ENTROPY = 1e-3;
/** How often the critic's smallest loss so far it may come to, where it also explains less than nothing of its targets. */
const MAX_LOSS_GROWTH = 1000;

/** Looks for the signs of divergence in one iteration after the other. */
export function watchPpo(settings: PpoSettings): (metrics: IterationMetrics) => readonly TrainWarning[] {
  let smallestLoss = Number.POSITIVE_INFINITY;
  return ({ iteration, figures }) => {
    if (!figures["epochs"]) return [];
    const valueLoss = figures["valueLoss"] ?? 0;
    smallestLoss = Math.min(smallestLoss, valueLoss > 0 ? valueLoss : smallestLoss);
    const figure = (name: string) => figures[name] ?? 0;
    const found = [
      klWarning(figure("approxKl"), settings),
      clipWarning(figure("clipFraction"), settings),
      explorationWarning(figures, settings),
      valueWarning({ valueLoss, smallestLoss, explained: figure("explainedVariance") }, settings),
    ];
    return found.flatMap((warning) => (warning ? [{ ...warning, message: `update ${iteration}: ${warning.message}` }] : []));
  };
}

function klWarning(kl: number, { targetKl, learningRate }: PpoSettings): TrainWarning | undefined {
  const most = targetKl === null ? MAX_KL : MAX_TIMES_TARGET * targetKl;
  if (kl <= most) return undefined;
  const message = `approxKl is ${kl.toPrecision(2)}, far above ${most}: each update makes it another policy`;
  return {
    code: "W_KL",
    message,
    hint: `lower learningRate (it is ${learningRate})${targetKl === null ? ", or set targetKl=0.02" : ""}`,
  };
}

function clipWarning(share: number, { learningRate, updateEpochs }: PpoSettings): TrainWarning | undefined {
  if (share <= MAX_CLIP_FRACTION) return undefined;
  const message = `clipFraction is ${share.toFixed(2)}: nearly no sample teaches anything`;
  return {
    code: "W_CLIP",
    message,
    hint: `lower learningRate (it is ${learningRate}) or updateEpochs (it is ${updateEpochs})`,
  };
}

function explorationWarning(figures: IterationMetrics["figures"], settings: PpoSettings): TrainWarning | undefined {
  const { entCoef, logStdInit } = settings;
  const deviations = Object.entries(figures).flatMap(([name, value]) => (name.startsWith("std.") ? [value ?? 0] : []));
  const smallest = Math.min(...deviations);
  const entropy = figures["entropy"] ?? 0;
  const collapsed = deviations.length > 0 ? smallest < MIN_STD && logStdInit > Math.log(MIN_STD) : entropy < MIN_ENTROPY;
  if (!collapsed) return undefined;
  const what =
    deviations.length > 0
      ? `the exploration's deviation is ${smallest.toPrecision(2)}`
      : `entropy is ${entropy.toPrecision(2)}`;
  return {
    code: "W_ENTROPY",
    message: `${what}: the policy tries nothing new`,
    hint: `raise entCoef (it is ${entCoef}) or lower learningRate`,
  };
}

function valueWarning(
  {
    valueLoss,
    smallestLoss,
    explained,
  }: { readonly valueLoss: number; readonly smallestLoss: number; readonly explained: number },
  { learningRate, vfCoef }: PpoSettings,
): TrainWarning | undefined {
  if (valueLoss <= MAX_LOSS_GROWTH * smallestLoss || explained >= 0) return undefined;
  const message = `valueLoss is ${valueLoss.toPrecision(2)}, and was ${smallestLoss.toPrecision(2)}: the critic diverges`;
  return { code: "W_VALUE", message, hint: `lower learningRate (it is ${learningRate}) or vfCoef (it is ${vfCoef})` };
}
