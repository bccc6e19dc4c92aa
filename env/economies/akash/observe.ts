import type { ObservationSpec, WorldUses } from "../../world.js";
import type { Params } from "./params.js";
import type { Shocks, State } from "./records.js";

export const OBSERVATIONS = {
  utilization: {
    unit: "1",
    low: 0,
    high: 1,
    doc: "leased share of capacity, noisy",
    onChain: "x/market leases over provider inventory",
  },
  utilizationSlow: {
    unit: "1",
    low: 0,
    high: 1,
    doc: "mean of utilisation over about a month",
    onChain: "x/market leases, indexed",
  },
  capacityGrowth: {
    unit: "1",
    low: -1,
    high: 2,
    doc: "capacity over its mean of about a month, less 1",
    onChain: "provider inventory, indexed",
  },
  leasePrice: {
    unit: "USD/unit/day",
    low: 0,
    high: 5,
    doc: "price of a compute unit in new leases",
    onChain: "x/market lease price",
  },
  usage: { unit: "1", low: -10, high: 5, doc: "log of lease spend over its reference", onChain: "x/escrow payments" },
  bondedRatio: { unit: "1", low: 0, high: 1, doc: "bonded share of supply", onChain: "x/staking pool over x/bank supply" },
  stakingYield: {
    unit: "1/year",
    low: 0,
    high: 2,
    doc: "rewards over bonded tokens",
    onChain: "x/distribution, x/staking pool",
  },
  collateralRatio: { unit: "1", low: 0, high: 3, doc: "value of the vault over credits outstanding", onChain: "x/bme status" },
  halted: { unit: "1", low: 0, high: 1, doc: "1 while minting of credits is halted", onChain: "x/bme status" },
  priceChange: { unit: "1", low: -2, high: 2, doc: "log price change of the last step", onChain: "x/oracle price" },
  trend: { unit: "1/day", low: -0.5, high: 0.5, doc: "mean of daily log returns", onChain: "x/oracle price, indexed" },
  volatility: {
    unit: "year^-0.5",
    low: 0,
    high: 10,
    doc: "realised volatility of about a month",
    onChain: "x/oracle price, indexed",
  },
  drawdown: { unit: "1", low: 0, high: 10, doc: "log of the price's peak over the price", onChain: "x/oracle price, indexed" },
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
    onChain: "x/bank supply, indexed",
  },
  issuance: { unit: "1/year", low: 0.01, high: 0.2, doc: "issuance in force", onChain: "x/mint minter" },
  burnShare: { unit: "1", low: 0, high: 1, doc: "burn share in force", onChain: "x/bme params" },
  fee: { unit: "1", low: 0, high: 0.4, doc: "fee in force", onChain: "x/bme params" },
} satisfies Record<string, ObservationSpec>;

type Observation = Record<keyof typeof OBSERVATIONS, number>;

/**
 * What a controller sees, within the bounds above; only what the state itself does not bound is clamped. Delay is the environment's.
 * Uses: `clamp`, `OBSERVATION_NOISE`.
 */
export function observe(o: Observation, s: State, _p: Params, z: Shocks, u: WorldUses): void {
  const capacity = s.capacityEfficient + s.capacityMarginal;
  o.utilization = u.clamp(s.utilization * (1 + u.OBSERVATION_NOISE * z.utilizationNoise), 0, 1);
  o.utilizationSlow = s.utilizationSlow;
  o.capacityGrowth = u.clamp(capacity / s.capacitySlow - 1, -1, 2);
  o.leasePrice = s.leasePrice;
  o.usage = u.clamp(s.logUsage, -10, 5);
  o.bondedRatio = s.bonded / s.supply;
  o.stakingYield = Math.min(s.stakingYield, 2);
  o.collateralRatio = s.collateral;
  o.halted = s.halted;
  o.priceChange = u.clamp(s.lastReturn, -2, 2);
  o.trend = u.clamp(s.trend, -0.5, 0.5);
  o.volatility = Math.min(Math.sqrt(s.realisedVariance), 10);
  o.drawdown = Math.min(s.peak - s.logPrice, 10);
  o.volume = u.clamp(s.depth * (1 + u.OBSERVATION_NOISE * z.volumeNoise), 0, 4);
  o.netIssuance = u.clamp(s.netIssuance, -2, 2);
  o.issuance = s.issuance;
  o.burnShare = s.burnShare;
  o.fee = s.fee;
}
