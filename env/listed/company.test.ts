import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { units } from "../../compiler/primitives.js";
import { EQUITY_USES } from "../market/equity.js";
import { COMPANY_USES, fundGrowth } from "./company.js";
import { LISTED_KINDS, type ListedKind, listedParams } from "./params.js";

type State = Parameters<typeof COMPANY_USES.companyStep>[0] & { demand: number };
type Params = Parameters<typeof COMPANY_USES.companyStep>[1] & Parameters<typeof EQUITY_USES.fairLog>[1];

const u = { ...COMPANY_USES, ...EQUITY_USES, units, grow: fundGrowth, GROWS: 1, DAY: 1, DAYS_PER_YEAR: 365 };

function params(kind: ListedKind = "traditional", changes: Partial<Params> = {}): Params {
  const values = Object.fromEntries(Object.entries(listedParams(kind)).map(([name, { value }]) => [name, value]));
  return { ...(values as unknown as Params), supplyStart: 1e8, priceStart: 2, ...changes };
}

/** A company at its start, its share at the offer price. */
function company(p: Params): State {
  const s = { liquid: 5e7, supply: 1e8, price: 2, sharePrice: p.shareOffer, shareLog: 0, sharePremium: 0, demand: 0 } as State;
  COMPANY_USES.resetCompany(s, p, u);
  return s;
}

const fair = (s: State, p: Params) => Math.exp(EQUITY_USES.fairLog(s as never, p, u)) * p.shareOffer;
const perShare = (s: State) => s.shareTreasury / s.shareCount;

test("the company starts with its treasury out of the float and its share at the offer price", () => {
  const p = params();
  const s = company(p);
  expect(s.shareTreasury).toBe(2e6);
  expect(s.liquid).toBe(5e7 - 2e6);
  // 4 M$ of tokens and half as much of business.
  expect(s.shareCount).toBeCloseTo(6e6 / 10, 6);
  expect(fair(s, p)).toBeCloseTo(10, 9);
});

describe("the listing", () => {
  test("an offering at fair value moves the fair value of no share", () => {
    const p = params();
    const s = company(p);
    COMPANY_USES.listShares(s, p, 1, u);
    expect(s.shareCash + s.shareGrowthFund).toBeCloseTo(0.3 * 6e6, 6);
    expect(fair(s, p)).toBeCloseTo(10, 9);
  });

  test("a SPAC after redemptions and promote has 6.67 USD of cash per share of 10 USD, the median of the study", () => {
    const p = params("spac");
    const s = company(p);
    const shares = s.shareCount;
    COMPANY_USES.listShares(s, p, 1, u);
    expect((s.shareCash + s.shareGrowthFund) / (s.shareCount - shares)).toBeCloseTo(20 / 3, 9);
    // The sponsor's free shares are paid for by all others.
    expect(fair(s, p)).toBeLessThan(10);
  });

  test("raises nothing on any other day", () => {
    const s = company(params());
    const before = { ...s };
    COMPANY_USES.listShares(s, params(), 0, u);
    expect(s).toEqual(before);
  });
});

describe("shares at the market", () => {
  const issued = (premium: number, changes: Partial<Params> = {}) => {
    const p = params("traditional", changes);
    const s = company(p);
    s.sharePremium = premium;
    s.sharePrice = p.shareOffer * Math.exp(premium);
    const before = { ...s, tokens: perShare(s) };
    const moves = COMPANY_USES.issueShares(s, p, 1, 1, u);
    return { s, p, before, moves };
  };

  test("are sold above fair value only, bought back below it only", () => {
    expect(issued(0.09).moves.issued).toBe(0);
    expect(issued(-0.09).moves.issued).toBe(0);
    expect(issued(0.3).moves.issued).toBeCloseTo(0.015 * 0.2, 12);
    expect(issued(-0.3).moves.issued).toBeCloseTo(-0.005 * 0.2, 9);
  });

  test("sold above mNAV 1 add tokens to every share once the money has bought tokens; so do those bought back below it", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.11, max: 1, noNaN: true }), (premium) => {
        const { s, before } = issued(premium, { shareOperations: 0, shareBuySpeed: 1, shareBuyMost: 1 });
        const raised = s.shareCash;
        COMPANY_USES.buyTokens(s, params("traditional", { shareBuySpeed: 1, shareBuyMost: 1 }), 1, u);
        // (T + N' S / P) / (N + N') against T / N: accretive if and only if S / P exceeds T / N.
        const mnav = (before.shareCount * before.sharePrice) / (before.shareTreasury * before.price);
        expect(mnav).toBeCloseTo(Math.exp(premium), 9);
        expect(raised).toBeCloseTo((s.shareCount - before.shareCount) * s.sharePrice, 6);
        return perShare(s) > before.tokens;
      }),
    );
    const back = issued(-0.5, { shareOperations: 0 });
    expect(perShare(back.s)).toBeGreaterThan(back.before.tokens);
  });

  test("move tokens between treasury and float only, at most two in a hundred shares a day", () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (premium) => {
        const { s, before, moves } = issued(premium, { shareIssueSpeed: 0.2, shareBuyback: 0.2 });
        expect(Math.abs(s.liquid + s.shareTreasury - before.liquid - before.shareTreasury)).toBeLessThan(1e-7);
        return Math.abs(moves.issued) <= 0.02 + 1e-12 && s.shareTreasury >= 0 && s.shareCount > 0;
      }),
    );
  });
});

test("tokens are bought with cash that is there, a part of the float a day", () => {
  const p = params();
  const s = company(p);
  s.shareCash = 1e9;
  const float = s.liquid;
  expect(COMPANY_USES.buyTokens(s, p, 1, u)).toBeCloseTo(0.005 * float, 6);
  s.shareCash = 100;
  expect(COMPANY_USES.buyTokens(s, p, 1, u)).toBeCloseTo((0.1 * 100) / 2, 9);
  expect(s.shareCash).toBeCloseTo(90, 9);
});

test("dividends in tokens leave the treasury for the float and accrue at the price of the day", () => {
  const p = params("compute-backed");
  const s = company(p);
  const [treasury, float] = [s.shareTreasury, s.liquid];
  const paid = COMPANY_USES.payDividend(s, p, 1, 1 / 365, u);
  expect(paid).toBeCloseTo((0.2 / 365) * treasury, 9);
  expect([s.shareTreasury, s.liquid]).toEqual([treasury - paid, float + paid]);
  expect(s.shareAccrued).toBeCloseTo((paid * 2) / (s.shareCount * 10), 15);
  expect(COMPANY_USES.payDividend(s, p, 0, 1 / 365, u)).toBe(0);
  expect(COMPANY_USES.payDividend(s, params("traditional"), 1, 1 / 365, u)).toBe(0);
});

test("money spent on growth raises log demand by its part of the token's market value", () => {
  const s = company(params());
  fundGrowth(s, params(), 2e6);
  expect(s.demand).toBeCloseTo((2 * 2e6) / (2 * 1e8), 12);
});

test("every kind changes parameters of the layer within their ranges and says why", () => {
  for (const kind of LISTED_KINDS) {
    for (const [name, { value, low, high, source }] of Object.entries(listedParams(kind))) {
      expect(value, name).toBeGreaterThanOrEqual(low);
      expect(value, name).toBeLessThanOrEqual(high);
      expect(source.length, name).toBeGreaterThan(5);
    }
  }
});
