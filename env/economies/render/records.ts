import type { RecordSpec } from "../../../compiler/schema.js";
import { MARKET_SHOCKS, marketFlows, marketState } from "../../market/core.js";
import { DEMAND_STATE } from "../../market/demand.js";
import type { ActionSpec } from "../../world.js";
import { CLASS_COUNT } from "./classes.js";

const weight = (doc: string): ActionSpec => ({ unit: "1", low: 0, high: 4, maxMove: 0.2, start: 1, doc });

export const ACTIONS = {
  issuance: {
    unit: "1/year",
    low: 0.01,
    high: 0.25,
    maxMove: 0.015,
    start: 0.09,
    doc: "emission from the next epoch on: new tokens a year as a share of the starting supply",
  },
  burnShare: {
    unit: "1",
    low: 0.35,
    high: 0.95,
    maxMove: 0.05,
    start: 0.95,
    doc: "share of payments that is burned; the foundation keeps 5 %, nodes that did the work get the rest",
  },
  fee: {
    unit: "1",
    low: -0.4,
    high: 1,
    maxMove: 0.05,
    start: 0,
    doc: "demand fee: surcharge on the list price, below 0 a discount",
  },
  weightPrice: weight("the scheduler's weight of price"),
  weightLatency: weight("the scheduler's weight of waiting time"),
  weightReliability: weight("the scheduler's weight of reliability"),
} satisfies Record<string, ActionSpec>;

/** Every token is on exactly one of these accounts. The supply is kept apart, by a journal of mints and burns. */
const ACCOUNTS = {
  liquid: { unit: "RENDER", doc: "tokens that can be traded", scale: 1e8 },
  pool: { unit: "RENDER", doc: "rewards of the running epoch, not yet paid", scale: 1e6 },
  earned: { unit: "RENDER", doc: "rewards paid to nodes that still hold them", scale: 1e6 },
  treasury: { unit: "RENDER", doc: "foundation: operations and grants", scale: 1e7 },
} satisfies RecordSpec;

const perClass = (unit: string, doc: string, scale = 1) => ({ unit, doc, scale, length: CLASS_COUNT });

/** One element per class of nodes. */
const NODE_ARRAYS = {
  capacity: perClass("unit", "capacity of the nodes of a class", 1e5),
  ordered: perClass("unit", "nodes of a class on their way in", 1e4),
  margin: perClass("1", "profit over cost as the operators of a class see it"),
  ask: perClass("USD/unit/day", "price of a unit of work on nodes of a class"),
  load: perClass("1", "share of the capacity of a class at work in the last step"),
  reliability: perClass("1", "share of jobs that the nodes of a class finish"),
} satisfies RecordSpec;

const SCALARS = {
  ...marketState("RENDER"),
  ...ACCOUNTS,
  ...DEMAND_STATE,
  issued: { unit: "RENDER", doc: "tokens issued out of the budget since the start", scale: 1e7 },
  burnedLeft: { unit: "RENDER", doc: "tokens burned since the start and not minted again", scale: 1e7 },
  epochAge: { unit: "day", doc: "days of the epoch that have passed" },
  epochBurned: { unit: "RENDER", doc: "tokens burned in the epoch so far", scale: 1e6 },
  epochRate: { unit: "1/year", doc: "emission of the running epoch as a share of the starting supply" },
  burnRate: { unit: "1/year", doc: "mean of the burn over about a month, as a share of the starting supply" },
  burnedShare: { unit: "1", doc: "mean over about three weeks of the share of payments that is burned" },
  payRatio: { unit: "1", doc: "mean over about a month of the worth of what nodes earn over what users pay" },
  quality: { unit: "1", doc: "experience of users: log demand that failures and waiting cost" },
  listPrice: { unit: "USD/unit/day", doc: "mean ask of the scheduled nodes, without the demand fee" },
  finished: { unit: "1", doc: "share of the work of the last step that was finished" },
  latency: { unit: "1", doc: "mean waiting time over the reference in the last step" },
  utilization: { unit: "1", doc: "share of capacity at work" },
  utilizationSlow: { unit: "1", doc: "slow mean of utilisation" },
  capacitySlow: { unit: "unit", doc: "slow mean of capacity", scale: 1e5 },
  issuance: { unit: "1/year", doc: "emission asked for in the last step" },
  burnShare: { unit: "1", doc: "burn share applied in the last step" },
  fee: { unit: "1", doc: "demand fee applied in the last step" },
  weightPrice: { unit: "1", doc: "weight of price applied in the last step" },
  weightLatency: { unit: "1", doc: "weight of waiting time applied in the last step" },
  weightReliability: { unit: "1", doc: "weight of reliability applied in the last step" },
} satisfies RecordSpec;

export const STATE = { ...SCALARS, ...NODE_ARRAYS } satisfies RecordSpec;

export const SHOCKS = {
  ...MARKET_SHOCKS,
  outage: { unit: "1", doc: "uniform: whether an outage comes" },
  outageClass: { unit: "1", doc: "uniform: which class it hits" },
} satisfies RecordSpec;

export const FLOWS = {
  ...marketFlows("RENDER"),
  spend: { unit: "USD", doc: "what users paid in the step", scale: 1e5 },
  nodePay: { unit: "USD", doc: "worth of what nodes earned in the step", scale: 1e5 },
  unserved: { unit: "1", doc: "share of wanted work that was not scheduled" },
  failed: { unit: "1", doc: "share of scheduled work that was not finished" },
  latency: { unit: "1", doc: "mean waiting time over the reference" },
  exits: { unit: "1/year", doc: "capacity that leaves, annualised share" },
  recycled: { unit: "RENDER", doc: "burned tokens minted again in the step, part of what was minted", scale: 1e5 },
  move: { unit: "1", doc: "mean square of the actions' moves over their limits" },
} satisfies RecordSpec;

export type State = Record<keyof typeof SCALARS, number> & Record<keyof typeof NODE_ARRAYS, number[]>;
export type Shocks = Record<keyof typeof SHOCKS, number>;
export type Flows = Record<keyof typeof FLOWS, number>;
export type Applied = Record<keyof typeof ACTIONS | "mintLimit" | "burnLimit", number>;
