import { median } from "./timing.js";

/** Speed of something that runs again and again: units of work a second. */
export interface Speed {
  /** Over windows, and their slowest and fastest. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly windows: number;
  /** Times that the work was done while timed. */
  readonly rounds: number;
}

export interface InFlightEffort {
  /** Rounds that are under way at once, so that the device never waits for the host. */
  readonly depth: number;
  readonly seconds: number;
  /** Rounds that are timed at least, however long they take. */
  readonly least: number;
  /** Milliseconds of any clock. */
  readonly now: () => number;
}

/**
 * Times work on a device that computes beside the host: begins rounds before earlier ones have ended, and takes the time between
 * their ends.
 * @param launch begins a round at once and settles when it has ended; rounds end in their order
 * @param work of one round, in any unit
 */
export async function measureInFlight(
  launch: () => Promise<unknown>,
  work: number,
  { depth, seconds, least, now }: InFlightEffort,
): Promise<Speed> {
  const underWay: Promise<unknown>[] = [];
  const ends: number[] = [];
  const isEnough = () => ends.length > least && ends.at(-1)! - ends[0]! >= 1000 * seconds;
  while (!isEnough()) {
    while (underWay.length < depth) underWay.push(launch());
    await underWay.shift();
    ends.push(now());
  }
  await Promise.all(underWay);
  return measureSpeed(ends, work, depth);
}

const WINDOWS = 10;

/**
 * Speed by the times at which rounds ended, milliseconds; the first is only where the clock starts. Neighbouring rounds are put
 * together into at most ten windows of about as many rounds each.
 * @param depth rounds that may be seen to end all at once: no window has fewer
 */
export function measureSpeed(ends: readonly number[], work: number, depth = 1): Speed {
  const rounds = ends.length - 1;
  const windows = Math.max(1, Math.min(WINDOWS, Math.floor(rounds / depth)));
  const speeds = Array.from({ length: windows }, (_, i) => {
    const [first, last] = [i, i + 1].map((each) => Math.round((each * rounds) / windows)) as [number, number];
    // A coarse clock may stand still for a round.
    const milliseconds = Math.max(1e-3, ends[last]! - ends[first]!);
    return (1000 * work * (last - first)) / milliseconds;
  });
  return { median: median(speeds), low: Math.min(...speeds), high: Math.max(...speeds), windows, rounds };
}
