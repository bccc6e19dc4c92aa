import { MARKET_OBSERVATIONS, type OBSERVE_USES } from "../../market/observe.js";
import type { ObservationSpec } from "../../world.js";
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
  ...MARKET_OBSERVATIONS,
  issuance: { unit: "1/year", low: 0.01, high: 0.2, doc: "issuance in force", onChain: "x/mint minter" },
  burnShare: { unit: "1", low: 0, high: 1, doc: "burn share in force", onChain: "x/bme params" },
  fee: { unit: "1", low: 0, high: 0.4, doc: "fee in force", onChain: "x/bme params" },
} satisfies Record<string, ObservationSpec>;

type Observation = Record<keyof typeof OBSERVATIONS, number>;

/**
 * What a controller sees, within the bounds above; only what the state itself does not bound is clamped. Delay is the environment's.
 */
export function observe(o: Observation, s: State, _p: Params, z: Shocks, u: typeof OBSERVE_USES): void {
  const capacity = s.capacityEfficient + s.capacityMarginal;
  o.utilization = u.clamp(s.utilization * (1 + u.OBSERVATION_NOISE * z.activityNoise), 0, 1);
  o.utilizationSlow = s.utilizationSlow;
  o.capacityGrowth = u.clamp(capacity / s.capacitySlow - 1, -1, 2);
  o.leasePrice = s.leasePrice;
  o.usage = u.clamp(s.logUsage, -10, 5);
  o.bondedRatio = s.bonded / s.supply;
  o.stakingYield = Math.min(s.stakingYield, 2);
  o.collateralRatio = s.collateral;
  o.halted = s.halted;
  u.observeMarket(o, s, z, u);
  o.issuance = s.issuance;
  o.burnShare = s.burnShare;
  o.fee = s.fee;
}

const at = (center: number, spread: number) => ({ center, spread });

/**
 * What observations are usually like: mean and standard deviation over 120 randomised years on selection markets, half of them under the
 * actions in force and half under constant actions drawn over most of the band, as `scripts/observation-statistics.ts` does. Rounded: they only
 * scale the search of the affine rule's gains.
 */
export const OBSERVATION_STATISTICS = {
  utilization: at(0.76, 0.19),
  utilizationSlow: at(0.76, 0.12),
  capacityGrowth: at(0, 0.09),
  leasePrice: at(0.96, 0.16),
  usage: at(-0.13, 0.53),
  bondedRatio: at(0.51, 0.084),
  stakingYield: at(0.09, 0.035),
  collateralRatio: at(1.67, 0.75),
  halted: at(0.11, 0.31),
  priceChange: at(0, 0.061),
  trend: at(0, 0.015),
  volatility: at(1, 0.53),
  drawdown: at(0.59, 0.73),
  volume: at(1, 0.35),
  netIssuance: at(0.066, 0.037),
  issuance: at(0.071, 0.023),
  burnShare: at(0.41, 0.17),
  fee: at(0.155, 0.068),
} satisfies Record<keyof typeof OBSERVATIONS, unknown>;
