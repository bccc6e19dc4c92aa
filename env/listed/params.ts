import { ARBITRAGE_PARAMS } from "../market/arbitrage.js";
import { CASCADE_PARAMS } from "../market/cascade.js";
import { EQUITY_PARAMS } from "../market/equity.js";
import { INSTITUTIONAL_PARAMS } from "../market/institutional.js";
import { SHARE_HALT_PARAMS } from "../market/share-halts.js";
import { type Adjustment, adjusted, assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import { COMPANY_PARAMS } from "./company.js";
import { HOLDER_PARAMS } from "./holder.js";

/** Ways to list a company on a token: an offering, a merger with a listed shell, shares that pay out what compute earns. */
export const LISTED_KINDS = ["traditional", "spac", "compute-backed"] as const;
export type ListedKind = (typeof LISTED_KINDS)[number];

const EVENTS = {
  sharePostVolatility: {
    value: 1.41,
    low: 1,
    high: 2,
    unit: "1",
    source: "assumption: 85 % a year becomes 120 to 150 % as quoted, not verified: times 1.41 to 1.76",
    doc: "volatility of the token and of the share after the listing, over what it was",
  },
  sharePostDays: assumed(180, 0, 1000, "day", "days after the listing that it stays so"),
  shareEventDay: assumed(-1, -1, 3650, "day", "day of the share market's event; -1 for none"),
  shareEventJump: assumed(0, -1, 1, "1", "log move of the share on that day that no token causes"),
  shareEventIndex: assumed(0, -0.5, 0.5, "1", "log move of the share index on that day"),
  shareEventSale: assumed(0, 0, 0.5, "1", "tokens sold at any price on that day, as a share of the float"),
  shareEventDry: assumed(0, 0, 0.95, "1", "part of the token market's depth that vanishes on that day"),
  shareRulingDay: assumed(-1, -1, 3650, "day", "day on which a regulator rules on the share; -1 for never"),
  shareRuling: assumed(0, -1, 1, "1", "log move of the share by the ruling; a negative one ends dividends"),
  shareFreeze: assumed(0, 0, 365, "day", "days from the ruling on in which the share is not traded"),
} satisfies Record<string, ParamSpec>;

/** All parameters of the listed layer; the values of a traditional offering. */
const LISTED_PARAMS = {
  ...COMPANY_PARAMS,
  ...HOLDER_PARAMS,
  ...EQUITY_PARAMS,
  ...ARBITRAGE_PARAMS,
  ...SHARE_HALT_PARAMS,
  ...INSTITUTIONAL_PARAMS,
  ...CASCADE_PARAMS,
  ...EVENTS,
} satisfies Record<string, ParamSpec>;

export type ListedParams = Record<keyof typeof LISTED_PARAMS, number>;

const SPAC_STUDY = "Klausner, Ohlrogge and Ruan, A Sober Look at SPACs (2022), 47 mergers of 2019-2020";
const KINDS: Readonly<Record<ListedKind, Readonly<Partial<Record<keyof typeof LISTED_PARAMS, Adjustment>>>>> = {
  traditional: {
    sharePop: {
      value: 0.1,
      source:
        "log of mean first-day returns of US offerings: 7 % in the 1980s, 11 % 1990-94, 18 % 1995-98 (Loughran and Ritter 2004)",
    },
  },
  spac: {
    sharePromote: { value: 0.25, source: "usual sponsor promote: a fifth of all shares, so a quarter of those sold" },
    shareRedeemed: {
      value: 0.5,
      source: `${SPAC_STUDY}: with the promote it leaves the median 6.67 USD of cash per share of 10 USD`,
    },
    sharePop: { value: 0, source: "assumption" },
    sharePremiumNormal: { value: -0.35, source: `${SPAC_STUDY}: shares fall by a third or more within a year of the merger` },
    shareFlowToShares: { value: 0.05, source: "assumption: large investors sell a SPAC at its merger" },
    shareOperations: { value: 0.3, source: "assumption" },
    sharePostVolatility: { value: 1.76, source: "assumption: upper end of the quoted range, not verified" },
  },
  "compute-backed": {
    shareOperations: { value: 2, source: "assumption: most of its worth is compute that earns" },
    shareYield: { value: 0.15, source: "assumption" },
    shareDividend: { value: 0.2, source: "assumption: tokens that compute has earned are paid out" },
    sharePremiumNormal: { value: 0, source: "assumption: dividends leave little to dream of" },
    sharePop: { value: 0.05, source: "assumption" },
  },
};

/** Parameters of a kind of listing. */
export function listedParams(kind: ListedKind): Readonly<Record<keyof typeof LISTED_PARAMS, ParamSpec>> {
  return adjusted<keyof typeof LISTED_PARAMS>(LISTED_PARAMS, KINDS[kind]);
}
