import type { WorldUses } from "../../world.js";
import type { Jobs } from "./jobs.js";
import type { Params } from "./params.js";
import type { Applied, Flows, Shocks, State } from "./records.js";
import type { Settlement } from "./settle.js";

/** What users experienced and what nodes were given; fills the flows of the service side. Uses: `usageStep`, `DAYS_PER_YEAR`. */
export function serviceSide(
  s: State,
  p: Params,
  f: Flows,
  j: Jobs,
  m: Settlement,
  bill: number,
  days: number,
  u: WorldUses,
): void {
  s.finished = j.finished / Math.max(j.scheduled, 1e-6 * j.capacity);
  s.latency = j.latency;
  s.utilization = j.scheduled / j.capacity;
  s.utilizationSlow = s.utilizationSlow + p.slowMemory * days * (s.utilization - s.utilizationSlow);
  s.capacitySlow = s.capacitySlow + p.slowMemory * days * (j.capacity - s.capacitySlow);
  const experience = -p.failureAversion * (1 - s.finished) - p.latencyAversion * s.latency;
  s.quality = s.quality + p.qualityMemory * days * (experience - s.quality);
  const burnRate = (m.burned * (u.DAYS_PER_YEAR / days)) / p.supplyStart;
  s.burnRate = s.burnRate + p.issuanceMemory * days * (burnRate - s.burnRate);
  const share = m.burned / Math.max(m.bought, 1e-9 * p.supplyStart);
  s.burnedShare = s.burnedShare + p.usageMemory * days * (share - s.burnedShare);
  u.usageStep(s, p, (bill * m.paid) / days, days);
  f.service = j.finished * m.paid * (1 / p.serviceReference);
  f.spend = bill * m.paid;
  f.nodePay = (m.forWork + m.forIdling) * s.price;
  const ratio = Math.min((f.nodePay * (1 / days)) / Math.max(s.usage, 1e-4 * p.usageReference), 10);
  s.payRatio = s.payRatio + p.issuanceMemory * days * (ratio - s.payRatio);
  f.unserved = 1 - (j.scheduled * m.paid) / Math.max(j.wanted, 0.001 * p.serviceReference);
  f.failed = 1 - s.finished;
  f.latency = s.latency;
  f.recycled = m.recycled;
}

/** Growth of latent demand: by regime, and by grants against their normal size. Uses: `byRegime`, `saturate`. */
export function growthOf(s: State, p: Params, spent: number, days: number, u: WorldUses): number {
  const grants = (p.grantShare * spent * s.price * (1 / days)) / p.usageReference;
  const plenty = u.saturate((grants - p.grantNormal) / p.grantNormal);
  return u.byRegime(s.regime, p.growthNormal, p.growthBoom, p.growthBust) + p.growthShift + p.grantGrowth * plenty;
}

/** Log of what the burned share of payments makes of their worth to holders: 0 while all but the foundation's fee is burned. Uses: none. */
export function accrualOf(s: State, p: Params): number {
  return Math.log(Math.max(1 - p.burnAccrual + (p.burnAccrual * s.burnedShare) / (1 - p.networkFee), 0.05));
}

/** One control step: a day of the market. Right-hand sides are the last step's values unless already updated above. */
export function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: WorldUses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const liquid = s.liquid;
  const supply = s.supply;
  const rate = s.epochRate;
  const event = u.eventNow(s, p, days);
  f.move = u.moveSize(s, a, u);

  const j = u.schedule(s, p, a, u);
  const bill = j.value * (1 + a.fee) * days;
  const m = u.settle(s, p, a, bill, days, years, u);
  u.epochStep(s, p, a, days, u);
  f.exits = u.nodesStep(s, p, z, j, m, event, days, u);
  u.serviceSide(s, p, f, j, m, bill, days, u);
  const growth = u.growthOf(s, p, m.spent, days, u);
  u.adoptionStep(s, p, growth, a.fee, f.unserved, z.demand, event * p.eventDemand, days, years, u);
  const trades = {
    bought: m.bought,
    sold: m.sold,
    liquid,
    // Holders get nothing: RENDER is not staked.
    rewards: 0 * supply,
    minted: m.minted,
    burned: m.burned,
    supply,
    logUsage: s.logUsage + u.accrualOf(s, p),
    locked: 0,
    lockedStart: 0,
    trustLoss: p.trustUnserved * f.unserved + p.trustFailed * f.failed,
    policyMove: s.epochRate - rate,
  };
  u.tradeStep(s, p, z, f, trades, days, u);

  s.issuance = a.issuance;
  s.burnShare = a.burnShare;
  s.fee = a.fee;
  s.weightPrice = a.weightPrice;
  s.weightLatency = a.weightLatency;
  s.weightReliability = a.weightReliability;
}

/** Mean square of the actions' moves over their limits. */
export function moveSize(s: State, a: Applied, u: WorldUses): number {
  const issuance = (a.issuance - s.issuance) * (1 / u.MOVE_ISSUANCE);
  const burnShare = (a.burnShare - s.burnShare) * (1 / u.MOVE_BURN_SHARE);
  const fee = (a.fee - s.fee) * (1 / u.MOVE_FEE);
  const price = (a.weightPrice - s.weightPrice) * (1 / u.MOVE_WEIGHT);
  const latency = (a.weightLatency - s.weightLatency) * (1 / u.MOVE_WEIGHT);
  const reliability = (a.weightReliability - s.weightReliability) * (1 / u.MOVE_WEIGHT);
  const weights = price * price + latency * latency + reliability * reliability;
  return (issuance * issuance + burnShare * burnShare + fee * fee + weights) * (1 / 6);
}
