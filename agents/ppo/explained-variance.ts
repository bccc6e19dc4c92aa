/** Sums over a rollout's decisions: of the critic's targets, of target - value, and of the squares of both. */
export interface ErrorSums {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly errorSum: number;
  readonly errorSquares: number;
}

/** How much of the targets' variance the critic explains: 1 - variance of the error / variance of the target; 0 where they do not vary. */
export function explainedVariance({ count, sum, squares, errorSum, errorSquares }: ErrorSums): number {
  const variance = squares / count - (sum / count) ** 2;
  const errorVariance = errorSquares / count - (errorSum / count) ** 2;
  return variance > 0 ? 1 - errorVariance / variance : 0;
}
