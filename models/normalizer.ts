/**
 * Running mean and variance of a vector, merged batch by batch in a fixed order (Chan, Golub and LeVeque 1979), in float64.
 * Part of the policy: it is saved with the weights and frozen within an iteration.
 */
export interface RunningMoments {
  readonly count: number;
  readonly mean: readonly number[];
  /** Sum of squared deviations from the mean. */
  readonly deviations: readonly number[];
}

/** Observations are clipped to this many standard deviations. */
export const OBSERVATION_CLIP = 10;

export const emptyMoments = (size: number): RunningMoments => ({
  count: 0,
  mean: new Array<number>(size).fill(0),
  deviations: new Array<number>(size).fill(0),
});

/** Older vectors count for at most this many: statistics of a policy long gone fade instead of weighing for ever. */
export const MEMORY = 4_000_000;

/** Merges a batch of `count` vectors given by its sums and sums of squares. */
export function mergeMoments(
  past: RunningMoments,
  count: number,
  sums: ArrayLike<number>,
  squares: ArrayLike<number>,
): RunningMoments {
  if (count === 0) return past;
  const moments = past.count <= MEMORY ? past : fade(past, MEMORY / past.count);
  const total = moments.count + count;
  const mean: number[] = [];
  const deviations: number[] = [];
  for (let i = 0; i < moments.mean.length; i++) {
    const batchMean = sums[i]! / count;
    const batchDeviations = Math.max(0, squares[i]! - sums[i]! * batchMean);
    const delta = batchMean - moments.mean[i]!;
    mean.push(moments.mean[i]! + (delta * count) / total);
    deviations.push(moments.deviations[i]! + batchDeviations + (delta * delta * moments.count * count) / total);
  }
  return { count: total, mean, deviations };
}

const fade = (moments: RunningMoments, share: number): RunningMoments => ({
  count: moments.count * share,
  mean: moments.mean,
  deviations: moments.deviations.map((value) => value * share),
});

/**
 * 1 / standard deviation of each element; 1 where nothing was seen yet, and 0 where an element never varied: it carries no
 * information, and dividing by its zero deviation would turn rounding noise into signal.
 */
export function inverseDeviations(moments: RunningMoments): number[] {
  if (moments.count === 0) return moments.mean.map(() => 1);
  return moments.mean.map((mean, i) => {
    const deviation = Math.sqrt(moments.deviations[i]! / moments.count);
    return deviation > 1e-6 * Math.abs(mean) + 1e-12 ? 1 / deviation : 0;
  });
}
