import fc from "fast-check";
import { expect, test } from "vitest";
import { REGISTRATION, registrationPrice, registrations } from "./registration-price.js";

test("the price halves in 360 blocks and rises by 26 % with a registration, within its bounds", () => {
  expect(registrationPrice(REGISTRATION.start, REGISTRATION.halfLife, 0)).toBeCloseTo(0.05, 12);
  expect(registrationPrice(0.1, 0, 1)).toBeCloseTo(0.1 * REGISTRATION.bump, 12);
  expect(registrationPrice(0.1, 720, 2)).toBeCloseTo(0.025 * 1.26 ** 2, 12);
  expect(registrationPrice(0.1, 7200, 0)).toBe(REGISTRATION.low);
  expect(registrationPrice(99, 0, 3)).toBe(REGISTRATION.high);
  // The chain clamps every block, so the price starts from its floor again.
  expect(registrationPrice(0.1, 72_000, 1)).toBeCloseTo(REGISTRATION.low * REGISTRATION.bump, 12);
  expect(() => registrationPrice(0, 1, 1)).toThrow(/price is 0/);
  expect(() => registrationPrice(1, 1, 1.5)).toThrow(/registrations is 1.5/);
});

test("a day's registrations equal those of 7,200 blocks in which newcomers register as soon as the price is right", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 10, noNaN: true }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (worth, over) => {
        let price = worth * over;
        let count = 0;
        for (let block = 0; block < 7200; block++) {
          price *= 0.5 ** (1 / 360);
          while (price <= worth) {
            price *= 1.26;
            count++;
          }
        }
        // The block loop counts whole registrations; its price ends up to 26 % above worth.
        expect(Math.abs(registrations(worth * over, worth, 20) - count)).toBeLessThanOrEqual(1.0001);
      },
    ),
    { seed: 1, numRuns: 40 },
  );
});

test("nobody registers while the price stays above what a slot is worth", () => {
  expect(registrations(8, 1, 2)).toBe(0);
  expect(registrations(8, 1, 3)).toBeCloseTo(0, 9);
  expect(registrations(1, 1, 20)).toBeCloseTo(59.98, 2);
});
