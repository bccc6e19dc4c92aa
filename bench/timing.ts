/** Clock and statistics of the benchmarks: everything is measured in turns, so that a busy machine disturbs all alike. */

/** Seconds that one call takes. */
export function timeCall(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

/** Runs all of `works` in turn, `rounds` times, after one unmeasured round. @returns seconds, by work, then by round */
export function takeTurns(works: readonly (() => void)[], rounds: number, warmUps = 1): number[][] {
  for (let round = 0; round < warmUps; round++) for (const work of works) work();
  const seconds: number[][] = works.map(() => []);
  for (let round = 0; round < rounds; round++) for (const [i, work] of works.entries()) seconds[i]!.push(timeCall(work));
  return seconds;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The shortest time: what the machine does when nothing else disturbs it. */
export const best = (seconds: readonly number[]): number => Math.min(...seconds);
