import { expect, test } from "vitest";
import { haltMinutes, luldBand, SHARE_HALT_PARAMS, SHARE_HALT_USES, shareSession, weekend } from "./share-halts.js";

const u = { ...SHARE_HALT_USES, DAY: 1 };
type Params = Parameters<typeof shareSession>[0];
const p = (changes: Partial<Params> = {}): Params => {
  const values = Object.fromEntries(Object.entries(SHARE_HALT_PARAMS).map(([name, { value }]) => [name, value]));
  return { ...(values as Params), ...changes };
};

test("bands of the limit-up limit-down rule by price and tier, as the plan has them", () => {
  expect([luldBand(50, 1), luldBand(50, 2), luldBand(3.01, 2)]).toEqual([0.05, 0.1, 0.1]);
  expect([luldBand(3, 1), luldBand(0.75, 2)]).toEqual([0.2, 0.2]);
  // The lesser of 0.15 USD and 75 %.
  expect(luldBand(0.5, 1)).toBeCloseTo(0.3, 12);
  expect(luldBand(0.1, 2)).toBe(0.75);
});

test("market-wide halts: 15 minutes at 7 %, 15 more at 13 %", () => {
  const minutes = (fall: number) => haltMinutes(-Math.log(1 - fall), u);
  expect([0.069, 0.0701, 0.129, 0.1301, 0.19].map(minutes)).toEqual([0, 15, 15, 30, 30]);
});

test("an index fall of 20 % closes the session when that part of the move is through", () => {
  const session = (fall: number) => shareSession(p(), 0, Math.log(1 - fall), u);
  expect(session(0.06)).toEqual({ open: 1, halted: 0 });
  expect(session(0.08).open).toBeCloseTo(1 - 15 / 390, 12);
  expect(session(0.15).open).toBeCloseTo(1 - 30 / 390, 12);
  // A fall of 36 % is two falls of 20 % in logs: half of the day's move is through.
  expect(session(0.36).open).toBeCloseTo(0.5 * (1 - 30 / 390), 12);
});

test("the share's own fall halts nothing but by its band, unless the popular variant says so", () => {
  const own = (shareHaltVariant: number) => shareSession(p({ shareHaltVariant, shareSudden: 0 }), Math.log(0.85), 0, u);
  expect(own(0).halted).toBe(0);
  expect(own(1).halted).toBeCloseTo(30 / 390, 12);
  // A rise never triggers the market-wide rule.
  expect(shareSession(p({ shareHaltVariant: 1, shareSudden: 0 }), 0.5, 0, u).halted).toBe(0);
});

test("each sudden move by a band, up or down, costs five minutes", () => {
  const halted = (move: number) => shareSession(p({ shareSudden: 1, shareBand: 0.1 }), move, 0, u).halted * 390;
  expect(halted(0.09)).toBe(0);
  for (const move of [0.11, -0.11]) expect(halted(move)).toBeCloseTo(5, 9);
  expect(halted(0.35)).toBeCloseTo(15, 9);
  // Never more than the session has.
  expect(halted(100)).toBe(390);
});

test("exchanges close on two days of seven, on half days as on whole ones", () => {
  const week = Array.from({ length: 14 }, (_, day) => weekend(p(), day, u));
  expect(week).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1]);
  expect([4.5, 5.5, 6.5, 7.5].map((day) => weekend(p(), day, u))).toEqual([0, 1, 1, 0]);
  expect(weekend(p({ shareWeekends: 0 }), 5, u)).toBe(0);
});
