/** Clock and statistics of the benchmarks: everything is measured in turns, so that a busy machine disturbs all alike. */

const wallSeconds = (): number => performance.now() / 1000;

/** Processor time of this process: what other processes do beside it does not count. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Seconds that one call takes. */
export function timeCall(work: () => void, clock = wallSeconds): number {
  const started = clock();
  work();
  return clock() - started;
}

/** Runs all of `works` in turn, `rounds` times, after one unmeasured round. @returns seconds, by work, then by round */
export function takeTurns(works: readonly (() => void)[], rounds: number, warmUps = 1, clock = wallSeconds): number[][] {
  for (let round = 0; round < warmUps; round++) for (const work of works) work();
  const seconds: number[][] = works.map(() => []);
  for (let round = 0; round < rounds; round++) for (const [i, work] of works.entries()) seconds[i]!.push(timeCall(work, clock));
  return seconds;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The shortest time: what the machine does when nothing else disturbs it. */
export const best = (seconds: readonly number[]): number => Math.min(...seconds);
