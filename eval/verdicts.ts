import { adjustByHolm, type Interval } from "../core/statistics.js";
import type { Verdict } from "./report-schema.js";

/**
 * Episodes of a scenario below which no verdict is given. The rare bad year decides the mean here: one that comes in 1 of 20 episodes
 * is missing from 36 of 100 samples of 20 and from 8 of 100 samples of 50, and no interval can cover what its sample does not hold.
 */
export const MIN_EPISODES = 50;

/**
 * Share of a figure's size that a difference must exceed to count. Markets are simulated in single precision: two controllers that do
 * the same by different arithmetic differ by roundings, some 1e-7 of each step, and paired intervals are narrow enough to show it.
 */
export const RESOLUTION = 1e-5;

/** A difference of returns that is to be judged. */
export interface Difference {
  readonly gain: Pick<Interval, "low" | "high">;
  /** Two-sided P of no difference. */
  readonly p: number;
  /** Quantiles of one side's returns, for their size. */
  readonly returns: { readonly q05: number; readonly q95: number };
}

export interface Judgement {
  readonly verdict: Exclude<Verdict, "violates">;
  /** P after Holm's correction for all differences that are judged together. */
  readonly pAdjusted: number;
  /** Why it is undecided although its interval is clear of 0. */
  readonly note?: string;
}

/**
 * Judges all differences of a report together: better or worse where the interval lies beyond the resolution on one side of 0 and P, adjusted
 * for the number of verdicts (Holm 1979), is at most 1 - level.
 * @param episodes of a scenario
 */
export function judgeDifferences(
  differences: ReadonlyMap<string, Difference>,
  episodes: number,
  level: number,
): ReadonlyMap<string, Judgement> {
  const entries = [...differences];
  const adjusted = adjustByHolm(entries.map(([, { p }]) => p));
  return new Map(entries.map(([key, difference], i) => [key, judge(difference, adjusted[i]!, episodes, level)]));
}

function judge({ gain, returns }: Difference, pAdjusted: number, episodes: number, level: number): Judgement {
  if (episodes < MIN_EPISODES) {
    return {
      verdict: "undecided",
      pAdjusted,
      note: `too few episodes: ${episodes} a scenario, a verdict needs ${MIN_EPISODES}`,
    };
  }
  const least = RESOLUTION * Math.max(Math.abs(returns.q05), Math.abs(returns.q95));
  const verdict = gain.low > least ? "better" : gain.high < -least ? "worse" : "undecided";
  if (verdict === "undecided" || pAdjusted <= 1 - level) return { verdict, pAdjusted };
  return { verdict: "undecided", pAdjusted, note: `${verdict} on its own, but not after the correction for many verdicts` };
}
