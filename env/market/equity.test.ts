import { expect, test } from "vitest";
import { EQUITY_USES, fairLog, privateShare, shareStep, wishedMove } from "./equity.js";
import { INSTITUTIONAL_USES, institutionalStep, moneyToShares } from "./institutional.js";

type State = Parameters<typeof shareStep>[0];
type Params = Parameters<typeof shareStep>[1];

const p: Params = {
  shareOffer: 10,
  shareSectorBeta: 1,
  shareTokenBeta: 0.7,
  shareVolatility: 0.5,
  sharePremiumNormal: 0.05,
  shareReversion: 0.02,
  shareResponse: 4,
  shareOperations: 0.5,
  shareTreasuryStart: 0.02,
  supplyStart: 1e8,
  priceStart: 2,
};
const u = EQUITY_USES;

function company(changes: Partial<State> = {}): State {
  const s: State = {
    sharePrice: 10,
    shareLog: 0,
    sharePremium: 0,
    shareReturn: 0,
    sharePending: 0,
    shareHalted: 0,
    price: 2,
    shareTreasury: 2e6,
    shareCash: 0,
    shareGrowthFund: 0,
    shareService: 1,
    shareCount: 6e5,
  };
  return { ...s, ...changes };
}

test("a share stands for tokens, cash and business: 4 + 1 + 2 M$ over 700,000 shares are 10 USD", () => {
  expect(fairLog(company({ shareCash: 6e5, shareGrowthFund: 4e5, shareCount: 7e5 }), p, u)).toBeCloseTo(0, 12);
  expect(fairLog(company({ price: 5 }), p, u)).toBeCloseTo(Math.log((10e6 + 2e6) / 6e6), 12);
});

test("a private share is worth what it stands for", () => {
  const s = company({ price: 3, sharePending: 0.4 });
  privateShare(s, p, u);
  expect([s.sharePremium, s.sharePending, s.shareReturn]).toEqual([0, 0, 0]);
  expect(s.sharePrice).toBeCloseTo(8e6 / 6e5, 9);
});

test("the share follows a sector move of its tokens in full, one of the token alone in part", () => {
  // Two thirds of the company are tokens.
  const quiet = { ...p, shareReversion: 0 };
  expect(wishedMove(company(), quiet, { days: 1, sector: 0.03, token: 0.03, noise: 0 }, u)).toBeCloseTo((2 / 3) * 0.03, 12);
  expect(wishedMove(company(), quiet, { days: 1, sector: 0, token: 0.03, noise: 0 }, u)).toBeCloseTo(0.7 * (2 / 3) * 0.03, 12);
  expect(wishedMove(company({ sharePremium: 0.25 }), p, { days: 1, sector: 0, token: 0, noise: 0.01 }, u)).toBeCloseTo(
    0.01 - 0.02 * 0.2,
    12,
  );
  // What waits for the session is wished for already.
  expect(
    wishedMove(company({ sharePremium: 0.25, sharePending: -0.2 }), p, { days: 1, sector: 0, token: 0, noise: 0.01 }, u),
  ).toBeCloseTo(0.01, 12);
});

test("what a closed session keeps back is all there at the next one", () => {
  const s = company();
  shareStep(s, p, { wish: -0.3, open: 0.4, pressed: 0 }, u);
  expect(s.shareReturn).toBeCloseTo(-0.12, 12);
  expect(s.sharePending).toBeCloseTo(-0.18, 12);
  shareStep(s, p, { wish: s.sharePending, open: 1, pressed: 0 }, u);
  expect(s.shareLog).toBeCloseTo(-0.3, 12);
  expect(s.sharePrice).toBeCloseTo(10 * Math.exp(-0.3), 12);
  expect(s.sharePremium).toBeCloseTo(-0.3, 12);
});

test("sales press the share only by what was traded", () => {
  const s = company();
  shareStep(s, p, { wish: 0, open: 1, pressed: 4 * 0.01 }, u);
  expect(s.shareReturn).toBeCloseTo(-0.04, 12);
  expect(s.sharePending).toBe(0);
});

const money = {
  shareInflow: 1.5e10,
  shareSectorCap: 1.85e10,
  shareFlowToShares: 0.3,
  shareFlowMost: 0.005,
  shareFlowSpeed: 0.05,
  shareFlowTrend: 30,
  shareFlowNoise: 0,
  supplyStart: 1e8,
  priceStart: 2,
};

test("institutional money comes to the token's weight in the sector, more in an uptrend, out in a fall, and not before the listing", () => {
  const settled = (trend: number, listed = 1) => {
    const s = { shareFlow: 0, trend };
    for (let day = 0; day < 400; day++) institutionalStep(s, money, { days: 1, listed, shock: 0 }, INSTITUTIONAL_USES);
    return s.shareFlow / (1.5e10 * (2e8 / 1.85e10));
  };
  expect(settled(0)).toBeCloseTo(1, 6);
  expect(settled(0.01)).toBeCloseTo(1.3, 6);
  expect(settled(-0.2)).toBeCloseTo(-1, 6);
  expect(settled(0, 0)).toBe(0);
});

test("no more money trades the share than half a percent of the company's market value a day", () => {
  const u = INSTITUTIONAL_USES;
  expect(moneyToShares({ shareFlow: 3.65e8 }, money, 1e7, 1, u)).toBe(5e4);
  expect(moneyToShares({ shareFlow: -3.65e8 }, money, 1e7, 1, u)).toBe(-5e4);
  expect(moneyToShares({ shareFlow: 3.65e6 }, money, 1e7, 1, u)).toBeCloseTo(0.3 * 1e4, 9);
});
