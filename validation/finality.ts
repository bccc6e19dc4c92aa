import { makeRule, ruleInForce } from "../agents/rules/registry.js";
import type { Interval } from "../core/statistics.js";
import { meanInterval } from "./akash/gates.js";
import { type PathCount, recordPaths } from "./lanes.js";
import { meanOf, type ValidationSpec } from "./spec.js";

/** What it costs that a decision takes effect late, in mean objective a day on the same shocks. */
export interface FinalityRow {
  readonly name: string;
  readonly seconds: number;
  readonly effect: Interval;
}

const SECONDS_PER_DAY = 86_400;
/** Blocks as they are quoted for the networks, and delays that would be long, for comparison. */
const DELAYS: Readonly<Record<string, number>> = { "6 s": 6, "12 s": 12, "15 s": 15, "1 hour": 3600, "1 day": SECONDS_PER_DAY };
export const BLOCKS = ["6 s", "12 s", "15 s"];
/** A difference of the mean objective a day that is smaller does not matter: a hundredth of what feedback is asked to add. */
export const FINALITY_MATTERS = 0.0005;

/**
 * Decisions that take effect a block late: for that share of the day the old request stays in force. To first
 * order the day then has the mean of both requests, weighted by time.
 */
export function measureFinality({ economy, feedback = ruleInForce(economy) }: ValidationSpec, count: PathCount): FinalityRow[] {
  const reward = meanOf("reward");
  const live = (late: number) => recordPaths(economy, { rule: makeRule(feedback, economy), late }, count).map(reward);
  const prompt = live(0);
  return Object.entries(DELAYS).map(([name, seconds]) => {
    const late = live(seconds / SECONDS_PER_DAY);
    return { name, seconds, effect: meanInterval(prompt.map((value, i) => late[i]! - value)) };
  });
}

export const finalityMatters = ({ effect }: FinalityRow): boolean =>
  Math.max(Math.abs(effect.low), Math.abs(effect.high)) >= FINALITY_MATTERS;
