import { clamp, units } from "../../compiler/primitives.js";
import { normal4 } from "../../core/normal.js";
import { uniform4 } from "../../core/random.js";
import { defineEconomy } from "../../env/define-world.js";
import type { DrawKey, StateValues, Values } from "../../env/world.js";

const USES = { clamp, units, uniform4, normal4, TWO_PI: 2 * Math.PI };
const SOURCE = "made up: a toy to test with";

/**
 * The smallest economy that has everything: a token with issuance and burn, delays, a cost, ruin, drawn parameters and a
 * scenario. It serves the tests of whatever works with any world, and as an example to start from.
 */
export const toyEconomy = defineEconomy({
  id: "toy-v1",
  doc: "a price that falls with supply",
  token: { symbol: "TOY", decimals: 6 },
  presets: { calm: { doc: "half the volatility", overrides: { volatility: 0.05 } } },
  balances: ["circulating", "staked"],
  state: {
    price: { unit: "USD/TOY", doc: "price" },
    exogenous: { unit: "1", doc: "log of the price path without policy" },
    circulating: { unit: "TOY", doc: "freely traded tokens", scale: 100 },
    staked: { unit: "TOY", doc: "staked tokens", scale: 100 },
  },
  params: {
    growth: { value: 0, low: -0.05, high: 0.05, unit: "1", source: SOURCE, doc: "drift of the log price in a step" },
    volatility: { value: 0.1, low: 0, high: 0.5, unit: "1", source: SOURCE, doc: "noise of the log price in a step" },
    impact: { value: 5, low: 0, high: 20, unit: "1", source: SOURCE, doc: "fall of the log price per share of supply sold" },
    fees: { value: 0.01, low: 0, high: 0.1, unit: "1", source: SOURCE, doc: "fees in a step as a share of circulating supply" },
    ruin: { value: 0.4, low: 0, high: 1, unit: "USD/TOY", source: SOURCE, doc: "the economy is ruined below this price" },
    startPrice: { value: 1, low: 0.1, high: 10, unit: "USD/TOY", source: SOURCE, doc: "price at the start" },
    startSupply: { value: 100, low: 1, high: 1000, unit: "TOY", source: SOURCE, doc: "supply at the start" },
  },
  varying: ["growth", "volatility"],
  actions: {
    kind: "continuous",
    fields: {
      issuance: { unit: "1", low: 0, high: 0.01, maxMove: 0.004, start: 0.002, doc: "tokens minted as a share of supply" },
      burnShare: { unit: "1", low: 0, high: 1, maxMove: 0.5, start: 0.5, doc: "share of the fees that is burned" },
    },
  },
  shocks: { price: { unit: "1", doc: "standard normal" } },
  flows: {
    price: { unit: "USD/TOY", doc: "market price" },
    exogenous: { unit: "1", doc: "log of the price path without policy" },
    supply: { unit: "TOY", doc: "total supply", scale: 100 },
    minted: { unit: "TOY", doc: "tokens minted" },
    burned: { unit: "TOY", doc: "tokens burned" },
    service: { unit: "1", doc: "service delivered" },
  },
  observations: {
    logPrice: { unit: "1", low: -5, high: 5, doc: "log of price over start price", onChain: "price feed" },
    stakedShare: { unit: "1", low: 0, high: 1, doc: "staked share of supply", onChain: "x/staking pool" },
  },
  terms: {
    service: { unit: "1", doc: "service delivered" },
    dilution: { unit: "1", doc: "minus the share of supply that was minted" },
  },
  objectives: { balanced: { service: 1, dilution: 10 }, holders: { service: 0.5, dilution: 50 } },
  constraints: {
    supplyChange: { unit: "1", kind: "expectation", limit: 0.3, doc: "change of supply in a step, as a share" },
  },
  horizon: 60,
  observationDelay: 1,
  actionDelay: 2,
  scenarios: {
    base: { doc: "no drift", overrides: {} },
    crash: { doc: "a steady fall", overrides: { growth: -0.05, volatility: 0.2 } },
  },
  uses: USES,
  functions: { drawParams, reset, draw, step, observe, objective, costs, terminated },
  account,
});

function drawParams(p: Values, d: DrawKey, u: typeof USES): void {
  const x = u.uniform4(d.seed, d.episode, d.day, d.stream);
  p.growth = 0.02 * (x.a - 0.5);
  p.volatility = 0.05 + 0.1 * x.b;
}

function reset(s: StateValues, p: Values, d: DrawKey, u: typeof USES): void {
  const x = u.uniform4(d.seed, d.episode, d.day, d.stream);
  s.price = p.startPrice!;
  s.exogenous = 0;
  s.staked = u.units((0.4 + 0.2 * x.a) * p.startSupply!);
  s.circulating = u.units(p.startSupply!) - s.staked!;
}

function draw(z: Values, d: DrawKey, u: typeof USES): void {
  const n = u.normal4(d.seed, d.episode, d.day, d.stream, u);
  z.price = n.a;
}

function step(s: StateValues, p: Values, a: Values, z: Values, f: Values, u: typeof USES): void {
  const supply = s.circulating! + s.staked!;
  const minted = u.units(Math.min(a.issuance! * supply, a.mintLimit!));
  const burned = u.units(Math.min(a.burnShare! * p.fees! * s.circulating!, a.burnLimit!));
  // Half of what is minted goes to stakers.
  const rewards = u.units(0.5 * minted);
  s.staked = s.staked! + rewards;
  s.circulating = s.circulating! + (minted - rewards) - burned;
  const noise = p.growth! + p.volatility! * z.price!;
  s.exogenous = s.exogenous! + noise;
  s.price = s.price! * Math.exp(noise + (p.impact! * (burned - minted)) / supply);
  f.service = 1 - Math.exp(-s.price! / p.startPrice!);
  f.price = s.price!;
  f.exogenous = s.exogenous!;
  f.supply = s.circulating! + s.staked!;
  f.minted = minted;
  f.burned = burned;
}

function account(f: Values, s: StateValues, _p: Values): void {
  f.price = s.price!;
  f.exogenous = s.exogenous!;
  f.supply = s.circulating! + s.staked!;
  f.minted = 0;
  f.burned = 0;
  f.service = 0;
}

function observe(o: Values, s: StateValues, p: Values, _z: Values, u: typeof USES): void {
  o.logPrice = u.clamp(Math.log(s.price! / p.startPrice!), -5, 5, 0);
  o.stakedShare = u.clamp(s.staked! / (s.circulating! + s.staked!), 0, 1, 0);
}

function objective(r: Values, _s: StateValues, _p: Values, _a: Values, f: Values): void {
  r.service = f.service!;
  r.dilution = -f.minted! / f.supply!;
}

function costs(k: Values, _s: StateValues, _p: Values, _a: Values, f: Values): void {
  k.supplyChange = Math.abs(f.minted! - f.burned!) / f.supply!;
}

function terminated(s: StateValues, p: Values, _f: Values): number {
  return s.price! < p.ruin! ? 1 : 0;
}
