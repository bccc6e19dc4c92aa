import { clamp } from "../../../compiler/primitives.js";
import { CALENDAR } from "../../market/calendar.js";
import { PROVIDERS_USES } from "../../market/providers.js";
import { renderNodePenalty } from "../../mechanisms/render-rewards.js";
import { CLASS_USES } from "./classes.js";
import type { Outcome } from "./outcome.js";
import type { Params } from "./params.js";
import type { Shocks, State } from "./records.js";

type Uses = typeof NODE_USES;

/** What availability rewards of a class go by. */
type Availability = {
  readonly capacity: number;
  readonly load: number;
  readonly nodesPerWallet: number;
  /** Availability points of a node. */
  readonly points: number;
};

/** Availability weight of a class: idle nodes, their points and the penalty of large wallets (RNP-015). */
function availabilityWeight(n: Availability, u: Uses): number {
  return n.capacity * Math.max(0, 1 - n.load) * n.points * u.renderNodePenalty(n.nodesPerWallet);
}

/**
 * What the nodes of each class earn and what they make of it: pay for work in proportion to the value of finished work (RNP-001), pay
 * for idling by RNP-015; operators come, go, and neglect nodes that lose money. Returns the annualised share of capacity that leaves.
 */
function nodesStep(s: State, p: Params, z: Shocks, outcome: Outcome, u: Uses): number {
  const { jobs, settlement } = outcome;
  const days = p.stepDays;
  const trustInToken = Math.max(0.3, 1 - p.riskAversion * Math.sqrt(s.realisedVariance));
  const perUsd = s.price * (1 / days) * trustInToken;
  let idle = 0;
  for (const k in u.CLASSES) {
    const i = u.CLASSES[k]!;
    const nodesPerWallet = p[`nodesPerWallet.${k}`]!;
    const points = p[`points.${k}`]!;
    idle += u.availabilityWeight({ capacity: s.capacity[i]!, load: s.load[i]!, nodesPerWallet, points }, u);
  }
  const perValue = (settlement.forWork * perUsd) / Math.max(jobs.value, 1e-6 * p.usageReference);
  const perIdle = (settlement.forIdling * perUsd) / Math.max(idle, 1e-6 * jobs.capacity);
  let left = 0;
  for (const k in u.CLASSES) {
    const i = u.CLASSES[k]!;
    const nodesPerWallet = p[`nodesPerWallet.${k}`]!;
    const points = p[`points.${k}`]!;
    const perUnit = u.availabilityWeight({ capacity: 1, load: s.load[i]!, nodesPerWallet, points }, u);
    const worked = s.load[i]! * s.reliability[i]! * s.ask[i]! * perValue;
    const income = worked + perUnit * perIdle - p.energyCost * s.load[i]!;
    const tier = {
      capacity: s.capacity[i]!,
      ordered: s.ordered[i]!,
      margin: s.margin[i]!,
      start: p[`capacity.${k}`]!,
      cost: p[`cost.${k}`]!,
    };
    const t = u.tierStep(tier, p, { days, income }, u);
    left += s.capacity[i]! * t.exits;
    s.capacity[i] = t.capacity;
    s.ordered[i] = t.ordered;
    s.margin[i] = t.margin;
    s.ask[i] = u.nextAsk(p, s.ask[i]!, p[`ask.${k}`]!, s.load[i]!);
    s.reliability[i] = u.nodeHealth(s, p, z, { place: i, best: p[`reliability.${k}`]!, event: outcome.event }, u);
  }
  return (left / jobs.capacity) * u.DAYS_PER_YEAR;
}

/** What a class asks after a step: it follows the load, from `list` at the normal one; never below 30 % of `list`. */
function nextAsk(p: Params, ask: number, list: number, load: number): number {
  const wanted = Math.max(list * (1 + p.askSlope * (load - p.utilizationStart)), 0.3 * list);
  return ask + p.askSpeed * p.stepDays * (wanted - ask);
}

/** A class of nodes, and what its reliability would be in good pay. */
type NodeClass = {
  /** Place of the class in the arrays. */
  readonly place: number;
  readonly best: number;
  /** 1 on the day of the event. */
  readonly event: number;
};

/** Reliability of a class after a step: what pay affords, outages, and the lasting loss of the event. */
function nodeHealth(s: State, p: Params, z: Shocks, nodes: NodeClass, u: Uses): number {
  const i = nodes.place;
  const days = p.stepDays;
  const hit = z.outage < p.outageRate * (days / u.DAYS_PER_YEAR) && z.outageClass * 4 >= i && z.outageClass * 4 < i + 1;
  const lasting = i > 1.5 && s.day >= p.eventDay && p.eventDay >= 0 ? p.eventReliability : 0;
  const affordable = nodes.best - lasting + p.neglect * Math.max(-1, Math.min(0, s.margin[i]!));
  const drift = p.reliabilitySpeed * days * (affordable - s.reliability[i]!);
  const lost = (hit ? p.outageDepth : 0) + (i > 1.5 ? nodes.event * p.eventReliability : 0);
  return u.clamp(s.reliability[i]! + drift - lost, 0.2, 1);
}

export const NODE_USES = {
  ...CALENDAR,
  ...CLASS_USES,
  ...PROVIDERS_USES,
  clamp,
  renderNodePenalty,
  availabilityWeight,
  nodesStep,
  nextAsk,
  nodeHealth,
};
