import { normal4 } from "../../../core/normal.js";
import { uniform4 } from "../../../core/random.js";
import { type EXOGENOUS_PARAMS, type EXOGENOUS_SHOCKS, type EXOGENOUS_STATE, exogenousStep } from "../exogenous.js";
import { type LIQUIDITY_PARAMS, type LIQUIDITY_STATE, LIQUIDITY_USES, liquidityStep, shockAmplifier } from "../liquidity.js";
import { type PRICE_PARAMS, PRICE_USES, type priceState, priceStep, sentimentStep } from "../price.js";
import { byRegime, nextRegime, type REGIME_PARAMS, type REGIME_STATE } from "../regime.js";

/** Parameters of the market core that a price path without a network depends on. */
export type MarketPathParams = Record<
  keyof typeof EXOGENOUS_PARAMS | keyof typeof REGIME_PARAMS | keyof typeof LIQUIDITY_PARAMS | keyof typeof PRICE_PARAMS,
  number
>;

/** Random numbers of a path, drawn beforehand so that any parameters can be tried on the same ones. */
export interface PathShocks {
  readonly days: number;
  /** Per day: market, variance, jump size (standard normal), jump chance, regime (uniform), sentiment (variance 1). */
  readonly values: Float64Array;
}

const PER_DAY = 6;
const BURN_IN = 60;
const USES = {
  ...LIQUIDITY_USES,
  ...PRICE_USES,
  // The path of years may go farther than an episode's.
  LOG_PRICE_LIMIT: 1e6,
};
const NORMAL = { uniform4, TWO_PI: 2 * Math.PI };

/** Shocks of one path. `stream` and `stream + 1` are used. */
export function drawPathShocks(days: number, seed: number, path: number, stream: number): PathShocks {
  const values = new Float64Array((days + BURN_IN) * PER_DAY);
  for (let day = 0; day < days + BURN_IN; day++) {
    const n = normal4(seed, path, day, stream, NORMAL);
    const w = uniform4(seed, path, day, stream + 1);
    values.set([n.a, n.b, n.c, w.a, w.b, Math.sqrt(12) * (w.c - 0.5)], day * PER_DAY);
  }
  return { days, values };
}

/**
 * Log prices of the market core without a network on it: exogenous path with regimes, depth that thins as volatility rises,
 * jumps that excite jumps, trend followers. No usage, staking, supply or order flow. The first 60 days are dropped, so that
 * variance and regime have lost their start.
 */
export function marketPath(p: MarketPathParams, shocks: PathShocks): Float64Array {
  const s = startState(p);
  const z: Record<keyof typeof EXOGENOUS_SHOCKS, number> = { market: 0, variance: 0, jumpSize: 0, jumpChance: 0 };
  const path = new Float64Array(shocks.days);
  const { values } = shocks;
  for (let day = 0; day < shocks.days + BURN_IN; day++) {
    const at = day * PER_DAY;
    z.market = values[at]!;
    z.variance = values[at + 1]!;
    z.jumpSize = values[at + 2]!;
    z.jumpChance = values[at + 3]!;
    const conditions = {
      years: 1 / USES.DAYS_PER_YEAR,
      drift: byRegime(s.regime, p.driftNormal, p.driftBoom, p.driftBust),
      level: p.varianceLevel * byRegime(s.regime, 1, p.varianceBoom, p.varianceBust),
      amplify: shockAmplifier(s.depth, USES),
      jumpRate: p.jumpRate * (1 + p.jumpExcitation * s.stress),
      jumpScale: 1,
    };
    exogenousStep(s, p, conditions, z, USES);
    sentimentStep(s, p, values[at + 5]!, 1, USES);
    priceStep(s, p, { days: 1, start: 1, fundamental: s.exogenous }, USES);
    liquidityStep(s, p, { days: 1, volatility: Math.sqrt(s.realisedVariance), floatShare: p.floatNormal, confidence: 1 }, USES);
    s.regime = nextRegime(s.regime, p, values[at + 4]!, 1);
    if (day >= BURN_IN) path[day - BURN_IN] = s.logPrice;
  }
  return path;
}

type State = Record<
  keyof typeof EXOGENOUS_STATE | keyof typeof REGIME_STATE | keyof typeof LIQUIDITY_STATE | keyof ReturnType<typeof priceState>,
  number
>;

/** Written out, not built from the record specs: an object with computed keys would make a path four times as slow. */
function startState(p: MarketPathParams): State {
  return {
    exogenous: 0,
    variance: p.varianceLevel,
    regime: 0,
    depth: 1,
    leverage: 0.5 * p.leverageMax,
    forcedShare: 0,
    stress: 0,
    logPrice: 0,
    price: 1,
    peak: 0,
    maxDrawdown: 0,
    lastReturn: 0,
    trend: 0,
    realisedVariance: p.varianceLevel,
    sentiment: 0,
    impact: 0,
  };
}
