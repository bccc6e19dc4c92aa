import { MARKET_USES } from "../../market/core.js";
import { DEMAND_USES } from "../../market/demand.js";
import { leverUses, squaredMoves } from "../../market/moves.js";
import { JOB_USES } from "./jobs.js";
import { NODE_USES } from "./nodes.js";
import type { Outcome } from "./outcome.js";
import type { Params } from "./params.js";
import { ACTIONS, type Applied, type Flows, type Shocks, type State } from "./records.js";
import { SETTLE_USES } from "./settle.js";

type Uses = typeof STEP_USES;

/** What users experienced and what nodes were given; fills the flows of the service side. */
function serviceSide(s: State, p: Params, f: Flows, outcome: Outcome, u: Uses): void {
  const { jobs, bill, settlement } = outcome;
  const days = p.stepDays;
  s.finished = jobs.finished / Math.max(jobs.scheduled, 1e-6 * jobs.capacity);
  s.latency = jobs.latency;
  s.utilization = jobs.scheduled / jobs.capacity;
  s.utilizationSlow = s.utilizationSlow + p.slowMemory * days * (s.utilization - s.utilizationSlow);
  s.capacitySlow = s.capacitySlow + p.slowMemory * days * (jobs.capacity - s.capacitySlow);
  const experience = -p.failureAversion * (1 - s.finished) - p.latencyAversion * s.latency;
  s.quality = s.quality + p.qualityMemory * days * (experience - s.quality);
  const burnRate = (settlement.burned * (u.DAYS_PER_YEAR / days)) / p.supplyStart;
  s.burnRate = s.burnRate + p.issuanceMemory * days * (burnRate - s.burnRate);
  const share = settlement.burned / Math.max(settlement.bought, 1e-9 * p.supplyStart);
  s.burnedShare = s.burnedShare + p.usageMemory * days * (share - s.burnedShare);
  u.usageStep(s, p, (bill * settlement.paid) / days, days);
  f.service = jobs.finished * settlement.paid * (1 / p.serviceReference);
  f.spend = bill * settlement.paid;
  f.nodePay = (settlement.forWork + settlement.forIdling) * s.price;
  const ratio = Math.min((f.nodePay * (1 / days)) / Math.max(s.usage, 1e-4 * p.usageReference), 10);
  s.payRatio = s.payRatio + p.issuanceMemory * days * (ratio - s.payRatio);
  f.unserved = 1 - (jobs.scheduled * settlement.paid) / Math.max(jobs.wanted, 0.001 * p.serviceReference);
  f.failed = 1 - s.finished;
  f.latency = s.latency;
  f.recycled = settlement.recycled;
}

/** Growth of latent demand: by regime, and by grants against their normal size. */
function growthOf(s: State, p: Params, spent: number, u: Uses): number {
  const grants = (p.grantShare * spent * s.price * (1 / p.stepDays)) / p.usageReference;
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
  const liquid = s.liquid;
  const supply = s.supply;
  const rate = s.epochRate;
  const event = u.eventNow(s, p, days);
  f.move = (u.squaredMoves(s, a, u.MOVES) + u.squaredMoves(s, a, u.WEIGHT_MOVES)) * (1 / 6);

  const jobs = u.schedule(s, p, a, u);
  const bill = jobs.value * (1 + a.fee) * days;
  const m = u.settle(s, p, a, bill, u);
  u.epochStep(s, p, a, u);
  const outcome = { event, jobs, bill, settlement: m };
  f.exits = u.nodesStep(s, p, z, outcome, u);
  u.serviceSide(s, p, f, outcome, u);
  const growth = u.growthOf(s, p, m.spent, u);
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
