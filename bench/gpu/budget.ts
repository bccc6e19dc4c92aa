/** Time that the whole bench may take. */
export interface Budget {
  /** Seconds since the beginning. */
  readonly elapsed: () => number;
  readonly left: () => number;
}

/** @param now milliseconds of any clock */
export function createBudget(totalSeconds: number, now: () => number): Budget {
  const started = now();
  const elapsed = () => (now() - started) / 1000;
  return { elapsed, left: () => totalSeconds - elapsed() };
}

/** Room for a case that is slower than those before it: it may be larger. */
const MARGIN = 1.5;

/**
 * Why the next part is not begun; undefined when the time should do.
 * @param before seconds that the parts before it took, each
 * @param least seconds that any part takes
 */
export function reasonToSkip(left: number, before: readonly number[], least: number): string | undefined {
  const expected = Math.max(least, MARGIN * Math.max(0, ...before));
  if (expected <= left) return undefined;
  return `no time: it may take ${Math.ceil(expected)} s, ${Math.max(0, Math.floor(left))} s are left`;
}

/** Work that has not ended in its time; it cannot be stopped and runs on. */
export class LateError extends Error {}

/**
 * The result, or an error once the time is over; what was begun is left to itself.
 * @throws LateError
 */
export async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`it takes longer than ${Math.round(seconds)} s`)), 1000 * seconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Parts of the work, until one does not end. */
export interface Parts {
  /** @throws LateError where the part does not end, Error without having begun it where one before it did not */
  readonly run: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  /** Why nothing more is begun; undefined while all that was begun has ended. */
  readonly stopped: () => string | undefined;
}

/** @param limitSeconds of any part */
export function createParts(budget: Budget, limitSeconds: number): Parts {
  let stopped: string | undefined;
  const run: Parts["run"] = async (what, work) => {
    if (stopped !== undefined) throw new Error(stopped);
    try {
      return await within(Math.min(limitSeconds, budget.left()), work());
    } catch (error) {
      if (error instanceof LateError) stopped = `not begun: "${what}" has not ended and would disturb it`;
      throw error;
    }
  };
  return { run, stopped: () => stopped };
}
