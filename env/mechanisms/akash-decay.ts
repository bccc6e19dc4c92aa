import { given, positive, within } from "./checked-number.js";
import { SDK_BLOCKS_PER_YEAR } from "./cosmos-mint.js";

/** The inflation that the decay rule aims at after `years`. */
export function decayedRate(start: number, halfLife: number, years: number): number {
  return start * 2 ** (-years / halfLife);
}

/**
 * Akash's decay rule (x/inflation, coded for 2021 and removed later): the Cosmos step, limited to +-`spread` around an ideal that
 * halves in `halfLife` years of 31,557,600 s. Source: akash-network/node 07bd6ee,
 * `x/inflation/types/v1beta2/inflation_calculator.go`.
 */
interface AkashDecay {
  /** Inflation when the rule began, in any unit; the results are in the same. */
  readonly start: number;
  /** Years; 2 unless given. */
  readonly halfLife?: number;
  /** Years since it began. */
  readonly years: number;
  /** 0.05 unless given. */
  readonly spread?: number;
  /** Inflation now. */
  readonly inflation: number;
  readonly bonded: number;
  readonly goalBonded?: number;
  /** Largest change by the Cosmos step in a year, in the unit of `start`. */
  readonly rateChange?: number;
  readonly blocksPerYear?: number;
}

/**
 * The ideal, its limits, and the inflation after one block.
 * @throws UserError `E_MECHANISM` for values out of range
 */
export function akashDecayInflation(rule: AkashDecay): { ideal: number; low: number; high: number; inflation: number } {
  const {
    halfLife = 2,
    spread = 0.05,
    goalBonded = 0.67,
    rateChange = 0.13,
    blocksPerYear = SDK_BLOCKS_PER_YEAR,
  } = given("rule", rule);
  positive("start", rule.start);
  positive("halfLife", halfLife);
  within("years", rule.years, 0, Number.MAX_VALUE);
  within("spread", spread, 0, 1);
  within("inflation", rule.inflation, 0, Number.MAX_VALUE);
  within("bonded", rule.bonded, 0, 1);
  within("goalBonded", goalBonded, Number.MIN_VALUE, 1);
  within("rateChange", rateChange, 0, Number.MAX_VALUE);
  const ideal = decayedRate(rule.start, halfLife, rule.years);
  const [low, high] = [ideal * (1 - spread), ideal * (1 + spread)];
  const moved = rule.inflation + ((1 - rule.bonded / goalBonded) * rateChange) / positive("blocksPerYear", blocksPerYear);
  return { ideal, low, high, inflation: Math.min(high, Math.max(low, moved)) };
}
