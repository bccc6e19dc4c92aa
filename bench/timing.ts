/** Milliseconds; any origin. */
export type Clock = () => number;

/** Seconds that one call takes: the fastest of `rounds`, since everything that disturbs makes it slower. */
export function fastest(clock: Clock, rounds: number, action: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = clock();
    action();
    best = Math.min(best, (clock() - start) / 1000);
  }
  return best;
}

/** The fastest of two actions' rounds, taken in turns: a machine that others use, or that heats up, slows both alike. */
export function inTurns(
  clock: Clock,
  rounds: number,
  first: () => void,
  second: () => void,
): { readonly first: number; readonly second: number } {
  const pairs = Array.from({ length: rounds }, () => [fastest(clock, 1, first), fastest(clock, 1, second)] as const);
  return {
    first: Math.min(...pairs.map(([seconds]) => seconds)),
    second: Math.min(...pairs.map(([, seconds]) => seconds)),
  };
}
