import { units } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { CALENDAR } from "../market/calendar.js";
import { companyValue, operationsValue } from "../market/equity.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";

type Uses = typeof COMPANY_USES & GrowthUses;

/** The company behind the share: shares, cash and a treasury of tokens. `shareTreasury` is an account of the token. */
export const companyState = (token: string, tokens: number, usd: number) =>
  ({
    shareTreasury: { unit: token, doc: "tokens that the company holds", scale: 0.02 * tokens },
    shareCount: { unit: "share", doc: "shares outstanding", scale: 0.001 * usd },
    shareCash: { unit: "USD", doc: "cash that the company has not put into tokens yet", scale: 0.01 * usd },
    shareGrowthFund: { unit: "USD", doc: "raised money set aside for the growth of users", scale: 0.01 * usd },
    shareService: { unit: "1", doc: "slow mean of service: what the company's business follows" },
    shareAccrued: { unit: "1", doc: "dividends per share since the start, each over the share price of its day" },
  }) satisfies RecordSpec;

export const COMPANY_PARAMS = {
  shareListingDay: assumed(30, 0, 3650, "day", "day on which the share is listed"),
  shareTreasuryStart: assumed(0.02, 0.0001, 0.2, "1", "tokens that the company holds at the start, as a share of supply"),
  shareOperations: assumed(0.5, 0, 20, "1", "worth of the company's business at the start over that of its tokens"),
  shareServiceMemory: assumed(0.02, 0.002, 0.2, "1/day", "speed at which the business follows the network's service"),
  shareYield: assumed(0.08, 0, 1, "1/year", "what the business earns, over its worth; it buys tokens"),
  shareRaise: assumed(0.3, 0, 3, "1", "money raised at the listing over the company's worth before it"),
  shareRedeemed: assumed(0, 0, 1, "1", "part of the raised money that investors take back at the listing"),
  sharePromote: assumed(0, 0, 0.5, "1", "free shares of the sponsor per share sold"),
  sharePop: assumed(0.1, -1, 1, "1", "log move of the share that its first day brings, besides all else"),
  shareGrowth: assumed(0.3, 0, 1, "1", "part of the raised money that pays for the growth of users"),
  shareGrowthSpeed: assumed(1 / 120, 0, 0.1, "1/day", "part of that fund that is spent in a day"),
  shareGrowthReturn: assumed(2, 0, 20, "1", "log demand gained per token market value spent on growth"),
  shareBuySpeed: assumed(0.1, 0, 1, "1/day", "part of its cash that the company puts into tokens in a day"),
  shareBuyMost: assumed(0.005, 0, 0.05, "1/day", "largest part of the float that it buys in a day"),
  shareIssueStart: assumed(
    0.1,
    0,
    1,
    "1",
    "log premium above which new shares are sold at the market, and discount below which they are bought back",
  ),
  shareIssueSpeed: assumed(0.015, 0, 0.2, "1/day", "new shares a day over those outstanding, per unit of premium beyond that"),
  shareBuyback: assumed(0.005, 0, 0.2, "1/day", "shares bought back a day with sold tokens, per unit of discount beyond that"),
  shareDividend: assumed(0, 0, 1, "1/year", "part of the treasury that is paid out to shareholders in tokens in a year"),
  shareDividendSold: assumed(0.5, 0, 1, "1", "part of the dividends that shareholders sell"),
} satisfies Record<string, ParamSpec>;

type State = Record<
  keyof ReturnType<typeof companyState> | "liquid" | "supply" | "price" | "sharePrice" | "shareLog" | "sharePremium",
  number
>;
type Params = Record<keyof typeof COMPANY_PARAMS | "supplyStart" | "priceStart" | "shareOffer", number>;

/** What a step is for the company. */
type CompanyDay = {
  /** Its length in days. */
  readonly days: number;
  /** Service of the economy in it. */
  readonly service: number;
  /** 1 in the step in which the share is listed. */
  readonly lists: number;
  /** 1 from that step on. */
  readonly listed: number;
  /** Part of the step in which the share leg trades. */
  readonly open: number;
  /** 1 where dividends may be paid. */
  readonly paying: number;
};

/** What it did. Tokens bought or sold reach the token's price as an order of the next step. */
type CompanyMoves = {
  /** Bought less sold, tokens. */
  readonly bought: number;
  /** New shares at the market less shares bought back, over those outstanding. */
  readonly issued: number;
  /** Tokens paid out to shareholders. */
  readonly dividend: number;
};

/** At the start the company takes its treasury out of the float; the share is worth the offer price. */
function resetCompany(s: State, p: Params, u: Uses): void {
  s.shareTreasury = u.units(Math.min(p.shareTreasuryStart * s.supply, 0.5 * s.liquid));
  s.liquid = s.liquid - s.shareTreasury;
  s.shareCash = 0;
  s.shareGrowthFund = 0;
  s.shareService = 1;
  s.shareAccrued = 0;
  s.shareCount = u.companyValue(s, p, u) / p.shareOffer;
}

