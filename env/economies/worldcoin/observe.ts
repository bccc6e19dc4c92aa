import type { CALENDAR } from "../../market/calendar.js";
import { MARKET_OBSERVATIONS, type OBSERVE_USES } from "../../market/observe.js";
import type { ObservationSpec } from "../../world.js";
import type { Params } from "./params.js";
import type { Shocks, State } from "./records.js";

export const OBSERVATIONS = {
  humans: {
    unit: "1",
    low: -5,
    high: 5,
    doc: "log of verified identities over those at the start, fakes included",
    onChain: "World ID registry",
  },
  activeShare: {
    unit: "1",
    low: 0,
    high: 1.5,
    doc: "active identities per verified one, fakes included, noisy",
    onChain: "World Chain, indexed",
  },
  usage: { unit: "1", low: -10, high: 5, doc: "mean log of use over its reference", onChain: "World ID fees paid" },
  orbs: {
    unit: "1",
    low: 0,
    high: 3,
    doc: "verifications that operators can do, over the reference",
    onChain: "operator registry, indexed",
  },
  tableGrant: { unit: "WLD/human", low: 0, high: 10, doc: "this month's grant by the table", onChain: "WLDGrant getAmount" },
  grantValue: { unit: "USD/human", low: 0, high: 20, doc: "the same in dollars", onChain: "WLDGrant getAmount, price oracle" },
  claimPace: {
    unit: "1/year",
    low: 0,
    high: 2,
    doc: "grants claimed over circulating supply, annualised",
    onChain: "RecurringGrantDrop",
  },
  treasury: { unit: "1", low: 0, high: 10, doc: "treasury over circulating supply", onChain: "WLD balance of the foundation" },
  circulating: { unit: "1", low: 0, high: 1, doc: "circulating share of supply", onChain: "WLD balances" },
  age: {
    unit: "year",
    low: 0,
    high: 30,
    doc: "years since launch: where the calendar of unlocks and the mint lock stand",
    onChain: "block time",
  },
  ...MARKET_OBSERVATIONS,
  netIssuance: {
    ...MARKET_OBSERVATIONS.netIssuance,
    doc: "growth of the circulating supply, mean over about a month",
    onChain: "WLD balances",
  },
  grant: { unit: "1", low: 0.4, high: 2, doc: "grant multiple in force", onChain: "grant contract" },
  release: { unit: "1/year", low: 0, high: 0.6, doc: "release in force", onChain: "treasury contract" },
  burnShare: { unit: "1", low: 0, high: 1, doc: "burn share in force", onChain: "fee contract" },
} satisfies Record<string, ObservationSpec>;

type Observation = Record<keyof typeof OBSERVATIONS, number>;

/**
 * What a controller sees, within the bounds above; only what the state itself does not bound is clamped. Delay is the environment's.
 */
export function observe(o: Observation, s: State, p: Params, z: Shocks, u: typeof OBSERVE_USES & typeof CALENDAR): void {
  const seen = s.humans + s.fakes;
  o.humans = u.clamp(Math.log(seen * (1 / p.humansStart)), -5, 5);
  o.activeShare = u.clamp(((s.active + s.fakes) / seen) * (1 + u.OBSERVATION_NOISE * z.activityNoise), 0, 1.5);
  o.usage = u.clamp(s.logUsage, -10, 5);
  o.orbs = Math.min(s.orbs * (1 / p.orbsReference), 3);
  // The adaptive pot may pay any amount when few claim.
  o.tableGrant = Math.min(s.grantNow, 10);
  o.grantValue = Math.min(s.grantNow * s.price, 20);
  o.claimPace = Math.min(s.claimPace, 2);
  o.treasury = Math.min(s.treasury / s.liquid, 10);
  o.circulating = s.liquid / s.supply;
  o.age = Math.min((p.genesisAge + s.day) / u.DAYS_PER_YEAR, 30);
  u.observeMarket(o, s, z, u);
  o.grant = s.grant;
  o.release = s.release;
  o.burnShare = s.burnShare;
}

const at = (center: number, spread: number) => ({ center, spread });

/**
 * What observations are usually like: mean and standard deviation over 120 randomised years on selection markets, half of them under the
 * actions in force and half under constant actions drawn over most of the band, as `scripts/observation-statistics.ts` does. Rounded: they only
 * scale the search of the affine rule's gains.
 */
export const OBSERVATION_STATISTICS = {
  humans: at(0.21, 0.15),
  activeShare: at(0.34, 0.088),
  usage: at(0.04, 0.41),
  orbs: at(0.85, 0.3),
  tableGrant: at(1.2, 0.31),
  grantValue: at(1.4, 1.4),
  claimPace: at(0.047, 0.03),
  treasury: at(0.35, 0.22),
  circulating: at(0.46, 0.11),
  age: at(3.9, 1.7),
  priceChange: at(0, 0.058),
  trend: at(0, 0.011),
  volatility: at(0.97, 0.51),
  drawdown: at(0.53, 0.65),
  volume: at(1.2, 0.43),
  netIssuance: at(0.23, 0.11),
  grant: at(1.1, 0.26),
  release: at(0.22, 0.1),
  burnShare: at(0.21, 0.26),
} satisfies Record<keyof typeof OBSERVATIONS, unknown>;
