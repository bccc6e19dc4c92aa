import fc from "fast-check";
import { expect, test } from "vitest";
import {
  INFLATION_CONSTANTS,
  MINT_LOCK_DAYS,
  MINT_PERIOD_CAP,
  MINT_PERIOD_DAYS,
  mintRoom,
  simpleMintRoom,
} from "./inflation-cap.js";

const u = { ...INFLATION_CONSTANTS, DAY: 1, YEAR: 1, units: (x: number) => x };

/** The largest growth between two instants: of one period more than they count, since one begins where it is convenient. */
const largestGrowth = (periods: number) => (1 + MINT_PERIOD_CAP) ** (periods + 1) - 1;

/** The contract itself: times in seconds, one call per mint. */
function contract(supply: number) {
  const state = { supply, end: 0, cap: 0 };
  return {
    state,
    /** Mints what is allowed of `wanted`; the real one reverts instead. */
    mint(now: number, wanted: number): number {
      if (now < 473_938_994) return 0;
      if (now > state.end) {
        state.end = now + 2_628_000;
        state.cap = state.supply + state.supply * (1_241_487_716_449_316 / 1e18);
      }
      const minted = Math.min(wanted, state.cap - state.supply);
      state.supply += minted;
      return minted;
    },
  };
}

test("the cap compounds to 1.5 % a year", () => {
  expect((1 + MINT_PERIOD_CAP) ** 12 - 1).toBeCloseTo(0.015, 12);
  expect(12 * MINT_PERIOD_DAYS).toBeCloseTo(365, 9);
  expect(MINT_LOCK_DAYS).toBeGreaterThan(15 * 365);
  expect(MINT_LOCK_DAYS).toBeLessThan(15 * 365.25 + 8);
});

test("nothing can be minted for 15 years, by either variant", () => {
  for (const age of [0, 1000, 5485]) {
    expect(mintRoom(age, 1e10, -1, 0, u)).toBe(0);
    expect(simpleMintRoom(age, 1e10, 1 / 365, u)).toBe(0);
  }
  expect(mintRoom(5486, 1e10, -1, 0, u)).toBeCloseTo(1e10 * MINT_PERIOD_CAP, 3);
  expect(simpleMintRoom(5486, 1e10, 1, u)).toBeCloseTo(1.5e8, 3);
});

test("the daily form mints what the contract mints, whatever is wanted when", () => {
  const wants = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1, max: 3e7, noNaN: true })), {
    minLength: 200,
    maxLength: 400,
  });
  fc.assert(
    fc.property(wants, (wanted) => {
      const real = contract(1e10);
      let [supply, left, room] = [1e10, -1, 0];
      wanted.forEach((want, day) => {
        const allowed = mintRoom(5486 + day, supply, left, room, u);
        const minted = Math.min(want, allowed);
        const begins = left < 0 && minted > 0;
        room = Math.max(0, (begins ? allowed : room) - minted);
        left = Math.max(-1, (begins ? MINT_PERIOD_DAYS : left) - 1);
        supply += minted;
        if (want > 0) real.mint((5486 + day) * 86_400, want);
        // A dozen sums of numbers near 1e10, rounded to 2e-6.
        expect(Math.abs(supply - real.state.supply)).toBeLessThan(1e-3);
      });
      const periods = wanted.length / MINT_PERIOD_DAYS;
      expect(supply / 1e10 - 1).toBeLessThanOrEqual(largestGrowth(Math.ceil(periods)) + 1e-12);
    }),
    { seed: 3, numRuns: 40 },
  );
});

test("one period can show two caps, and the bound says so", () => {
  const real = contract(1e10);
  // A period opens with a token, its room is used on its last day and the next period's a day later: two caps in two days.
  real.mint(474_000_000, 1);
  real.mint(474_000_000 + 2_627_000, 1e9);
  real.mint(474_000_000 + 2_629_000, 1e9);
  const shown = real.state.supply / 1e10 - 1;
  expect(shown).toBeGreaterThan(1.9 * MINT_PERIOD_CAP);
  expect(shown).toBeLessThanOrEqual(largestGrowth(1) + 1e-9);
});
