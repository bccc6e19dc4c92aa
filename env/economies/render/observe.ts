import { MARKET_OBSERVATIONS, type OBSERVE_USES } from "../../market/observe.js";
import type { ObservationSpec } from "../../world.js";
import type { Params } from "./params.js";
import { ACTIONS, type Shocks, type State } from "./records.js";

const ratio = (doc: string, onChain: string): ObservationSpec => ({ unit: "1", low: 0, high: 1, doc, onChain });
const STATS = "foundation statistics, per epoch";

/** A control in force, within its band. */
function inForce(name: keyof typeof ACTIONS, onChain: string): ObservationSpec {
  const { unit, low, high } = ACTIONS[name];
  return { unit, low, high, doc: `${name} in force`, onChain };
}

export const OBSERVATIONS = {
  utilization: ratio("share of capacity at work, noisy", "node heartbeats and job log"),
  utilizationSlow: ratio("mean of utilisation over about a month", "job log, indexed"),
  capacityGrowth: { unit: "1", low: -1, high: 2, doc: "capacity over its mean of about a month, less 1", onChain: STATS },
  listPrice: { unit: "USD/unit/day", low: 0, high: 20, doc: "mean list price of scheduled work", onChain: "job log" },
  usage: { unit: "1", low: -10, high: 5, doc: "log of what users pay over its reference", onChain: "burn transactions" },
  burnRate: {
    unit: "1/year",
    low: 0,
    high: 2,
    doc: "mean of the burn over about a month, share of the starting supply",
    onChain: "burn transactions",
  },
  epochRate: {
    unit: "1/year",
    low: 0,
    high: 0.25,
    doc: "emission of the running epoch, share of the starting supply",
    onChain: "mint transactions",
  },
  epochAge: { unit: "day", low: 0, high: 30, doc: "days of the epoch that have passed", onChain: "clock" },
  payRatio: {
    unit: "1",
    low: 0,
    high: 10,
    doc: "worth of what nodes earn over what users pay, mean over about a month",
    onChain: "burn and reward transactions, price oracle",
  },
  finished: ratio("share of scheduled work that was finished", "job log"),
  latency: { unit: "1", low: 0, high: 30, doc: "mean waiting time over the reference", onChain: "job log" },
  capacityUpper: { unit: "1", low: 0, high: 20, doc: "capacity of datacenter and studio nodes over its start", onChain: STATS },
  capacityLower: { unit: "1", low: 0, high: 20, doc: "capacity of gamer and bargain nodes over its start", onChain: STATS },
  loadUpper: ratio("load of datacenter and studio nodes", "job log"),
  loadLower: ratio("load of gamer and bargain nodes", "job log"),
  reliabilityUpper: ratio("mean reliability of datacenter and studio nodes", "job log"),
  reliabilityLower: ratio("mean reliability of gamer and bargain nodes", "job log"),
  ...MARKET_OBSERVATIONS,
  issuance: inForce("issuance", "policy of the foundation"),
  burnShare: inForce("burnShare", "policy of the foundation"),
  fee: inForce("fee", "price list"),
  weightPrice: inForce("weightPrice", "off chain: scheduler"),
  weightLatency: inForce("weightLatency", "off chain: scheduler"),
  weightReliability: inForce("weightReliability", "off chain: scheduler"),
} satisfies Record<string, ObservationSpec>;

type Observation = Record<keyof typeof OBSERVATIONS, number>;

/**
 * What a controller sees, within the bounds above; only what the state itself does not bound is clamped. Delay is the environment's.
 */
export function observe(o: Observation, s: State, p: Params, z: Shocks, u: typeof OBSERVE_USES): void {
  const upper = s.capacity[0]! + s.capacity[1]!;
  const lower = s.capacity[2]! + s.capacity[3]!;
  o.utilization = u.clamp(s.utilization * (1 + u.OBSERVATION_NOISE * z.activityNoise), 0, 1);
  o.utilizationSlow = u.clamp(s.utilizationSlow, 0, 1);
  o.capacityGrowth = u.clamp((upper + lower) / s.capacitySlow - 1, -1, 2);
  o.listPrice = u.clamp(s.listPrice, 0, 20);
  o.usage = u.clamp(s.logUsage, -10, 5);
  o.burnRate = u.clamp(s.burnRate, 0, 2);
  o.epochRate = u.clamp(s.epochRate, 0, 0.25);
  o.epochAge = s.epochAge;
  o.payRatio = u.clamp(s.payRatio, 0, 10);
  o.finished = u.clamp(s.finished, 0, 1);
  o.latency = u.clamp(s.latency, 0, 30);
  o.capacityUpper = u.clamp(upper / (p["capacity.datacenter"] + p["capacity.studio"]), 0, 20);
  o.capacityLower = u.clamp(lower / (p["capacity.gamer"] + p["capacity.bargain"]), 0, 20);
  o.loadUpper = u.clamp((s.load[0]! * s.capacity[0]! + s.load[1]! * s.capacity[1]!) / upper, 0, 1);
  o.loadLower = u.clamp((s.load[2]! * s.capacity[2]! + s.load[3]! * s.capacity[3]!) / lower, 0, 1);
  o.reliabilityUpper = u.clamp((s.reliability[0]! * s.capacity[0]! + s.reliability[1]! * s.capacity[1]!) / upper, 0, 1);
  o.reliabilityLower = u.clamp((s.reliability[2]! * s.capacity[2]! + s.reliability[3]! * s.capacity[3]!) / lower, 0, 1);
  u.observeMarket(o, s, z, u);
  o.issuance = s.issuance;
  o.burnShare = s.burnShare;
  o.fee = s.fee;
  o.weightPrice = s.weightPrice;
  o.weightLatency = s.weightLatency;
  o.weightReliability = s.weightReliability;
}

const at = (center: number, spread: number) => ({ center, spread });

/**
 * What observations are usually like: mean and standard deviation over 120 randomised years on selection markets, half of them under the
 * actions in force and half under constant actions drawn over most of the band, as `scripts/observation-statistics.ts` does. Rounded: they only
 * scale the search of the affine rule's gains.
 */
export const OBSERVATION_STATISTICS = {
  utilization: at(0.65, 0.2),
  utilizationSlow: at(0.65, 0.18),
  capacityGrowth: at(-0.057, 0.14),
  listPrice: at(1, 0.15),
  usage: at(-0.35, 0.55),
  burnRate: at(0.084, 0.051),
  epochRate: at(0.11, 0.042),
  epochAge: at(3, 2),
  payRatio: at(0.92, 0.61),
  finished: at(0.91, 0.055),
  latency: at(1.5, 0.39),
  capacityUpper: at(0.85, 0.52),
  capacityLower: at(0.72, 0.43),
  loadUpper: at(0.73, 0.19),
  loadLower: at(0.52, 0.27),
  reliabilityUpper: at(0.93, 0.055),
  reliabilityLower: at(0.82, 0.13),
  priceChange: at(0, 0.062),
  trend: at(-0.0012, 0.011),
  volatility: at(1, 0.55),
  drawdown: at(0.67, 0.74),
  volume: at(0.95, 0.34),
  netIssuance: at(0.021, 0.063),
  issuance: at(0.11, 0.042),
  burnShare: at(0.78, 0.19),
  fee: at(0.1, 0.23),
  weightPrice: at(1.4, 0.71),
  weightLatency: at(1.4, 0.66),
  weightReliability: at(1.4, 0.69),
} satisfies Record<keyof typeof OBSERVATIONS, unknown>;
