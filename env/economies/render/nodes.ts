import { clamp } from "../../../compiler/primitives.js";
import { CALENDAR } from "../../market/calendar.js";
import { PROVIDERS_USES } from "../../market/providers.js";
import { renderNodePenalty } from "../../mechanisms/render-rewards.js";
import { CLASS_USES } from "./classes.js";
import type { Jobs } from "./jobs.js";
import type { Params } from "./params.js";
import type { Shocks, State } from "./records.js";
import type { Settlement } from "./settle.js";

type Uses = typeof NODE_USES;

/** Availability weight of a class: idle nodes, their points and the penalty of large wallets (RNP-015). */
function availabilityWeight(p: Params, capacity: number, load: number, nodes: number, points: number, u: Uses): number {
  return capacity * Math.max(0, 1 - load) * points * u.renderNodePenalty(nodes);
}

/**
 * What the nodes of each class earn and what they make of it: pay for work in proportion to the value of finished work (RNP-001), pay
 * for idling by RNP-015; operators come, go, and neglect nodes that lose money. Returns the annualised share of capacity that leaves.
 */
function nodesStep(s: State, p: Params, z: Shocks, j: Jobs, m: Settlement, event: number, days: number, u: Uses): number {
  const trustInToken = Math.max(0.3, 1 - p.riskAversion * Math.sqrt(s.realisedVariance));
  const perUsd = s.price * (1 / days) * trustInToken;
  let idle = 0;
  for (const k in u.CLASSES) {
    const i = u.CLASSES[k]!;
    idle += u.availabilityWeight(p, s.capacity[i]!, s.load[i]!, p[`nodesPerWallet.${k}`]!, p[`points.${k}`]!, u);
  }
  const perValue = (m.forWork * perUsd) / Math.max(j.value, 1e-6 * p.usageReference);
  const perIdle = (m.forIdling * perUsd) / Math.max(idle, 1e-6 * j.capacity);
  let left = 0;
  for (const k in u.CLASSES) {
    const i = u.CLASSES[k]!;
    const points = u.availabilityWeight(p, 1, s.load[i]!, p[`nodesPerWallet.${k}`]!, p[`points.${k}`]!, u);
    const worked = s.load[i]! * s.reliability[i]! * s.ask[i]! * perValue;
    const income = worked + points * perIdle - p.energyCost * s.load[i]!;
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
    s.ask[i] = u.nextAsk(p, s.ask[i]!, p[`ask.${k}`]!, s.load[i]!, days);
    s.reliability[i] = u.nodeHealth(s, p, z, i, p[`reliability.${k}`]!, event, days, u);
  }
  return (left / j.capacity) * u.DAYS_PER_YEAR;
}

/** What a class asks after a step: it follows the load, from `list` at the normal one; never below 30 % of `list`. */
function nextAsk(p: Params, ask: number, list: number, load: number, days: number): number {
  const wanted = Math.max(list * (1 + p.askSlope * (load - p.utilizationStart)), 0.3 * list);
  return ask + p.askSpeed * days * (wanted - ask);
}

/** Reliability of a class after a step: what pay affords, outages, and the lasting loss of the event. */
function nodeHealth(s: State, p: Params, z: Shocks, i: number, best: number, event: number, days: number, u: Uses): number {
  const hit = z.outage < p.outageRate * (days / u.DAYS_PER_YEAR) && z.outageClass * 4 >= i && z.outageClass * 4 < i + 1;
  const lasting = i > 1.5 && s.day >= p.eventDay && p.eventDay >= 0 ? p.eventReliability : 0;
  const affordable = best - lasting + p.neglect * Math.max(-1, Math.min(0, s.margin[i]!));
  const drift = p.reliabilitySpeed * days * (affordable - s.reliability[i]!);
  const lost = (hit ? p.outageDepth : 0) + (i > 1.5 ? event * p.eventReliability : 0);
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
