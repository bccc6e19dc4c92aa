import { DRAW_PARAMS_USES } from "../market/scenarios.js";
import type { DrawKey, Scenario } from "../world.js";
import type { ListedKind, ListedParams } from "./params.js";

/** Parameters of the layer that scenarios and the draw of a training world change. */
export const LISTED_VARYING = [
  "shareListingDay",
  "sharePop",
  "sharePremiumNormal",
  "shareRedeemed",
  "shareInflow",
  "shareLeverage",
  "sharePostVolatility",
  "shareHolderShare",
  "shareHolderSelling",
  "shareLockup",
  "arbitrageSpeed",
  "arbitrageCost",
  "shareEventDay",
  "shareEventJump",
  "shareEventIndex",
  "shareEventSale",
  "shareEventDry",
  "shareRulingDay",
  "shareRuling",
  "shareFreeze",
] as const satisfies readonly (keyof ListedParams)[];

type Varying = Record<(typeof LISTED_VARYING)[number], number>;

const COMMON = {
  "institutional-inflow": { doc: "15 B$ a year of institutional money come to the sector", overrides: { shareInflow: 1.5e10 } },
  "flash-crash": {
    doc: "on day 60 the share index falls by 22 %, a tenth of the float is sold into a market that has dried up",
    overrides: { shareEventDay: 60, shareEventIndex: -0.25, shareEventSale: 0.1, shareEventDry: 0.85 },
  },
  "liquidity-cascade": {
    doc: "a quarter of the float is on credit when on day 60 the sector falls by 22 %",
    overrides: { shareLeverage: 0.25, eventDay: 60, eventPrice: -0.25, leverageMax: 0.12 },
  },
  "stock-minus-10": {
    doc: "on day 60 the share falls by 10 %, though neither tokens nor service do",
    overrides: { shareEventDay: 60, shareEventJump: Math.log(0.9) },
  },
} satisfies Record<string, Scenario>;

const OF_KIND: Readonly<Record<ListedKind, Readonly<Record<string, Scenario>>>> = {
  traditional: {
    "ipo-pop": {
      doc: "the share rises by 65 % on its first day, the mean of 1999-2000, and money follows",
      overrides: { sharePop: 0.5, shareInflow: 6e9, sharePostVolatility: 1.76 },
    },
    "ipo-bust": {
      doc: "the share falls by 30 % on its first day and stays below what is behind it; insiders leave",
      overrides: { sharePop: -0.35, sharePremiumNormal: -0.4, shareInflow: 5e8, shareHolderSelling: 0.01, shareLockup: 90 },
    },
  },
  spac: {
    "spac-fail": {
      doc: "nearly all money is redeemed, the share falls by a third, and the holder sells at once",
      overrides: {
        shareRedeemed: 0.93,
        sharePop: -0.4,
        shareInflow: 5e8,
        shareHolderSelling: 0.01,
        shareLockup: 0,
        shareEventDay: 40,
        shareEventSale: 0.03,
      },
    },
  },
  "compute-backed": {
    "regulator-approves": {
      doc: "on day 90 a regulator approves shares that pay in tokens",
      overrides: { shareRulingDay: 90, shareRuling: 0.25, shareInflow: 6e9 },
    },
    "regulator-denies": {
      doc: "on day 90 a regulator forbids them: no dividends, no trading for a month",
      overrides: { shareRulingDay: 90, shareRuling: -0.4, shareFreeze: 30, shareInflow: 5e8 },
    },
  },
};

/** Scenarios that the layer adds for this kind of listing. */
export function listedScenarios(kind: ListedKind): Readonly<Record<string, Scenario>> {
  return { ...OF_KIND[kind], ...COMMON };
}

/** What differs between listings. */
export interface RulingUses {
  /** 1 where a regulator rules on the share. */
  readonly RULED: number;
}

type DrawUses = typeof DRAW_USES & RulingUses;

/** The layer of a training world, around every named scenario. Streams +`STREAM` to +`STREAM`+4. */
function drawListed(p: Varying, d: DrawKey, u: DrawUses): void {
  const a = u.uniform4(d.seed, d.episode, d.day, d.stream + u.STREAM);
  p.shareListingDay = u.between(a.a, 0, 120) * u.DAY;
  p.sharePop = u.between(a.b, -0.6, 0.6);
  p.sharePremiumNormal = u.between(a.c, -0.5, 0.3);
  p.shareRedeemed = u.between(a.d, 0, 1);
  const b = u.uniform4(d.seed, d.episode, d.day, d.stream + u.STREAM + 1);
  p.shareInflow = (u.between(b.a, 0, 1.8e10) * u.USD) / u.YEAR;
  p.shareLeverage = u.between(b.b, 0, 0.3);
  p.sharePostVolatility = u.between(b.c, 1, 1.9);
  p.shareHolderShare = u.between(b.d, 0, 0.5);
  const c = u.uniform4(d.seed, d.episode, d.day, d.stream + u.STREAM + 2);
  p.shareHolderSelling = u.between(c.a, 0, 0.015) / u.DAY;
  p.shareLockup = u.between(c.b, 0, 270) * u.DAY;
  p.arbitrageSpeed = u.between(c.c, 0.05, 0.5) / u.DAY;
  p.arbitrageCost = u.between(c.d, 0, 0.04);
  const e = u.uniform4(d.seed, d.episode, d.day, d.stream + u.STREAM + 3);
  p.shareEventDay = u.between(e.a, 0, 730) * u.DAY;
  p.shareEventJump = u.between(e.b, -0.3, 0.2);
  p.shareEventIndex = u.between(e.c, -0.3, 0.1);
  p.shareEventSale = u.between(e.d, 0, 0.15);
  const g = u.uniform4(d.seed, d.episode, d.day, d.stream + u.STREAM + 4);
  p.shareEventDry = u.between(g.a, 0, 0.9);
  p.shareRulingDay = u.between(g.b, 0, 730) * u.DAY;
  p.shareRuling = u.RULED * u.between(g.c, -0.6, 0.5);
  p.shareFreeze = u.RULED * u.between(g.d, 0, 60) * u.DAY;
}

/** First of the layer's random streams: an economy keeps below it, and a reset draws its shocks 1024 further on. */
const STREAM = 512;

export const DRAW_USES = { ...DRAW_PARAMS_USES, drawListed, STREAM, USD: 1 };
