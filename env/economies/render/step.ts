import { MARKET_USES } from "../../market/core.js";
import { DEMAND_USES } from "../../market/demand.js";
import { leverUses, squaredMoves } from "../../market/moves.js";
import { JOB_USES, type Jobs } from "./jobs.js";
import { NODE_USES } from "./nodes.js";
import type { Params } from "./params.js";
import { ACTIONS, type Applied, type Flows, type Shocks, type State } from "./records.js";
import { SETTLE_USES, type Settlement } from "./settle.js";

type Uses = typeof STEP_USES;

/** What users experienced and what nodes were given; fills the flows of the service side. */
function serviceSide(s: State, p: Params, f: Flows, j: Jobs, m: Settlement, bill: number, days: number, u: Uses): void {
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

/** Growth of latent demand: by regime, and by grants against their normal size. */
function growthOf(s: State, p: Params, spent: number, days: number, u: Uses): number {
  const grants = (p.grantShare * spent * s.price * (1 / days)) / p.usageReference;
  const plenty = u.saturate((grants - p.grantNormal) / p.grantNormal);
  return u.byRegime(s.regime, p.growthNormal, p.growthBoom, p.growthBust) + p.growthShift + p.grantGrowth * plenty;
}

/** Log of what the burned share of payments makes of their worth to holders: 0 while all but the foundation's fee is burned. */
function accrualOf(s: State, p: Params): number {
  return Math.log(Math.max(1 - p.burnAccrual + (p.burnAccrual * s.burnedShare) / (1 - p.networkFee), 0.05));
}

/** One control step: a day of the market. Right-hand sides are the last step's values unless already updated above. */
export function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: Uses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const liquid = s.liquid;
  const supply = s.supply;
  const rate = s.epochRate;
  const event = u.eventNow(s, p, days);
  f.move = (u.squaredMoves(s, a, u.MOVES) + u.squaredMoves(s, a, u.WEIGHT_MOVES)) * (1 / 6);

  const j = u.schedule(s, p, a, u);
  const bill = j.value * (1 + a.fee) * days;
  const m = u.settle(s, p, a, bill, days, years, u);
  u.epochStep(s, p, a, days, u);
  f.exits = u.nodesStep(s, p, z, j, m, event, days, u);
  u.serviceSide(s, p, f, j, m, bill, days, u);
  const growth = u.growthOf(s, p, m.spent, days, u);
  const adoption = { days, growth, fee: a.fee, unserved: f.unserved, shock: z.demand, event: event * p.eventDemand };
  u.adoptionStep(s, p, adoption, u);
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
  u.tradeStep(s, p, z, f, trades, u);

  s.issuance = a.issuance;
  s.burnShare = a.burnShare;
  s.fee = a.fee;
  s.weightPrice = a.weightPrice;
  s.weightLatency = a.weightLatency;
  s.weightReliability = a.weightReliability;
}

const { weightPrice, weightLatency, weightReliability, ...POLICY } = ACTIONS;

export const STEP_USES = {
  ...MARKET_USES,
  ...DEMAND_USES,
  ...JOB_USES,
  ...NODE_USES,
  ...SETTLE_USES,
  MOVES: leverUses(POLICY).MOVES,
  WEIGHT_MOVES: leverUses({ weightPrice, weightLatency, weightReliability }).MOVES,
  squaredMoves,
  serviceSide,
  growthOf,
  accrualOf,
};
