import { units } from "../../../compiler/primitives.js";
import { CALENDAR } from "../../market/calendar.js";
import { netEmission } from "../../mechanisms/burn-mint-equilibrium.js";
import type { Params } from "./params.js";
import type { Applied, State } from "./records.js";

type Uses = typeof SETTLE_USES;

/** Token flows of a step. */
export interface Settlement {
  /** Share of the bill that could be bought on the market. */
  readonly paid: number;
  readonly bought: number;
  readonly burned: number;
  readonly minted: number;
  readonly recycled: number;
  /** To nodes for their work and for being available, at the end of the epoch. */
  readonly forWork: number;
  readonly forIdling: number;
  /** Let go by nodes and by the treasury, and the part of both that is sold. */
  readonly spent: number;
  readonly sold: number;
}

/** Users buy what their jobs cost; most is burned, the foundation keeps its fee, what is left goes to the nodes. */
function payJobs(
  s: State,
  p: Params,
  a: Applied,
  bill: number,
  u: Uses,
): { bought: number; burned: number; toNodes: number; paid: number } {
  const wish = bill / s.price;
  const bought = u.units(Math.min(wish, p.buyFloatShare * p.stepDays * s.liquid));
  const burned = u.units(Math.min(a.burnShare * bought, a.burnLimit));
  const toNodes = u.units(Math.max(0, 1 - p.networkFee - a.burnShare) * bought);
  s.liquid = s.liquid - bought;
  s.treasury = s.treasury + (bought - burned - toNodes);
  s.burnedLeft = s.burnedLeft + burned;
  s.epochBurned = s.epochBurned + burned;
  return { bought, burned, toNodes, paid: bought / Math.max(wish, 1e-6) };
}

/** The day's part of the epoch's emission, within the budget and the day's limit. */
function mintPart(s: State, p: Params, a: Applied, u: Uses): { minted: number; recycled: number } {
  const years = p.stepDays / u.DAYS_PER_YEAR;
  const wish = u.units(Math.min(s.epochRate * years * p.supplyStart, a.mintLimit));
  const net = u.netEmission(wish, p.budgetLeft - s.issued, s.burnedLeft, p.recycleShare);
  const recycled = u.units(net.recycled);
  s.issued = s.issued + net.issued;
  s.burnedLeft = s.burnedLeft - recycled;
  return { minted: net.issued + recycled, recycled };
}

/**
 * All accounts of a step. `bill` is what users owe (USD). Tokens move from the market to the epoch's pool and the treasury, from
 * there to nodes, and back to the market when those let them go.
 */
function settle(s: State, p: Params, a: Applied, bill: number, u: Uses): Settlement {
  const days = p.stepDays;
  const job = u.payJobs(s, p, a, bill, u);
  const mint = u.mintPart(s, p, a, u);
  const toNodes = u.units(p.nodeShare * mint.minted);
  s.pool = s.pool + toNodes + job.toNodes;
  s.treasury = s.treasury + (mint.minted - toNodes);
  s.supply = s.supply + mint.minted - job.burned;
  const released = u.units(s.earned * (days / p.nodeHolding));
  const spent = u.units(s.treasury * (days / p.treasuryTime));
  s.earned = s.earned - released;
  s.treasury = s.treasury - spent;
  s.liquid = s.liquid + released + spent;
  return {
    paid: job.paid,
    bought: job.bought,
    burned: job.burned,
    minted: mint.minted,
    recycled: mint.recycled,
    forWork: job.toNodes + (1 - p.availabilityShare) * toNodes,
    forIdling: p.availabilityShare * toNodes,
    spent,
    sold: p.nodeSelling * released + p.treasurySelling * spent,
  };
}

/** At the end of an epoch nodes are paid and the emission of the next one is fixed. */
function epochStep(s: State, p: Params, a: Applied, u: Uses): void {
  const days = p.stepDays;
  const age = s.epochAge + days;
  // Half a step of slack: sums of steps may fall short of a whole epoch by rounding.
  const ends = age > p.epochDays - 0.5 * days;
  const due = ends ? s.pool : 0;
  s.pool = s.pool - due;
  s.earned = s.earned + due;
  const burnRate = (s.epochBurned * (u.DAYS_PER_YEAR / p.epochDays)) / p.supplyStart;
  const next = p.emissionVariant > 0.5 ? Math.min(a.issuance, burnRate) : a.issuance;
  s.epochRate = ends ? next : s.epochRate;
  s.epochBurned = ends ? 0 : s.epochBurned;
  s.epochAge = ends ? 0 : age;
}

export const SETTLE_USES = { ...CALENDAR, units, netEmission, payJobs, mintPart, settle, epochStep };
