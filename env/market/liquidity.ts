import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";
import { saturate } from "./curves.js";

export const LIQUIDITY_STATE = {
  depth: { unit: "1", doc: "market depth as a ratio to normal" },
  leverage: { unit: "1", doc: "leveraged longs as a share of the liquid float", scale: 0.05 },
  forcedShare: { unit: "1", doc: "share of the liquid float that liquidations sell in the next step", scale: 0.05 },
  stress: { unit: "1", doc: "excitation of jumps by past falls" },
} satisfies RecordSpec;

export const LIQUIDITY_PARAMS = {
  depthSpeed: assumed(0.1, 0.02, 0.5, "1/day", "speed at which depth follows volatility"),
  depthVolatility: assumed(0.8, 0, 2, "year^0.5", "log depth lost per unit of annual volatility"),
  depthNormal: assumed(0.9, 0.5, 1.5, "year^-0.5", "volatility at which depth is normal"),
  floatNormal: assumed(0.45, 0.2, 0.8, "1", "unbonded share of the supply at which depth is normal"),
  leverageMax: assumed(0.05, 0, 0.2, "1", "typical leveraged longs as a share of the float; 0 means no forced sellers"),
  leverageGrowth: assumed(0.02, 0, 0.1, "1/day", "speed at which leverage builds up"),
  leverageTrend: assumed(40, 0, 100, "day", "how much an upward trend raises leverage"),
  liquidationTrigger: assumed(0.06, 0.02, 0.2, "1", "daily log fall at which liquidations start"),
  liquidationWidth: assumed(0.05, 0.01, 0.2, "1", "further daily fall that liquidates most of the leverage"),
  liquidationSold: assumed(0.3, 0, 1, "1", "share of liquidated positions that reaches the spot market"),
  stressTrigger: assumed(0.08, 0.04, 0.2, "1", "daily log fall that excites further jumps"),
  stressDecay: assumed(0.1, 0.02, 0.5, "1/day", "decay of the excitation"),
  jumpExcitation: assumed(1, 0, 4, "1", "relative rise of the jump rate per unit of stress"),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof typeof LIQUIDITY_STATE, number> & { readonly lastReturn: number; readonly trend: number };
type Params = Record<keyof typeof LIQUIDITY_PARAMS, number>;
type Uses = typeof LIQUIDITY_USES;

/** How much more than normal the exogenous shock moves a market of this depth. */
export function shockAmplifier(depth: number, u: Uses): number {
  return Math.sqrt(u.clamp(1 / depth, 0.5, 2.2));
}

/** What liquidity follows in a step. */
interface LiquidityConditions {
  /** Length of the step. */
  readonly days: number;
  /** Annual volatility of the price. */
  readonly volatility: number;
  /** Share of the supply that is not locked up. */
  readonly floatShare: number;
  /** Trust over its normal level. */
  readonly confidence: number;
}

/**
 * Depth follows volatility, float and trust; one rung of the leverage ladder is liquidated after a fall and sold in the next step.
 */
export function liquidityStep(s: State, p: Params, c: LiquidityConditions, u: Uses): void {
  const { days } = c;
  const crowd = Math.sqrt(Math.max(0.05, c.floatShare) * (1 / p.floatNormal));
  const target = Math.exp(-p.depthVolatility * (c.volatility - p.depthNormal)) * crowd * (0.5 + 0.5 * c.confidence);
  s.depth = u.clamp(s.depth + p.depthSpeed * days * (target - s.depth), 0.15, 2);
  // Triggers are daily falls; a shorter step is compared at the same odds.
  const fall = -s.lastReturn * Math.sqrt(u.DAY / days);
  const hit = u.saturate(Math.max(0, fall - p.liquidationTrigger) * (1 / p.liquidationWidth));
  s.forcedShare = Math.min(p.liquidationSold * hit * s.leverage, 0.05);
  const wanted = p.leverageMax * (1 + u.saturate(p.leverageTrend * s.trend));
  s.leverage = s.leverage * (1 - hit) + p.leverageGrowth * days * (wanted - s.leverage * (1 - hit));
  s.stress = Math.min(2, s.stress * (1 - p.stressDecay * days) + (fall > p.stressTrigger ? 1 : 0));
}

export const LIQUIDITY_USES = { ...CALENDAR, clamp, saturate, shockAmplifier, liquidityStep };
