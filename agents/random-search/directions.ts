/** Scores of the two candidates of a direction. */
interface Tried {
  readonly delta: Float64Array;
  readonly plus: number;
  readonly minus: number;
}

/**
 * The step of augmented random search: along the best directions, each by how much better one way is than the other, in deviations
 * of their scores (Mania, Guy and Recht 2018, algorithm 2, V1-t and V2-t).
 * @returns the move of every weight; zeros where all scores are equal
 */
export function searchStep(tried: readonly Tried[], top: number, stepSize: number): Float64Array {
  const ranked = tried.toSorted((a, b) => Math.max(b.plus, b.minus) - Math.max(a.plus, a.minus)).slice(0, top);
  const deviation = standardDeviation(ranked.flatMap(({ plus, minus }) => [plus, minus]));
  const step = new Float64Array(tried[0]!.delta.length);
  if (!(deviation > 0)) return step;
  for (const { delta, plus, minus } of ranked) {
    const weight = (stepSize * (plus - minus)) / (ranked.length * deviation);
    for (let i = 0; i < step.length; i++) step[i]! += weight * delta[i]!;
  }
  return step;
}

export function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
