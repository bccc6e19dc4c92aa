import fc from "fast-check";
import { expect, test } from "vitest";
import {
  claimPerMonth,
  GRANT_CONSTANTS,
  GRANT_TABLE,
  launchGrant,
  monthsSinceAugust2024,
  potGrant,
  tableGrant,
} from "./grants.js";

const u = { ...GRANT_CONSTANTS, DAY: 1 };
const LAUNCH = Date.UTC(2023, 6, 24);
const age = (year: number, month: number, day: number) => (Date.UTC(year, month - 1, day) - LAUNCH) / 86_400_000;

test("the table has the contract's 50 amounts", () => {
  // worldcoin-grants-contracts 01b3e03, WLDGrant.sol, in units of 0.01 WLD; a sum and the places where the slope changes.
  expect(GRANT_TABLE).toHaveLength(50);
  const at = [0, 1, 2, 15, 22, 28, 29, 30, 40, 49].map((i) => GRANT_TABLE[i]);
  expect(at).toEqual([6.18, 6, 5.21, 2.08, 1.46, 1.02, 1.5, 1.41, 0.72, 0.37]);
  // Declines from month to month but for the one rise from id 67 to id 68.
  const rises = GRANT_TABLE.flatMap((amount, i) => (i > 0 && amount > GRANT_TABLE[i - 1]! ? [i + 39] : []));
  expect(rises).toEqual([68]);
  expect(Math.round(100 * GRANT_TABLE.reduce((sum, x) => sum + x, 0))).toBe(9287);
});

test("months since August 2024 are those of the calendar, on every day until 2060", () => {
  for (let day = 374; day < 13_500; day++) {
    const date = new Date(LAUNCH + day * 86_400_000);
    const months = (date.getUTCFullYear() - 2024) * 12 + date.getUTCMonth() - 7;
    if (monthsSinceAugust2024(day, u) !== months) throw new Error(`day ${day}: ${monthsSinceAugust2024(day, u)} for ${months}`);
  }
  expect(monthsSinceAugust2024(age(2024, 8, 1), u)).toBe(0);
  expect(monthsSinceAugust2024(age(2024, 8, 1) - 0.5, u)).toBe(-1);
});

test("the grant in force on a date is the contract's", () => {
  // activeGrants(): second id = 39 + months since August 2024; amount = table[id - 39].
  const cases: [number, number, number, number][] = [
    [2024, 8, 31, 6.18],
    [2024, 9, 1, 6],
    [2026, 2, 21, 1.78],
    [2026, 7, 24, 1.38],
    [2027, 1, 1, 1.5],
    [2028, 9, 30, 0.37],
  ];
  for (const [y, m, d, amount] of cases) {
    expect(tableGrant(monthsSinceAugust2024(age(y, m, d), u), 0, u), `${y}-${m}-${d}`).toBeCloseTo(amount, 12);
  }
  // Beyond id 88 the contract reverts: nothing, unless governance goes on.
  expect(tableGrant(monthsSinceAugust2024(age(2028, 10, 1), u), 0, u)).toBe(0);
  expect(tableGrant(50, 0.3, u)).toBe(0.3);
});

test("the grants before August 2024 are those of the launch contracts", () => {
  expect([0, 1.99, 2, 2.99, 3, 4.99, 5].map(launchGrant)).toEqual([25, 25, 10, 10, 3, 3, 3]);
  // Ids count from 15 in the fourth week, two weeks each; id 29 lasts four weeks, id 30 after it pays 6.
  const sixes = Array.from({ length: 53 }, (_, week) => week).filter((week) => launchGrant(week) === 6);
  expect(sixes).toEqual([35, 36]);
  expect(() => launchGrant(54)).toThrow(/weeks is 54, it must be a number from 0 to/);
});

test("claims of two ids add up to what each human would get who misses none twice", () => {
  expect(claimPerMonth(2, 3, 1, 0.7)).toBe(2);
  expect(claimPerMonth(2, 3, 0, 1)).toBe(3);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, fc.double({ min: 0, max: 10, noNaN: true }), (prompt, late, amount) => {
      const claim = claimPerMonth(amount, amount, prompt, late);
      expect(claim).toBeGreaterThanOrEqual(0);
      expect(claim).toBeLessThanOrEqual(amount * (1 + 1e-12));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("an adaptive pot pays the same in all, however many share it", () => {
  for (const claimants of [1e3, 1e6, 1e8]) expect(potGrant(1e7, claimants, 1) * claimants).toBeCloseTo(1e7, 3);
  expect(potGrant(100, 0, 10)).toBe(10);
});
