import type { FieldSpec, RecordSpec } from "../../../compiler/schema.js";
import { MARKET_SHOCKS, marketFlows, marketState } from "../../market/core.js";
import type { ActionSpec } from "../../world.js";

/** The controls that all subnets share. */
export const GLOBAL_ACTIONS = {
  emission: { unit: "1", low: 0.5, high: 1, maxMove: 0.02, start: 1, doc: "TAO emitted over what the halving schedule allows" },
  recycleShare: {
    unit: "1",
    low: 0,
    high: 0.8,
    maxMove: 0.05,
    start: 0,
    doc: "share of chain buys and registration payments that is recycled: it leaves the issuance and delays the halving",
  },
  burnShare: {
    unit: "1",
    low: 0,
    high: 0.8,
    maxMove: 0.05,
    start: 0,
    doc: "share of the rest of them that is burned: it leaves the supply, but stays in the issuance",
  },
} satisfies Record<string, ActionSpec>;

/** The weight of one subnet. */
export const TILT = { unit: "1", low: 0.5, high: 2, maxMove: 0.05, start: 1 };

/** How many subnets there are, for sums and means over them. */
export interface SubnetCount {
  readonly K: number;
  readonly PER_SUBNET: number;
  /** Place of each subnet in the arrays, by the number in its names. */
  readonly SLOTS: Readonly<Record<string, number>>;
}

/** Names of a per-subnet field. */
const named = (name: string, subnets: number): readonly string[] => Array.from({ length: subnets }, (_, i) => `${name}${i}`);

/** Controls; without `tilts` only those that all subnets share. */
export function actions(subnets: number, tilts: boolean): typeof GLOBAL_ACTIONS & Record<`tilt${number}`, ActionSpec> {
  if (!tilts) return { ...GLOBAL_ACTIONS };
  const doc = (i: number) => `weight of subnet ${i} over the protocol's; shares of all subnets add up to one again`;
  return {
    ...GLOBAL_ACTIONS,
    ...Object.fromEntries(named("tilt", subnets).map((name, i) => [name, { ...TILT, doc: doc(i) }])),
  };
}

const TOKENS = {
  liquid: { unit: "TAO", doc: "tokens that can be traded", scale: 1e7 },
  root: { unit: "TAO", doc: "tokens staked on root", scale: 1e7 },
  pooled: { unit: "TAO", doc: "tokens in the pools of all subnets: the sum of `tao`", scale: 1e6 },
  issued: { unit: "TAO", doc: "what the halving goes by: minted less recycled; burned tokens still count", scale: 1e7 },
} satisfies RecordSpec;

const PER_SUBNET = {
  tao: { unit: "TAO", doc: "TAO in the pool", scale: 1e5 },
  alpha: { unit: "alpha", doc: "alpha in the pool", scale: 1e6 },
  outside: { unit: "alpha", doc: "alpha outside of the pool", scale: 1e6 },
  poolRatio: { unit: "1", doc: "weight of alpha over weight of TAO in the pool" },
  movingPrice: { unit: "TAO/alpha", doc: "moving price, what emission goes by" },
  weight: { unit: "TAO/alpha", doc: "moving price, less what goes to the owner's own miners, times the tilt" },
  slotPrice: { unit: "TAO", doc: "price of a registration" },
  quality: { unit: "1", doc: "quality of the subnet's service, 1 at the reference" },
  skill: { unit: "1", doc: "quality that a unit of effort yields" },
  effort: { unit: "1", doc: "miners' effort, 1 at the reference income" },
  perceived: { unit: "1", doc: "quality as investors know it" },
  hype: { unit: "1", doc: "hype about the subnet, around 1" },
  minerBurned: { unit: "1", doc: "share of the miners' incentive that goes to the owner's own keys" },
  cabal: { unit: "1", doc: "stake share of colluding validators" },
  tilt: { unit: "1", doc: "tilt applied in the last step" },
  skillShock: { unit: "1", doc: "shock of this step to skill" },
  hypeShock: { unit: "1", doc: "shock of this step to hype" },
  hit: { unit: "1", doc: "1 when the subnet degrades in this step" },
} satisfies RecordSpec;

export function state(subnets: number) {
  const arrays = Object.fromEntries(
    Object.entries(PER_SUBNET).map(([name, spec]) => [name, { ...spec, length: subnets }]),
  ) as Record<keyof typeof PER_SUBNET, FieldSpec & { readonly length: number }>;
  return {
    ...marketState("TAO"),
    ...TOKENS,
    demand: { unit: "1", doc: "log of latent demand over its reference" },
    usage: { unit: "1", doc: "exponential mean of what the token's value follows: service, and hype by its share" },
    logUsage: { unit: "1", doc: "log of usage" },
    rootYield: { unit: "1/year", doc: "dividends of the last step over root stake, annualised", scale: 0.1 },
    meanQuality: { unit: "1", doc: "mean quality over the subnets" },
    meanHype: { unit: "1", doc: "mean hype over the subnets" },
    emission: { unit: "1", doc: "emission applied in the last step" },
    recycleShare: { unit: "1", doc: "recycle share applied in the last step" },
    burnShare: { unit: "1", doc: "burn share applied in the last step" },
    ...arrays,
  } satisfies RecordSpec;
}

type SubnetShock = `${"skillNoise" | "hypeNoise" | "seenNoise" | "degrade"}${number}`;

/** Market shocks and four a subnet. */
export function shocks(subnets: number): typeof MARKET_SHOCKS & Record<SubnetShock, FieldSpec> {
  const fields: typeof MARKET_SHOCKS & Record<SubnetShock, FieldSpec> = { ...MARKET_SHOCKS };
  for (let i = 0; i < subnets; i++) {
    fields[`skillNoise${i}`] = { unit: "1", doc: `uniform of variance 1: skill of subnet ${i}` };
    fields[`hypeNoise${i}`] = { unit: "1", doc: `uniform of variance 1: hype about subnet ${i}` };
    fields[`seenNoise${i}`] = { unit: "1", doc: `uniform of variance 1: observed quality of subnet ${i}` };
    fields[`degrade${i}`] = { unit: "1", doc: `uniform: whether subnet ${i} degrades` };
  }
  return fields;
}

export const FLOWS = {
  ...marketFlows("TAO"),
  recycled: { unit: "TAO", doc: "tokens recycled: part of `burned` that comes back to be issued", scale: 1e5 },
  chainBuys: { unit: "TAO", doc: "tokens with which the chain bought alpha", scale: 1e5 },
  registrations: { unit: "TAO", doc: "tokens paid for miners' slots", scale: 1e5 },
  waste: { unit: "1", doc: "share of the miners' emission that a cabal diverts beyond its merit or an owner takes" },
  concentration: { unit: "1", doc: "sum of squared emission shares, times the number of subnets, less 1" },
  move: { unit: "1", doc: "mean square of the actions' moves over their limits" },
} satisfies RecordSpec;

type Arrays = Record<keyof typeof PER_SUBNET, number[]>;
export type State = Record<Exclude<keyof ReturnType<typeof state>, keyof typeof PER_SUBNET>, number> & Arrays;
export type Shocks = Record<keyof typeof MARKET_SHOCKS | SubnetShock, number>;
export type Flows = Record<keyof typeof FLOWS, number>;
export type Applied = Record<keyof typeof GLOBAL_ACTIONS | "mintLimit" | "burnLimit", number> & Record<`tilt${number}`, number>;
