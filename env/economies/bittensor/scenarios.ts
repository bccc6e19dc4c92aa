import { DRAW_PARAMS_USES, MARKET_SCENARIOS, MARKET_VARYING } from "../../market/scenarios.js";
import type { DrawKey, Scenario } from "../../world.js";
import type { Params } from "./params.js";

type Uses = typeof SCENARIO_USES;

/** Parameters that scenarios and `drawParams` change. */
export const VARYING = [
  ...MARKET_VARYING,
  "supplyStart",
  "speculativeShare",
  "degradeChance",
  "degradeSize",
  "skillNoise",
  "spreadStart",
  "cabalMost",
  "cabalSpeed",
  "minerSelling",
  "investorSpeed",
  "discovery",
  "demandVolatility",
] as const satisfies readonly (keyof Params)[];

type Varying = Record<(typeof VARYING)[number], number>;

/** Held out from training. */
export const SCENARIOS = {
  ...MARKET_SCENARIOS,
  decay: {
    doc: "subnets degrade four times as often, and lose more",
    overrides: { degradeChance: 0.008, degradeSize: 0.65, spreadStart: 0.45 },
  },
  cabal: {
    doc: "colluding validators grow fast to almost what consensus needs",
    overrides: { cabalMost: 0.45, cabalSpeed: 0.03 },
  },
  hype: { doc: "half of what investors go by is hype", overrides: { speculativeShare: 0.55, discovery: 0.015 } },
  halving: {
    doc: "300,000 TAO before a halving: 7,200 a day until then",
    overrides: { supplyStart: 10.2e6 },
  },
} satisfies Record<string, Scenario>;

/** A training world, on a training market: wide and continuous; streams +6 to +8. */
export function drawParams(p: Varying, d: DrawKey, u: Uses): void {
  u.drawMarketParams(p, d, u);
  const a = u.uniform4(d.seed, d.episode, d.day, d.stream + 6);
  p.supplyStart = u.between(a.a, 10e6, 12e6) * u.TAO;
  p.speculativeShare = u.between(a.b, 0, 0.7);
  p.degradeChance = u.between(a.c, 0, 0.01) / u.DAY;
  p.degradeSize = u.between(a.d, 0.3, 0.75);
  const b = u.uniform4(d.seed, d.episode, d.day, d.stream + 7);
  p.skillNoise = u.between(b.a, 0.004, 0.025) / Math.sqrt(u.DAY);
  p.spreadStart = u.between(b.b, 0.1, 0.5);
  p.cabalMost = u.between(b.c, 0, 0.47);
  p.cabalSpeed = u.between(b.d, 0.005, 0.04) / u.DAY;
  const c = u.uniform4(d.seed, d.episode, d.day, d.stream + 8);
  p.minerSelling = u.between(c.a, 0.6, 1);
  p.investorSpeed = u.between(c.b, 0.004, 0.014) / u.DAY;
  p.discovery = u.between(c.c, 0.01, 0.06) / u.DAY;
  p.demandVolatility = u.between(c.d, 0.25, 0.7) / Math.sqrt(u.YEAR);
}

export const PRESETS = {
  mature: { doc: "the network after its first halving, 3,600 TAO a day at 270 USD; the default", overrides: {} },
  "dated-2025q4": {
    doc: "1 October 2025: 9.98 M TAO at 304 USD, 7,200 a day, two months before the first halving",
    overrides: { supplyStart: 9.98e6, priceStart: 304, rootStart: 0.57, issuancePriced: 0.15, ageStart: 230 },
  },
  "dated-2026q1": {
    doc: "1 March 2026: 186 USD after a fall",
    overrides: { supplyStart: 10.77e6, priceStart: 186, ageStart: 380 },
  },
  "as-quoted": {
    doc: "as popularly quoted: 4.2 B USD of market value, 180 M a day traded; the price follows from 10.7 M TAO",
    overrides: { priceStart: 392.5, turnover: 0.107, taoWeight: 0.18 },
  },
};

export const SCENARIO_USES = { ...DRAW_PARAMS_USES, TAO: 1 };
export const SCENARIO_USE_UNITS = { TAO: "TAO" } as const;
