import type { ObservationStatistics } from "../../economy.js";
import { MARKET_OBSERVATIONS, OBSERVE_USES } from "../../market/observe.js";
import { poolPrice } from "../../mechanisms/balancer-pool.js";
import { shareWeight } from "../../mechanisms/subnet-shares.js";
import type { ObservationSpec } from "../../world.js";
import type { Params } from "./params.js";
import type { Shocks, State, SubnetCount } from "./records.js";

type Uses = typeof SEEN_USES & SubnetCount;

const GLOBAL_OBSERVATIONS = {
  ...MARKET_OBSERVATIONS,
  usage: {
    unit: "1",
    low: -7,
    high: 5,
    doc: "log of what the token's value follows",
    onChain: "off chain: subnets' use, indexed",
  },
  rootYield: { unit: "1/year", low: 0, high: 1, doc: "dividends over root stake", onChain: "root dividends over root stake" },
  staked: {
    unit: "1",
    low: 0,
    high: 1,
    doc: "share of supply on root and in pools",
    onChain: "total stake over total issuance",
  },
  priceSum: {
    unit: "TAO/alpha",
    low: 0,
    high: 5,
    doc: "sum of the subnets' moving prices; root is paid above 1",
    onChain: "SubnetMovingPrice",
  },
  emission: { unit: "1", low: 0.5, high: 1, doc: "emission in force over the schedule", onChain: "governance parameter" },
  recycleShare: { unit: "1", low: 0, high: 0.8, doc: "recycle share in force", onChain: "governance parameter" },
  burnShare: { unit: "1", low: 0, high: 0.8, doc: "burn share in force", onChain: "governance parameter" },
} satisfies Record<string, ObservationSpec>;

type SubnetObservation = `${"quality" | "share" | "trend"}${number}`;

/** What a controller sees: the market, the network, and of each subnet quality, emission share and price trend. */
export function observations(subnets: number): typeof GLOBAL_OBSERVATIONS & Record<SubnetObservation, ObservationSpec> {
  const fields: typeof GLOBAL_OBSERVATIONS & Record<SubnetObservation, ObservationSpec> = { ...GLOBAL_OBSERVATIONS };
  const each = (name: "quality" | "share" | "trend", spec: ObservationSpec) => {
    for (let i = 0; i < subnets; i++) fields[`${name}${i}`] = { ...spec, doc: `subnet ${i}: ${spec.doc}` };
  };
  each("quality", {
    unit: "1",
    low: 0,
    high: 4,
    doc: "quality by its validators' scores, noisy, 1 at the reference",
    onChain: "validators' scores, indexed",
  });
  each("share", {
    unit: "1",
    low: 0,
    high: 8,
    doc: "emission share without tilt, over an even share",
    onChain: "SubnetMovingPrice, miner burn",
  });
  each("trend", {
    unit: "1",
    low: -1,
    high: 2,
    doc: "price over moving price, less 1",
    onChain: "pool reserves, SubnetMovingPrice",
  });
  return fields;
}

type Observation = Record<keyof typeof GLOBAL_OBSERVATIONS | SubnetObservation, number>;

export function observe(o: Observation, s: State, p: Params, z: Shocks, u: Uses): void {
  u.observeMarket(o, s, z, u);
  o.usage = u.clamp(s.logUsage, -7, 5);
  o.rootYield = Math.min(s.rootYield, 1);
  o.staked = u.clamp((s.root + s.pooled) / s.supply, 0, 1);
  o.emission = s.emission;
  o.recycleShare = s.recycleShare;
  o.burnShare = s.burnShare;
  let total = 0;
  let prices = 0;
  for (let i = 0; i < u.K; i++) {
    total += u.shareWeight(s.movingPrice[i]!, s.minerBurned[i]!);
    prices += s.movingPrice[i]!;
  }
  o.priceSum = Math.min(prices, 5);
  const even = u.K / Math.max(total, 1e-9);
  for (const k in u.SLOTS) {
    const moving = s.movingPrice[u.SLOTS[k]!]!;
    const noise = 1 + p.qualityNoise * z[`seenNoise${k}` as "seenNoise0"]!;
    o[`quality${k}` as "quality0"] = u.clamp(s.quality[u.SLOTS[k]!]! * noise, 0, 4);
    o[`share${k}` as "share0"] = Math.min(even * u.shareWeight(moving, s.minerBurned[u.SLOTS[k]!]!), 8);
    const spot = u.poolPrice(s.tao[u.SLOTS[k]!]!, s.alpha[u.SLOTS[k]!]!, s.poolRatio[u.SLOTS[k]!]!);
    o[`trend${k}` as "trend0"] = u.clamp(spot / moving - 1, -1, 2);
  }
}

const at = (center: number, spread: number) => ({ center, spread });

const GLOBAL_STATISTICS = {
  priceChange: at(0, 0.062),
  trend: at(0, 0.011),
  volatility: at(1, 0.57),
  drawdown: at(0.64, 0.76),
  volume: at(1, 0.35),
  netIssuance: at(0.082, 0.041),
  usage: at(-0.09, 0.55),
  rootYield: at(0.0125, 0.0083),
  staked: at(0.549, 0.029),
  priceSum: at(1.14, 0.25),
  emission: at(0.89, 0.13),
  recycleShare: at(0.19, 0.24),
  burnShare: at(0.19, 0.23),
} satisfies Record<keyof typeof GLOBAL_OBSERVATIONS, unknown>;

/** Of each subnet; with 16 subnets they are the same within a tenth. */
const SUBNET_STATISTICS = { quality: at(0.82, 0.57), share: at(1, 0.2), trend: at(-0.02, 0.084) };

/** What observations are usually like, as `scripts/observation-statistics.ts` measures it. Rounded. */
export function statistics(subnets: number): ObservationStatistics {
  const each = Object.entries(SUBNET_STATISTICS).flatMap(([name, usual]) =>
    Array.from({ length: subnets }, (_, i) => [`${name}${i}`, usual] as const),
  );
  return { ...GLOBAL_STATISTICS, ...Object.fromEntries(each) };
}

export const SEEN_USES = { ...OBSERVE_USES, shareWeight, poolPrice };
