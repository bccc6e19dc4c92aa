import { DEMAND_USES } from "../../market/demand.js";
import { nodeScore, softminWeight } from "../../mechanisms/job-scheduler.js";
import { CLASS_USES } from "./classes.js";
import type { Params } from "./params.js";
import type { Applied, State } from "./records.js";

type Uses = typeof JOB_USES;

/** The work of a step. */
export interface Jobs {
  /** Work that users ask for at the price of the step, a day. */
  readonly wanted: number;
  /** Work that nodes were given, a day. */
  readonly scheduled: number;
  /** Of it, what they finished. */
  readonly finished: number;
  /** List price of what was finished, USD a day. */
  readonly value: number;
  readonly capacity: number;
  readonly latency: number;
}

/** Waiting time on nodes of a class, by the load of the last step. */
function latencyOf(p: Params, load: number, idle: number): number {
  return idle * (1 + p.congestion * load * load);
}

/** The scheduler's weight of each class, under the names of the classes. */
function schedulerWeights(s: State, p: Params, a: Applied, u: Uses): Record<string, number> {
  const weights: Record<string, number> = { datacenter: 0, studio: 0, gamer: 0, bargain: 0 };
  for (const k in u.CLASSES) {
    const i = u.CLASSES[k]!;
    const price = s.ask[i]! * (1 / u.LIST_PRICE);
    const latency = u.latencyOf(p, s.load[i]!, p[`latency.${k}`]!);
    // At equal weights two units of waiting time or 20 points of reliability weigh as much as the whole list price.
    const node = { price, latency: 0.5 * latency, reliability: 5 * s.reliability[i]! };
    const score = u.nodeScore(node, { price: a.weightPrice, latency: a.weightLatency, reliability: a.weightReliability });
    weights[k] = u.softminWeight(s.capacity[i]!, score);
  }
  return weights;
}

/** What users want: less of it at a higher price, after bad experience and without trust. */
function wantedWork(s: State, p: Params, price: number, u: Uses): number {
  return u.demandAt(s, p, price * (1 / u.LIST_PRICE), s.trust) * Math.exp(s.quality - p.qualityNormal);
}

/**
 * Schedules the wanted work: in proportion to the weights, what does not fit on a class goes wherever there is room. Sets the load of
 * each class.
 */
function schedule(s: State, p: Params, a: Applied, u: Uses): Jobs {
  const weights = u.schedulerWeights(s, p, a, u);
  let total = 0;
  let asked = 0;
  let capacity = 0;
  for (const k in u.CLASSES) {
    const i = u.CLASSES[k]!;
    total += weights[k]!;
    asked += weights[k]! * s.ask[i]!;
    capacity += s.capacity[i]!;
  }
  s.listPrice = asked / total;
  const wanted = u.wantedWork(s, p, s.listPrice * (1 + a.fee), u);
  const perWeight = wanted / total;
  let placed = 0;
  for (const k in u.CLASSES) placed += Math.min(p.utilisationMax * s.capacity[u.CLASSES[k]!]!, weights[k]! * perWeight);
  const usable = p.utilisationMax * capacity;
  const scheduled = Math.min(wanted, usable);
  // Share of the room left that the rest takes.
  const rest = Math.max(0, scheduled - placed) / Math.max(usable - placed, 1e-6 * capacity);
  let finished = 0;
  let value = 0;
  let waiting = 0;
  for (const k in u.CLASSES) {
    const i = u.CLASSES[k]!;
    const most = p.utilisationMax * s.capacity[i]!;
    const first = Math.min(most, weights[k]! * perWeight);
    const work = first + (most - first) * Math.min(rest, 1);
    waiting += work * u.latencyOf(p, s.load[i]!, p[`latency.${k}`]!);
    s.load[i] = work / s.capacity[i]!;
    finished += work * s.reliability[i]!;
    value += work * s.reliability[i]! * s.ask[i]!;
  }
  return { wanted, scheduled, finished, value, capacity, latency: waiting / scheduled };
}

export const JOB_USES = {
  ...CLASS_USES,
  ...DEMAND_USES,
  nodeScore,
  softminWeight,
  latencyOf,
  schedulerWeights,
  wantedWork,
  schedule,
  /** The list price that demand is measured at. */
  LIST_PRICE: 1,
};
export const JOB_USE_UNITS = { LIST_PRICE: "USD/unit/day" } as const;
