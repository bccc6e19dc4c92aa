import { describe, expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { auctionPrice } from "./reverse-auction.js";

const PROVIDERS = 200;
const COST_LOW = 0.5;
const CEILING = 1.5;
const MOST_BIDS = 20;
const KEENNESS = 0.85;

interface Provider {
  /** Rank of its own costs, 0 .. 1. */
  readonly cost: number;
  readonly capacity: number;
  readonly reliability: number;
  used: number;
}

/** Random numbers one by one. */
function numbers(seed: number): () => number {
  let at = 0;
  return () => uniform4(seed, 0, at++, 7).a;
}

function makeProviders(random: () => number): Provider[] {
  return Array.from({ length: PROVIDERS }, (_, i) => ({
    cost: (i + 0.5) / PROVIDERS,
    capacity: Math.ceil(12 * Math.exp(1.6 * (random() + random() - 1))),
    reliability: 0.9 + 0.1 * random(),
    used: 0,
  }));
}

/** One order: who bids, at what price, and whom the tenant picks. Undefined when nobody bids. */
function placeOrder(providers: Provider[], own: number, random: () => number): { winner: Provider; price: number } | undefined {
  const bidders = providers.filter((q) => random() < ((MOST_BIDS + 1) / PROVIDERS) * Math.max(0, 1 - q.used / q.capacity));
  const bids = bidders.map((q) => {
    const cost = COST_LOW + (CEILING - COST_LOW) * (own * q.cost + (1 - own) * random());
    return { winner: q, price: cost + (CEILING - cost) / bidders.length };
  });
  if (bids.length === 0) return undefined;
  const keen = random() < KEENNESS;
  return bids.reduce((best, bid) =>
    (keen ? bid.price < best.price : bid.winner.reliability > best.winner.reliability) ? bid : best,
  );
}

/** Mean price of new leases when `utilization` of capacity is leased and a fifth of the leases ends each day. */
function explicitPrice(utilization: number, own: number, seed: number): number {
  const random = numbers(seed);
  const providers = makeProviders(random);
  const total = providers.reduce((sum, q) => sum + q.capacity, 0);
  let leases: Provider[] = [];
  let sum = 0;
  let count = 0;
  for (let day = 0; day < 16; day++) {
    leases = leases.filter((q) => {
      const ends = random() < 0.2;
      if (ends) q.used -= 1;
      return !ends;
    });
    while (leases.length < utilization * total) {
      const deal = placeOrder(providers, own, random);
      if (!deal) continue;
      deal.winner.used += 1;
      leases.push(deal.winner);
      if (day < 6) continue;
      sum += deal.price;
      count += 1;
    }
  }
  return sum / count;
}

describe("the aggregate auction agrees with 200 explicit providers of different cost, capacity and reliability", () => {
  // With costs that differ by order alone only the rational means and the last units of small providers remain: 7 %.
  // With a fifth of the cost range the provider's own, cheap providers fill first and the idle ones are dearer: up to 12 %.
  test.each([
    [0.3, 0, 0.07],
    [0.6, 0, 0.07],
    [0.8, 0, 0.07],
    [0.9, 0, 0.07],
    [0.3, 0.2, 0.12],
    [0.6, 0.2, 0.12],
    [0.8, 0.2, 0.12],
    [0.9, 0.2, 0.12],
  ])("at utilisation %f with a share %f of costs the provider's own, within %f", (utilization, own, tolerance) => {
    const explicit = explicitPrice(utilization, own, 11);
    const aggregate = auctionPrice(1 - utilization, MOST_BIDS, COST_LOW, CEILING, KEENNESS);
    expect(Math.abs(aggregate / explicit - 1)).toBeLessThan(tolerance);
  });
});

test("the means over the number of bidders are right to 4 %", () => {
  const lowestOnly = (x: number) => auctionPrice(x, 1, 0, 1, 1);
  const typicalOnly = (x: number) => auctionPrice(x, 1, 0, 1, 0);
  for (let x = 0.25; x < 30; x += 0.25) {
    expect(Math.abs(lowestOnly(x) / ((2 * (x - 1 + Math.exp(-x))) / (x * x)) - 1)).toBeLessThan(0.04);
    expect(Math.abs(typicalOnly(x) / (0.5 + (1 - Math.exp(-x)) / (2 * x)) - 1)).toBeLessThan(0.04);
  }
});

test("the price rises with utilisation up to the ceiling when a single bidder is left", () => {
  const price = (idle: number) => auctionPrice(idle, MOST_BIDS, COST_LOW, CEILING, KEENNESS);
  for (let idle = 0.95; idle > 0; idle -= 0.05) expect(price(idle - 0.05)).toBeGreaterThan(price(idle));
  expect(price(0)).toBe(CEILING);
  expect(price(-1)).toBe(CEILING);
});
