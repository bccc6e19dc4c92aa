import { DRAW_PARAMS_USES, MARKET_SCENARIOS, MARKET_VARYING } from "../../market/scenarios.js";
import type { DrawKey, Scenario } from "../../world.js";
import type { Params } from "./params.js";

type Uses = typeof SCENARIO_USES;

/** Parameters that scenarios and `drawParams` change. */
export const VARYING = [
  ...MARKET_VARYING,
  "genesisAge",
  "treasuryShare",
  "reachable",
  "fakeMost",
  "fakeGain",
  "fakeCost",
  "grantSelling",
  "insiderSelling",
  "grantReference",
] as const satisfies readonly (keyof Params)[];

type Varying = Record<(typeof VARYING)[number], number>;

/** Held out from training. */
export const SCENARIOS = {
  ...MARKET_SCENARIOS,
  farming: {
    doc: "identities are cheap to rent and farmers many",
    overrides: { fakeMost: 0.5, fakeGain: 6, fakeCost: 0.6 },
  },
  "insider-exit": {
    doc: "team and investors sell nearly all that unlocks, humans too, in a weak sector",
    overrides: { insiderSelling: 0.95, grantSelling: 0.85, driftShift: -0.2 },
  },
  ban: {
    doc: "regulators shut most markets to Orbs; on day 60 the sector and the use fall",
    overrides: { reachable: 32e6, eventDay: 60, eventPrice: -0.3, eventDemand: -0.3 },
  },
  lean: {
    doc: "the treasury has given away nearly all that was unlocked",
    overrides: { treasuryShare: 0.002 },
  },
  "post-lock": {
    doc: "15 years on: all is unlocked and given away, the cap of 1.5 % a year allows minting for grants",
    overrides: { genesisAge: 5486, treasuryShare: 0.001, driftShift: 0.1 },
  },
} satisfies Record<string, Scenario>;

/**
 * A training world, on a training market: wide and continuous. One in eight lies later than the third year, up to past the mint lock; one
 * in eight has a treasury that is nearly empty. Farmers and the worth of a grant, which nobody sees, lie mostly near what they are, with
 * tails past every scenario. Streams +6, +7 and what the market leaves of its own.
 */
export function drawParams(p: Varying, d: DrawKey, u: Uses): void {
  u.drawMarketParams(p, d, u);
  const g = u.uniform4(d.seed, d.episode, d.day, d.stream + 4);
  p.issuanceHorizon = u.between(g.b, 0.25, 0.8) * u.YEAR;
  p.grantReference = 1.4 * Math.exp(0.55 * u.centred(g.c)) * (u.USD / u.HUMAN);
  const e = u.uniform4(d.seed, d.episode, d.day, d.stream + 6);
  const age = e.a < 0.875 ? u.between(e.a, 900, 1300) : u.between(e.a, -29480, 5640);
  p.genesisAge = Math.floor(age) * u.DAY;
  p.treasuryShare = e.b < 0.875 ? u.between(e.b, 0.15, 0.75) : u.between(e.b, 0, 0.06) - 0.0525;
  p.reachable = Math.exp(u.between(e.c, 17.1, 19.3)) * u.HUMAN;
  p.insiderSelling = u.between(e.d, 0.1, 1);
  const h = u.uniform4(d.seed, d.episode, d.day, d.stream + 7);
  p.fakeMost = 0.27 * (1 + u.centred(h.a));
  p.fakeGain = 3 * Math.exp(u.centred(h.b));
  p.fakeCost = 1.6 * Math.exp(1.2 * u.centred(h.c)) * (u.USD / u.HUMAN);
  p.grantSelling = u.between(h.d, 0.3, 0.95);
}

/** -1 to 1 for a uniform number, mostly near 0: half of all lie within an eighth. */
function centred(uniform: number): number {
  const y = 2 * uniform - 1;
  return y * y * y;
}

export const PRESETS = {
  mature: {
    doc: "mature usage: 25 M verified humans, apps pay 0.44 M$ a day in fees, on the unlock calendar of 2026-07-24; the default",
    overrides: {},
  },
  "dated-2026-02": {
    doc: "21 February 2026: 0.395 $, 2.86 B circulating, about 18 M verified humans. There were next to no fees: burn is noise here",
    overrides: {
      genesisAge: 943,
      treasuryShare: 0.5,
      priceStart: 0.395,
      issuancePriced: 0.35,
      humansStart: 17.95e6,
      orbsReference: 15_000,
      signupRate: 1.5e-4,
      serviceReference: 6.28e6,
      grantReference: 0.7,
      fakeCost: 0.7,
      fundReference: 4e5,
      feePerUse: 0.0005,
    },
  },
  "as-quoted": {
    doc: "as popularly quoted: a treasury of 100 M WLD worth 2.5 B$, which would be 25 $ a token (the highest price ever was 11.95 $), and an adaptive pot",
    overrides: {
      treasuryShare: 0.025,
      priceStart: 25,
      issuancePriced: 0.1,
      grantVariant: 1,
      grantReference: 10,
      fakeCost: 12,
      fundReference: 1.4e6,
    },
  },
};

export const SCENARIO_USES = { ...DRAW_PARAMS_USES, centred, USD: 1, HUMAN: 1 };
export const SCENARIO_USE_UNITS = { USD: "USD", HUMAN: "human" } as const;
