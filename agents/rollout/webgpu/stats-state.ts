import { inverseDeviations, type RunningMoments } from "../../../models/normalizer.js";
import type { RolloutMoments } from "../moments.js";
import { planStats, type StatsOptions } from "./statistics-shader.js";

/**
 * The `stats` of a saved state. The derived words are rounded from float64; deriveShader then makes them those of the device.
 * @param firstInputs raw network inputs of some lane, observation then hidden state: before the first merge, sums are taken
 * around them
 */
export function packStats(
  { observationMoments, hiddenMoments, gainMoments }: RolloutMoments,
  options: StatsOptions,
  firstInputs: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const mean = [...observationMoments.mean, ...hiddenMoments.mean];
  const at = planStats(mean.length);
  const stats = new Float32Array(at.size);
  stats[at.observationCount] = observationMoments.count;
  stats[at.hiddenCount] = hiddenMoments.count;
  stats[at.gainCount] = gainMoments.count;
  stats.set(mean, at.mean);
  stats.set([...observationMoments.deviations, ...hiddenMoments.deviations], at.deviations);
  stats.set(gainMoments.mean, at.gainMean);
  stats.set(gainMoments.deviations, at.gainDeviations);
  // Without a past the first inputs are as good a shift as there is.
  const isKnown = (i: number) => (i < observationMoments.mean.length ? observationMoments : hiddenMoments).count > 0;
  stats.set(
    mean.map((value, i) => (isKnown(i) ? value : firstInputs[i]!)),
    at.shift,
  );
  stats.set(gainMoments.mean, at.shiftGain);
  stats.set(options.normalizeObservation ? mean : mean.map(() => 0), at.normalizerMean);
  const scale = [...inverseDeviations(observationMoments), ...inverseDeviations(hiddenMoments)];
  stats.set(options.normalizeObservation ? scale : mean.map(() => 1), at.normalizerScale);
  const rewardScale = options.normalizeReward ? inverseDeviations(gainMoments)[0]! : 1;
  const rewardMean = options.centerReward ? gainMoments.mean[1]! : 0;
  const { clipReward, gamma, decisionInterval } = options;
  stats.set([rewardScale, rewardMean, clipReward, gamma, gamma ** decisionInterval], at.scaling);
  return stats;
}

/** The running moments in the device's `stats`, for a saved state. */
export function unpackStats(
  stats: Float32Array,
  { numObservations, numHidden }: { readonly numObservations: number; readonly numHidden: number },
): RolloutMoments {
  const at = planStats(numObservations + numHidden);
  const moments = (count: number, mean: number, deviations: number, first: number, length: number): RunningMoments => ({
    count: stats[count]!,
    mean: [...stats.subarray(mean + first, mean + first + length)],
    deviations: [...stats.subarray(deviations + first, deviations + first + length)],
  });
  return {
    observationMoments: moments(at.observationCount, at.mean, at.deviations, 0, numObservations),
    hiddenMoments: moments(at.hiddenCount, at.mean, at.deviations, numObservations, numHidden),
    gainMoments: moments(at.gainCount, at.gainMean, at.gainDeviations, 0, 2),
  };
}
