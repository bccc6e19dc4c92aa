import type { RecordSpec } from "../../compiler/schema.js";
import type { ParamSpec } from "../world.js";

export const EXOGENOUS_STATE = {
  exogenous: { unit: "1", doc: "log of the exogenous price path: sector moves that no policy of this token causes" },
  variance: { unit: "1/year", doc: "instantaneous variance of the exogenous path" },
} satisfies RecordSpec;

export const EXOGENOUS_PARAMS = {
  varianceLevel: {
    value: 0.62,
    low: 0.05,
    high: 4,
    unit: "1/year",
    source: "Heston 1993; level chosen for 85 % a year with jumps, not estimated; `flyball calibrate` fits it",
    doc: "long-run variance; raises volatility, drawdowns and with them halts",
  },
  varianceReversion: {
    value: 3,
    low: 0.5,
    high: 12,
    unit: "1/year",
    source: "Heston 1993; usual for crypto 3 to 6, not estimated",
    doc: "speed at which variance returns to its level; low values make volatility cluster longer",
  },
  volOfVol: {
    value: 1.25,
    low: 0.1,
    high: 4,
    unit: "1/year",
    source: "Heston 1993; 1.5 lowered so that the Feller condition holds, not estimated",
    doc: "volatility of variance; raises the kurtosis of returns",
  },
  leverageEffect: {
    value: -0.35,
    low: -0.9,
    high: 0.5,
    unit: "1",
    source: "Heston 1993; near -0.3, not estimated",
    doc: "correlation of price and variance shocks; negative: falls come with rising volatility",
  },
  jumpRate: {
    value: 6,
    low: 0,
    high: 60,
    unit: "1/year",
    source: "Merton 1976; usual for crypto 6 to 12, not estimated",
    doc: "jumps a year in calm times",
  },
  jumpMean: {
    value: -0.03,
    low: -0.3,
    high: 0.3,
    unit: "1",
    source: "Merton 1976; thinner tails by assumption",
    doc: "mean of a jump in the log price",
  },
  jumpSd: {
    value: 0.07,
    low: 0,
    high: 0.5,
    unit: "1",
    source: "Merton 1976; usual 0.10 to 0.15, thinner tails by assumption",
    doc: "standard deviation of a jump in the log price",
  },
} satisfies Record<string, ParamSpec>;

export const EXOGENOUS_SHOCKS = {
  market: { unit: "1", doc: "standard normal: exogenous price" },
  variance: { unit: "1", doc: "standard normal: variance, apart from the price" },
  jumpSize: { unit: "1", doc: "standard normal: size of a jump" },
  jumpChance: { unit: "1", doc: "uniform: whether a jump comes" },
} satisfies RecordSpec;

/** What the rest of the world makes of the path in this step; {@link plainConditions} where there is no rest. */
export interface ExogenousConditions {
  /** Length of the step in years. */
  readonly years: number;
  /** Drift of the log price, 1/year. */
  readonly drift: number;
  /** Variance that the process reverts to, 1/year. */
  readonly level: number;
  /** Multiplies the diffusive shock: thin markets move more. */
  readonly amplify: number;
  /** Jumps a year now. */
  readonly jumpRate: number;
  /** Multiplies the size of a jump. */
  readonly jumpScale: number;
}

type State = Record<keyof typeof EXOGENOUS_STATE, number>;
type Params = Record<keyof typeof EXOGENOUS_PARAMS, number>;
type Shocks = Record<keyof typeof EXOGENOUS_SHOCKS, number>;
interface Clamp {
  readonly clamp: (x: number, low: number, high: number) => number;
}

/**
 * One step of the exogenous log price: Heston variance (Euler) and Merton jumps, at most one jump a step, compensated, no Ito term: without
 * drift the log price itself is a martingale up to the convexity of the jumps, so its mean does not fall as volatility rises.
 * Runs alone for calibration.
 */
export function exogenousStep(s: State, p: Params, c: ExogenousConditions, z: Shocks, u: Clamp): void {
  const expected = c.jumpRate * c.years;
  // 1 - exp(-y) by its rational form, error y^3/12: chances of a day are below 0.2.
  const chance = expected / (1 + 0.5 * expected);
  const jump = z.jumpChance < chance ? (p.jumpMean + p.jumpSd * z.jumpSize) * c.jumpScale : 0;
  const compensator = chance * (Math.exp(p.jumpMean + 0.5 * p.jumpSd * p.jumpSd) - 1);
  const move = Math.sqrt(s.variance * c.years);
  const varianceShock = p.leverageEffect * z.market + Math.sqrt(1 - p.leverageEffect * p.leverageEffect) * z.variance;
  s.exogenous = s.exogenous + c.drift * c.years - compensator + move * c.amplify * z.market + jump;
  s.variance = u.clamp(
    s.variance + p.varianceReversion * c.years * (c.level - s.variance) + p.volOfVol * move * varianceShock,
    0.02,
    6,
  );
}

/** Conditions of the path alone: no regimes, normal depth, no excitation. */
export function plainConditions(p: Params, days: number, u: { readonly DAYS_PER_YEAR: number }): ExogenousConditions {
  return {
    years: days / u.DAYS_PER_YEAR,
    drift: 0,
    level: p.varianceLevel,
    amplify: 1,
    jumpRate: p.jumpRate,
    jumpScale: 1,
  };
}
