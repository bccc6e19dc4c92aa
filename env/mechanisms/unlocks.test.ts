import fc from "fast-check";
import { expect, test } from "vitest";
import {
  COMMUNITY_AT_LAUNCH,
  communityUnlock,
  INSIDER_SHARE,
  insiderUnlock,
  linearUnlock,
  UNLOCK_CONSTANTS,
} from "./unlocks.js";

const u = { ...UNLOCK_CONSTANTS, DAY: 1, linearUnlock };
const SUPPLY = 1e10;
const perDay = (day: number) => [communityUnlock(day, day + 1, u), insiderUnlock(0, day, day + 1, u)].map((x) => x * SUPPLY);

test("a linear unlock releases its amount and no more", () => {
  const day = fc.integer({ min: 0, max: 4000 });
  fc.assert(
    fc.property(
      day,
      fc.integer({ min: 1, max: 2000 }),
      fc.array(day, { minLength: 1, maxLength: 20 }),
      (start, length, cuts) => {
        const days = [0, ...cuts.toSorted((a, b) => a - b), 7000];
        const parts = days.slice(1).map((to, i) => linearUnlock(100, start, length, days[i]!, to));
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
        expect(parts.reduce((a, b) => a + b)).toBeCloseTo(100, 9);
      },
    ),
    { seed: 2, numRuns: 100 },
  );
  // VestingWallet.sol: amount x (now - start) / duration.
  expect(linearUnlock(730, 10, 365, 0, 20)).toBeCloseTo(20, 12);
});

test("the community gets its five points at launch and 70 more in 15 years", () => {
  expect(COMMUNITY_AT_LAUNCH + communityUnlock(0, 15 * 365, u)).toBeCloseTo(0.75, 12);
  expect(communityUnlock(15 * 365, 1e5, u)).toBe(0);
  // Whitepaper: 3.5 B, 1.75 B, 0.875 B, 0.875 B.
  const years = [0, 3, 6, 9, 15].map((year) => year * 365);
  const amounts = years.slice(1).map((to, i) => SUPPLY * communityUnlock(years[i]!, to, u));
  amounts.forEach((amount, i) => {
    expect(amount).toBeCloseTo([3.5e9, 1.75e9, 0.875e9, 0.875e9][i]!, 3);
  });
});

test("daily unlocks are those of the notice: 3.2 + 1.9 M before 24 July 2026, 1.6 + 1.3 M after", () => {
  const [before, after] = [perDay(1000), perDay(1100)];
  expect(before[0]).toBeCloseTo(3.2e6, -5);
  expect(before[1]).toBeCloseTo(1.9e6, -5);
  expect(after[0]).toBeCloseTo(1.6e6, -5);
  expect(after[1]).toBeCloseTo(1.3e6, -5);
});

test("about 4.9 B were unlocked when that notice came out, in spring 2026", () => {
  const unlocked = (day: number) => SUPPLY * (COMMUNITY_AT_LAUNCH + communityUnlock(0, day, u) + insiderUnlock(0, 0, day, u));
  // 943 days: 21 February 2026; 1096 days: 24 July 2026.
  expect(unlocked(943)).toBeLessThan(4.9e9);
  expect(unlocked(1096)).toBeGreaterThan(4.9e9);
});

test("both insider schedules wait a year and end with all tokens unlocked, the announced one two years earlier", () => {
  for (const variant of [0, 1]) {
    expect(insiderUnlock(variant, 0, 366, u)).toBe(0);
    expect(insiderUnlock(variant, 0, 1e4, u)).toBeCloseTo(INSIDER_SHARE, 12);
  }
  expect(insiderUnlock(1, 0, 366 + 730, u)).toBeCloseTo(INSIDER_SHARE, 12);
  expect(insiderUnlock(0, 0, 366 + 730, u)).toBeCloseTo(INSIDER_SHARE * (0.2 + 0.8 / 2), 12);
});
