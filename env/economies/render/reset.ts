import { MARKET_USES } from "../../market/core.js";
import { leverUses } from "../../market/moves.js";
import type { DrawKey } from "../../world.js";
import { CLASS_USES } from "./classes.js";
import { JOB_USES } from "./jobs.js";
import type { Params } from "./params.js";
import { ACTIONS, type Shocks, type State } from "./records.js";

type Uses = typeof RESET_USES;

/** The market's shocks and one block of the nodes' own, whatever the state. */
export function draw(z: Shocks, d: DrawKey, u: Uses): void {
  u.drawMarket(z, d, u);
  const w = u.uniform4(d.seed, d.episode, d.day, d.stream + 3);
  z.outage = w.a;
  z.outageClass = w.b;
}

/** Accounts at the start: the treasury as published, what nodes hold at its steady level, the rest liquid. */
function resetAccounts(s: State, p: Params, u: Uses): void {
  const toNodes = (p.nodeShare * u.START.issuance * p.supplyStart) / u.DAYS_PER_YEAR;
  s.supply = u.units(p.supplyStart);
  s.pool = 0;
  s.earned = u.units(toNodes * p.nodeHolding);
  s.treasury = u.units(p.treasuryStart);
  s.liquid = s.supply - s.earned - s.treasury;
  s.issued = 0;
  s.burnedLeft = 0;
  s.epochAge = 0;
  s.epochBurned = 0;
  s.epochRate = u.START.issuance;
  s.burnRate = u.START.issuance;
  s.burnedShare = 1 - p.networkFee;
}

/** Nodes and users at the start. */
function resetService(s: State, p: Params, u: Uses): void {
  let capacity = 0;
  for (const k in u.CLASSES) {
    const i = u.CLASSES[k]!;
    const start = p[`capacity.${k}`]!;
    s.capacity[i] = start;
    // On the way in is what replaces wear.
    s.ordered[i] = p.retirement * p.deliveryTime * start;
    s.margin[i] = 0;
    s.ask[i] = p[`ask.${k}`]!;
    s.load[i] = p.utilizationStart;
    s.reliability[i] = p[`reliability.${k}`]!;
    capacity += start;
  }
  s.demand = 0;
  s.usage = p.usageReference;
  s.logUsage = 0;
  s.quality = p.qualityNormal;
  s.listPrice = u.LIST_PRICE;
  s.payRatio = (p.nodeShare * u.START.issuance * p.supplyStart * p.priceStart) / (u.DAYS_PER_YEAR * p.usageReference);
  s.finished = 1;
  s.latency = 1;
  s.utilization = p.utilizationStart;
  s.utilizationSlow = p.utilizationStart;
  s.capacitySlow = capacity;
}

export function reset(s: State, p: Params, _d: DrawKey, u: Uses): void {
  u.resetAccounts(s, p, u);
  u.resetMarket(s, p, u);
  u.resetService(s, p, u);
  s.issuance = u.START.issuance;
  s.burnShare = u.START.burnShare;
  s.fee = u.START.fee;
  s.weightPrice = u.START.weightPrice;
  s.weightLatency = u.START.weightLatency;
  s.weightReliability = u.START.weightReliability;
}

export const RESET_USES = {
  ...MARKET_USES,
  ...CLASS_USES,
  START: leverUses(ACTIONS).START,
  resetAccounts,
  resetService,
  LIST_PRICE: JOB_USES.LIST_PRICE,
};
