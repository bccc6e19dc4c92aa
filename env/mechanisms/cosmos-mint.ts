import { UserError } from "../../core/errors.js";
import { given, positive, within } from "./checked-number.js";

/** Blocks per year of the SDK's defaults: 8766 hours at 5 seconds a block. */
export const SDK_BLOCKS_PER_YEAR = (8766 * 3600) / 5;

interface Minter {
  /** Inflation now, 1/year. */
  readonly rate: number;
  /** Bonded share of supply; NaN leaves the rate unchanged. */
  readonly bonded: number;
}

interface MinterParams {
  /** Bonded share that the rule steers to. */
  readonly goal: number;
  /** Largest change of inflation in a year, 1/year^2. */
  readonly rateChange: number;
  /** Band of the inflation, 1/year. */
  readonly min: number;
  readonly max: number;
  /** Length of the step, year. */
  readonly step: number;
}

/**
 * Inflation after one step of the Cosmos x/mint rule: it rises while less than `goal` is bonded, falls while more is. Per block,
 * `step` is 1 / blocks per year; away from the band the change does not depend on the inflation, so a day is its blocks added up.
 * Source: cosmos/cosmos-sdk x/mint/types/minter.go.
 */
export function cosmosInflation(
  m: Minter,
  p: MinterParams,
  u: { readonly clamp: (x: number, low: number, high: number, safe: number) => number },
): number {
  return u.clamp(m.rate + (1 - m.bonded / p.goal) * p.rateChange * p.step, p.min, p.max, m.rate);
}

/** Parameters of x/mint in its own names, annual rates as fractions. */
interface CosmosMint {
  readonly inflation: number;
  /** Bonded share of supply. */
  readonly bonded: number;
  readonly goalBonded?: number;
  /** Largest change of inflation in a year. */
  readonly rateChange?: number;
  readonly min?: number;
  readonly max?: number;
  readonly blocksPerYear?: number;
}

/**
 * Change of inflation by one block of x/mint, limits included; what is left out is the SDK's default (goal 0.67, change 0.13, 7 to
 * 20 %, 6,311,520 blocks). It is the difference of the two inflations, as minter_test.go takes it.
 * @throws UserError `E_MECHANISM` for values out of range
 */
export function cosmosInflationDelta(mint: CosmosMint): number {
  const {
    goalBonded = 0.67,
    rateChange = 0.13,
    min = 0.07,
    max = 0.2,
    blocksPerYear = SDK_BLOCKS_PER_YEAR,
  } = given("mint", mint);
  const inflation = within("inflation", mint.inflation, 0, Number.MAX_VALUE);
  const bonded = within("bonded", mint.bonded, 0, 1);
  within("goalBonded", goalBonded, Number.MIN_VALUE, 1);
  within("rateChange", rateChange, 0, Number.MAX_VALUE);
  within("min", min, 0, Number.MAX_VALUE);
  if (!(max >= min)) {
    throw new UserError("E_MECHANISM", `max is ${max}, it must be a number of at least min, which is ${min}`, "give both");
  }
  const moved = inflation + ((1 - bonded / goalBonded) * rateChange) / positive("blocksPerYear", blocksPerYear);
  return Math.min(max, Math.max(min, moved)) - inflation;
}