/**
 * The listing: new shares at the last price for what is left of the raised money after redemptions, and the sponsor's free ones on what
 * was sold at first.
 */
function listShares(s: State, p: Params, lists: number, u: Uses): void {
  const raised = lists * p.shareRaise * u.companyValue(s, p, u);
  const kept = raised * (1 - p.shareRedeemed);
  const toGrowth = u.GROWS * p.shareGrowth;
  s.shareCount = s.shareCount + (kept + p.sharePromote * raised) / s.sharePrice;
  s.shareCash = s.shareCash + kept * (1 - toGrowth);
  s.shareGrowthFund = s.shareGrowthFund + kept * toGrowth;
}

/**
 * Above its fair value the company sells new shares at the market and later buys tokens for the money (accretive while the market value
 * exceeds that of what is behind a share); below it sells tokens and retires shares. At most 2 % of the shares a day.
 * @returns `issued` shares over those outstanding, `sold` tokens
 */
function issueShares(s: State, p: Params, open: number, days: number, u: Uses): { issued: number; sold: number } {
  const above = Math.max(0, s.sharePremium - p.shareIssueStart);
  const below = Math.max(0, -s.sharePremium - p.shareIssueStart);
  const most = (0.02 * days) / u.DAY;
  const fresh = open * Math.min(p.shareIssueSpeed * days * above, most) * s.shareCount;
  const wanted = open * Math.min(p.shareBuyback * days * below, most) * s.shareCount;
  const sold = u.units(Math.min((wanted * s.sharePrice) / s.price, most * s.shareTreasury));
  const retired = (sold * s.price) / s.sharePrice;
  const issued = (fresh - retired) / s.shareCount;
  s.shareCount = s.shareCount + fresh - retired;
  s.shareCash = s.shareCash + fresh * s.sharePrice;
  s.shareTreasury = s.shareTreasury - sold;
  s.liquid = s.liquid + sold;
  return { issued, sold };
}

/** Cash buys tokens on the market, a part of it a day and never more than a part of the float. */
function buyTokens(s: State, p: Params, days: number, u: Uses): number {
  const bought = u.units(Math.min((p.shareBuySpeed * days * s.shareCash) / s.price, p.shareBuyMost * days * s.liquid));
  s.shareCash = s.shareCash - bought * s.price;
  s.shareTreasury = s.shareTreasury + bought;
  s.liquid = s.liquid - bought;
  return bought;
}

/** A dividend in tokens, from the treasury to the float of the shareholders. */
function payDividend(s: State, p: Params, paying: number, years: number, u: Uses): number {
  const paid = u.units(paying * p.shareDividend * years * s.shareTreasury);
  s.shareTreasury = s.shareTreasury - paid;
  s.liquid = s.liquid + paid;
  s.shareAccrued = s.shareAccrued + (paid * s.price) / (s.shareCount * s.sharePrice);
  return paid;
}

/** Money spent on growth raises latent demand by its part of the token's market value. */
export function fundGrowth(s: State & { demand: number }, p: Params, spent: number): void {
  s.demand = s.demand + (p.shareGrowthReturn * spent) / (s.price * s.supply);
}

/** For an economy without latent demand. */
export function fundNothing(_s: object, _p: object, _spent: number): void {}

/** The company's step at the token's new price and the share's last one. */
function companyStep(s: State, p: Params, c: CompanyDay, u: Uses): CompanyMoves {
  const { days } = c;
  const years = days / u.DAYS_PER_YEAR;
  s.shareService = s.shareService + p.shareServiceMemory * days * (c.service - s.shareService);
  u.listShares(s, p, c.lists, u);
  const moves = u.issueShares(s, p, (1 - c.lists) * c.open, days, u);
  s.shareCash = s.shareCash + c.listed * p.shareYield * years * u.operationsValue(s, p);
  const spent = p.shareGrowthSpeed * days * s.shareGrowthFund;
  s.shareGrowthFund = s.shareGrowthFund - spent;
  u.grow(s, p, spent);
  const bought = u.buyTokens(s, p, days, u);
  const dividend = u.payDividend(s, p, c.listed * c.paying, years, u);
  return { bought: bought - moves.sold, issued: moves.issued, dividend };
}

export const COMPANY_USES = {
  ...CALENDAR,
  units,
  companyValue,
  operationsValue,
  resetCompany,
  listShares,
  issueShares,
  buyTokens,
  payDividend,
  companyStep,
};

/** What differs between economies. */
export interface GrowthUses {
  /** 1 where money can be spent on the growth of users. */
  readonly GROWS: number;
  /** Declared as a method, since what it needs beside `State` is there in the economies that it is chosen for. */
  grow(s: State, p: Params, spent: number): void;
}
