import { clamp } from "../../compiler/primitives.js";
import type { ObservationSpec } from "../world.js";

/** What any token's market shows. */
export const MARKET_OBSERVATIONS = {
  priceChange: { unit: "1", low: -2, high: 2, doc: "log price change of the last step", onChain: "price oracle" },
  trend: { unit: "1/day", low: -0.5, high: 0.5, doc: "mean of daily log returns", onChain: "price oracle, indexed" },
  volatility: {
    unit: "year^-0.5",
    low: 0,
    high: 10,
    doc: "realised volatility of about a month",
    onChain: "price oracle, indexed",
  },
  drawdown: { unit: "1", low: 0, high: 10, doc: "log of the price's peak over the price", onChain: "price oracle, indexed" },
  volume: {
    unit: "1",
    low: 0,
    high: 4,
    doc: "market depth as a ratio to normal, noisy",
    onChain: "off chain: exchange volume by oracle",
  },
  netIssuance: {
    unit: "1/year",
    low: -2,
    high: 2,
    doc: "mean of net issuance over about a month",
    onChain: "total supply, indexed",
  },
} satisfies Record<string, ObservationSpec>;

type Observation = Record<keyof typeof MARKET_OBSERVATIONS, number>;
type State = Record<"lastReturn" | "trend" | "realisedVariance" | "peak" | "logPrice" | "depth" | "netIssuance", number>;
type Uses = typeof OBSERVE_USES;

/** Writes {@link MARKET_OBSERVATIONS}, within their bounds. */
function observeMarket(o: Observation, s: State, z: { readonly volumeNoise: number }, u: Uses): void {
  o.priceChange = u.clamp(s.lastReturn, -2, 2);
  o.trend = u.clamp(s.trend, -0.5, 0.5);
  o.volatility = Math.min(Math.sqrt(s.realisedVariance), 10);
  o.drawdown = Math.min(s.peak - s.logPrice, 10);
  o.volume = u.clamp(s.depth * (1 + u.OBSERVATION_NOISE * z.volumeNoise), 0, 4);
  o.netIssuance = u.clamp(s.netIssuance, -2, 2);
}

export const OBSERVE_USES = { clamp, observeMarket, OBSERVATION_NOISE: 0.03 };
